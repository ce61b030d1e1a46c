import FoundationEssentials
import Model
import Testing

@Suite struct JSONValueTests {
  private func read(_ text: String) throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

  @Test func kindsStayWhatTheyAre() throws {
    #expect(
      try read("{\"a\":[1,1.5,\"1\",true,null,9223372036854775807,-1,0],\"b\":{}}")
        == ["a": [1, .number(1.5), "1", true, nil, .integer(.max), -1, 0], "b": .object([:])])
  }

  @Test func roundTrip() throws {
    let value: JSONValue = ["x": [1, "текст \"кавички\" \u{1F600} \n", true, nil, ["y": .number(0.25)]]]
    #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
  }

  @Test func integersAlsoFromStrings() throws {
    #expect(try read("[5]").array?.first?.integer == 5)
    #expect(try read("[\"5\"]").array?.first?.integer == 5)
    #expect(try read("[5.5]").array?.first?.integer == nil)
    #expect(try read("[true]").array?.first?.integer == nil)
    #expect(try read("[\"\"]").array?.first?.integer == nil)
  }
}

import FoundationEssentials
import Model
import Testing

@Suite struct MarkTests {
  private func mark(_ reply: ReplyKind = .confirmation, messageId: Int64 = 500123) throws -> Mark {
    Mark(
      environment: try #require(EnvironmentName("production")), epoch: try #require(Epoch("1xk3f9qa")), messageId: messageId, reply: reply)
  }

  /// The form never changes: every robot there will ever be has to recognise these.
  @Test(arguments: [
    (ReplyKind.confirmation, 500123 as Int64, "[ir1-production-1xk3f9qa-500123-a-"), (.notConfirmed, 0, "[ir1-production-1xk3f9qa-0-v-"),
    (.forwarded, .max, "[ir1-production-1xk3f9qa-9223372036854775807-g-"), (.duplicate, 7, "[ir1-production-1xk3f9qa-7-d-"),
  ]) func form(reply: ReplyKind, messageId: Int64, start: String) throws {
    let mark = try mark(reply, messageId: messageId)
    #expect(mark.description.hasPrefix(start))
    #expect(mark.description.utf8.count == start.utf8.count + 3)
    #expect(Mark.first(in: mark.description) == mark)
  }

  /// The check characters are part of the form too: fixed here for ever.
  @Test func checkCharacters() throws {
    #expect(try mark().description == "[ir1-production-1xk3f9qa-500123-a-" + MarkTests.check("ir1-production-1xk3f9qa-500123-a") + "]")
  }

  /// FNV-1a by its published definition, written without looking at the product's.
  private static func check(_ text: String) -> String {
    let hash = text.utf8.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    return String([alphabet[Int(hash >> 27)], alphabet[Int((hash >> 22) & 0x1F)]])
  }

  @Test func foundBehindAndBeforeAnything() throws {
    let mark = try mark()
    for subject in [
      "RE: Потвърждение \(mark)", "RE: RE: Fwd: ОТН: \(mark) край", "[вх. № 94-00-1/03.02.2026] \(mark)", "[[[\(mark)]", "[ir1-\(mark)",
      "\(mark)\(mark)", "x\(mark)y", String(repeating: "[", count: 300) + "\(mark)", "RE: \(mark.description.uppercased())", "𝄞[\(mark)",
    ] {
      #expect(Mark.first(in: subject) == mark, "\(subject)")
    }
  }

  /// One changed character, whichever it is, is no mark any more (or, for two in a thousand by the check's width, another text's mark).
  @Test func damagedMarksAreNotRecognised() throws {
    let text = Array(try mark().description)
    var accepted = 0
    var tried = 0
    for index in text.indices {
      for replacement in "0123456789abcdefghijklmnopqrstuvwxyz-[] я" where Character(text[index].lowercased()) != replacement {
        var damaged = text
        damaged[index] = replacement
        tried += 1
        if Mark.first(in: String(damaged)) != nil { accepted += 1 }
      }
      var shorter = text
      shorter.remove(at: index)
      #expect(Mark.first(in: String(shorter)) == nil)
    }
    #expect(tried > 1_000)
    #expect(accepted <= tried / 200)
  }

  @Test(arguments: [
    "", "[]", "[", "]", "[ir1]", "[ir1-----]", "[ir1-production-1xk3f9qa-500123-a]", "[ir2-production-1xk3f9qa-500123-a-00]",
    "[ir1-Производство-1xk3f9qa-500123-a-00]", "[ir1-production-0xk3f9qa-500123-a-00]", "[ir1-production-1xk3f9q-500123-a-00]",
    "[ir1-production-1xk3f9qi-500123-a-00]", "[ir1-production-1xk3f9qa--5-a-00]", "[ir1-production-1xk3f9qa-99999999999999999999-a-00]",
    "[ir1-production-1xk3f9qa-500123-z-00]", "Молба",
  ]) func nonsense(text: String) {
    #expect(Mark.first(in: text) == nil)
  }

  /// A number written another way is a damaged mark: there is one text for each.
  @Test(arguments: [("-500123-", "-0500123-"), ("-500123-", "-+500123-"), ("-1x", "-01x")])
  func otherSpellingsAreNotRecognised(wanted: String, spelling: String) throws {
    let text = try mark().description
    #expect(text.contains(wanted))
    #expect(Mark.first(in: text.replacing(wanted, with: spelling)) == nil)
  }

  @Test func longTextsCostLittle() throws {
    let mark = try mark()
    let text = String(repeating: "[ir1-production-1xk3f9qa-500123-a-", count: 50_000) + "\(mark)"
    #expect(Mark.first(in: text) == mark)
  }

  /// The longest mark there can be still fits the reader's window and leaves room in a subject.
  @Test func longestMark() throws {
    let environment = try #require(EnvironmentName("a234567890123456"))
    let epoch = try #require(Epoch("9223372036854775807xzzzzzz"))
    let mark = Mark(environment: environment, epoch: epoch, messageId: .max, reply: .confirmation)
    #expect(Mark.first(in: "RE: " + mark.description) == mark)
    #expect(mark.description.utf16.count < 96)
  }

  // MARK: Epoch and environment

  @Test(arguments: ["1xk3f9qa", "12x000000", "9223372036854775807xzzzzzz"]) func epochs(text: String) throws {
    #expect(try #require(Epoch(text)).description == text)
  }

  @Test(arguments: [
    "", "x", "0x000000", "-1x000000", "1x00000", "1x0000000", "1xK3F9QA", "1xilou00", "k3f9qa", "1", "1x", "٣xk3f9qa",
    "9223372036854775808x000000",
  ]) func textsThatAreNoEpochs(text: String) {
    #expect(Epoch(text) == nil)
  }

  @Test func epochFromRandomBits() {
    #expect(Epoch(ordinal: 3, random: 0).description == "3x000000")
    #expect(Epoch(ordinal: 3, random: .max).description == "3xzzzzzz")
    #expect(Epoch(ordinal: 1, random: 1 << 30).token == "000000")
    for bits in 0..<30 { #expect(Epoch("\(Epoch(ordinal: 1, random: 1 << bits))") != nil) }
  }

  @Test(arguments: ["", "Production", "1test", "a-b", "тест", "a23456789012345678", "a b"]) func textsThatAreNoEnvironments(text: String) {
    #expect(EnvironmentName(text) == nil)
  }

  @Test func coding() throws {
    let epoch = try #require(Epoch("1xk3f9qa"))
    #expect(try JSONDecoder().decode(Epoch.self, from: JSONEncoder().encode(epoch)) == epoch)
    let environment = try #require(EnvironmentName("test"))
    #expect(try JSONDecoder().decode([EnvironmentName].self, from: JSONEncoder().encode([environment])) == [environment])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([EnvironmentName].self, from: Data("[\"TEST\"]".utf8)) }
  }
}

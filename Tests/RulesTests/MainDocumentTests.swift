import Model
import Testing

@testable import Rules

/// Which document `title`, `text`, `form` and `kind` mean (Rules/README.md).
@Suite struct MainDocumentTests {
  private static func words(_ count: Int) -> String { (1...count).map { "дума\($0)" }.joined(separator: " ") }

  private static func main(body: Int, _ file: DocumentReading) throws -> String? {
    try Make.submission(body: Make.reading(words(body)), documents: [file]).mainDocument?.path
  }

  /// With a titled letter beside it that says at least twice as much.
  @Test(arguments: [(8, "1"), (12, "1"), (44, "1"), (45, "body"), (120, "body")])
  func aCoveringNoteGivesWayToATitledLetter(_ count: Int, _ main: String) throws {
    #expect(try Self.main(body: count, Make.reading(Self.words(300), title: "Заявление")) == main)
  }

  @Test func withoutATitledLongerLetterTwelveWordsAreOne() throws {
    #expect(try Self.main(body: 12, Make.reading(Self.words(300))) == "body")
    #expect(try Self.main(body: 12, Make.reading(Self.words(20), title: "Заявление")) == "body")
    #expect(try Self.main(body: 12, Make.reading(nil, status: .unread, reason: "no-text", title: "Заявление")) == "body")
    #expect(try Self.main(body: 11, Make.reading(Self.words(20))) == "1")
  }

  @Test func anApplicationOfThePlatformComesFirst() throws {
    #expect(try Self.main(body: 200, Make.reading(Self.words(5), form: .eform)) == "1")
  }
}

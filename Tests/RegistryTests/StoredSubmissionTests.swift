import FoundationEssentials
import Model
import Testing

@testable import Registry

/// The quick reader of stored submissions and the general decoder say the same of every text, or the quick one says nothing.
@Suite struct StoredSubmissionTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 16 | state << 48
    }
  }

  private static let texts = [
    "", "Жалба", "\"кавички\" и \\ черта", "ред\nред\tтаб\r\n", "\u{1}\u{1F}\u{7F}", "😀 е\u{301}", "/път/", "\u{2028}",
    String(repeating: "дълго ", count: 200),
  ]

  private static func submission(_ random: inout Generator) -> Submission {
    func text() -> String { texts.randomElement(using: &random) ?? "" }
    func some<Value>(_ value: @autoclosure () -> Value) -> Value? { Bool.random(using: &random) ? value() : nil }
    func fact() -> Fact {
      let values: [FactValue] = [
        .text(text()), .number(.random(in: .min ... .max, using: &random)), .flag(.random(using: &random)),
        .date(CivilDate(daysSince1970: .random(in: -10_000...40_000, using: &random))),
      ]
      return Fact(
        FactCatalogue.all.randomElement(using: &random)?.name ?? "", values.randomElement(using: &random) ?? .flag(true),
        source: FactSource(document: "2/1", method: text(), place: text()),
        certainty: [.stated, .found, .guessed].randomElement(using: &random) ?? .found)
    }
    func facts() -> [Fact] { (0..<Int.random(in: 0...3, using: &random)).map { _ in fact() } }
    func reading(_ depth: Int) -> DocumentReading {
      DocumentReading(
        readerVersion: .random(in: 0...9, using: &random), kind: DocumentKind.allCases.randomElement(using: &random) ?? .pdf, name: some(text()),
        status: [.read, .partly, .unread].randomElement(using: &random) ?? .read, reason: text(),
        form: DocumentForm.allCases.randomElement(using: &random) ?? .none, title: some(text()), text: some(text()),
        textIsTruncated: .random(using: &random), textQuality: [.good, .poor, .ocr, .none].randomElement(using: &random) ?? .none, facts: facts(),
        nested: depth > 2 ? [] : (0..<Int.random(in: 0...1, using: &random)).map { _ in reading(depth + 1) }, notes: [text()])
    }
    return Submission(
      key: MessageKey(
        environment: EnvironmentName("test") ?? { preconditionFailure("a name") }(), recipient: text(),
        messageId: .random(in: 1...Int64.max, using: &random)),
      receivedAt: Timestamp(microseconds: .random(in: 0...4_000_000_000_000_000, using: &random)), subject: text(),
      senderProfileId: .random(in: .min ... .max, using: &random), senderName: text(),
      documents: (0..<Int.random(in: 0...3, using: &random)).map { number in
        SubmissionDocument(
          path: "\(number)", fileName: text(), size: .random(in: 0...Int64.max, using: &random), digest: some(text()), reading: reading(0))
      }, facts: facts(), disagreements: [text(), text()])
  }

  @Test(arguments: 0..<300) func `what was written is read`(seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    let submission = Self.submission(&random)
    let text = try JSONText.encode(submission)
    #expect(StoredSubmission.read(text) == submission)
    #expect(JSONText.decode(Submission.self, from: text) == submission)
  }

  /// A damaged text is never read as something else than the general decoder makes of it.
  @Test(arguments: 0..<300) func `what was damaged is read by neither, or alike`(seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    var bytes = Array(try JSONText.encode(Self.submission(&random)).utf8)
    switch seed % 3 {
    case 0: bytes.removeLast(.random(in: 1..<bytes.count, using: &random))
    case 1: bytes[.random(in: 0..<bytes.count, using: &random)] = .random(in: 0x20...0x7E, using: &random)
    default: bytes.remove(at: .random(in: 0..<bytes.count, using: &random))
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let read = StoredSubmission.read(text) { #expect(JSONText.decode(Submission.self, from: text) == read) }
  }

  @Test func `a text of another version is left to the general decoder`() throws {
    var random = Generator(state: 1)
    let submission = Self.submission(&random)
    let text = try JSONText.encode(submission)
    let other = "{\"new\":1," + text.dropFirst()
    #expect(StoredSubmission.read(other) == nil)
    #expect(StoredSubmission.decode(other) == submission)
    #expect(StoredSubmission.decode("{}") == nil)
    #expect(StoredSubmission.read(String(repeating: "[", count: 100_000)) == nil)
  }
}

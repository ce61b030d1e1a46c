import Model
import Testing

@testable import Reading

/// Inputs that once broke something, as small as the fuzzer made them (Tests/Fuzz/findings); the name begins with the fuzzer's target.
struct FuzzFindingsTests {
  private static let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/") + "/Fuzz/findings"

  /// A chain of sectors, or of small ones, that came back to itself made a stream longer than its file.
  @Test(arguments: ["compound-chain-in-a-circle", "compound-small-chain-in-a-circle"]) func chainInACircle(finding: String) throws {
    let bytes = try #require(Corpus.file("\(Self.folder)/\(finding)"))
    let file = try #require(CompoundFile(bytes))
    let streams = file.children() + file.children().flatMap { file.children(of: $0) }
    #expect(!streams.isEmpty)
    for stream in streams { #expect(file.stream(stream).count <= bytes.count) }
    #expect(reading(of: bytes).status == .unread)
  }
}

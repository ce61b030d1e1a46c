import CommandLine
import Glibc
import Testing

/// The files go through the real reader, confined.
@Suite("read")
struct ReadCommandTests {
  /// Beside the running test, where the build puts programs.
  private static let programs: String = {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    let whole = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return whole.lastIndex(of: "/").map { String(whole[..<$0]) } ?? "."
  }()

  private func inFolder(_ files: [String: String], _ body: (String) async -> Void) async throws {
    var template = Array("/tmp/read-command-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for (name, text) in files {
      if let slash = name.firstIndex(of: "/") { mkdir("\(folder)/\(name[..<slash])", 0o700) }
      let file = open("\(folder)/\(name)", O_WRONLY | O_CREAT, 0o600)
      try #require(write(file, text, text.utf8.count) == text.utf8.count)
      close(file)
    }
    await body(folder)
    for name in files.keys {
      unlink("\(folder)/\(name)")
      if let slash = name.firstIndex(of: "/") { rmdir("\(folder)/\(name[..<slash])") }
    }
    rmdir(folder)
  }

  @Test("a table of every file below a folder, with the facts and their sources")
  func table() async throws {
    let files = ["a.txt": "ЖАЛБА\nпо вх. № ЗСП/Д-В/5/01.01.2026", "inner/b.bin": "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}", ".hidden": "x"]
    try await inFolder(files) { folder in
      let program = TestProgram(workingDirectory: folder, programs: Self.programs)
      #expect(await program.run("read", "--facts", ".") == .ok)
      let lines = program.standard.split(separator: "\n").map(String.init)
      #expect(lines.count == 6)
      #expect(lines.first?.hasPrefix("FILE ") == true)
      #expect(lines.contains { $0.hasPrefix("./a.txt ") && $0.contains(" text ") && $0.contains(" read ") && $0.contains(" letter ") })
      #expect(lines.contains { $0.hasPrefix("./inner/b.bin ") && $0.contains("unread: unknown-format") })
      #expect(program.standard.contains("cited.number = ЗСП/Д-В/5/01.01.2026   [text line 2, found]"))
      #expect(lines.last == "2 files: 1 read, 0 in part, 1 not read")
    }
  }

  @Test("as JSON")
  func json() async throws {
    try await inFolder(["a.txt": "Молба"]) { folder in
      let program = TestProgram(workingDirectory: folder, programs: Self.programs)
      #expect(await program.run("read", "--json", "a.txt") == .ok)
      #expect(program.standard.contains("\"kind\" : \"text\""))
      #expect(program.standard.contains("\"peakMemory\" : "))
    }
  }

  @Test("no such path, and no reader")
  func failures() async throws {
    let program = TestProgram(programs: Self.programs)
    #expect(await program.run("read", "/no/such/file") == .usage)
    #expect(program.error.contains("error[command-line.paths]"))
    try await inFolder(["a.txt": "Молба"]) { folder in
      let program = TestProgram(workingDirectory: folder, programs: "/no/such")
      #expect(await program.run("read", "a.txt") == .failure)
      #expect(program.standard.contains("unread: reader-not-started"))
    }
  }
}

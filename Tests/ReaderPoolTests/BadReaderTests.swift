import Glibc
import Model
import ReaderPool
import Runtime
import Testing

/// Readers that crash, hang, flood, lie: each ends in a reading that names what happened.
struct BadReaderTests {
  private func reading(_ script: String, deadline: Duration = .seconds(30)) async throws -> DocumentReading {
    try await withProgram(script) { path in
      let pool = ReaderPool(
        configuration: ReaderConfiguration(executable: path, deadline: deadline), concurrency: 1, surroundings: Built.surroundings)
      return await pool.read(body: "Жалба")
    }
  }

  @Test func endings() async throws {
    #expect(try await reading("exit 3").reason == "reader-crashed")
    #expect(try await reading("kill -11 $$").reason == "reader-crashed")
    #expect(try await reading("kill -9 $$").reason == "reader-killed")
    #expect(try await reading("exit 152").reason == "reader-processor-time")
    #expect(try await reading("sleep 100", deadline: .milliseconds(200)).reason == "reader-deadline")
    #expect(try await reading("yes").reason == "reader-output-too-large")
    #expect(try await reading("echo not json").reason == "reader-output-invalid")
    #expect(try await reading("").reason == "reader-output-invalid")
  }

  @Test func refusedConfinementIsNamed() async throws {
    let reading = try await reading("echo confinement namespaces:1 >&2; exit 77")
    #expect(reading.reason == "reader-not-confined")
    #expect(reading.notes == ["confinement-namespaces-1"])
    #expect(try await self.reading("echo 'confinement Иван Петров' >&2; exit 77").notes.isEmpty)
  }

  @Test func argumentsCarryNoContent() async throws {
    let reading = try await reading(#"case "$*" in *Жалба*) exit 1;; esac; [ -z "$USER$HOME" ] || exit 1; kill -9 $$"#)
    #expect(reading.reason == "reader-killed")
  }

  /// Two at once and no more: each reader leaves a mark while it runs and fails when it sees three.
  @Test func concurrencyIsBounded() async throws {
    try await withProgram(
      """
      d=$(dirname "$0"); : > "$d/run.$$"; n=$(ls "$d"/run.* | wc -l); i=0; while [ $i -lt 200 ]; do i=$((i+1)); done
      rm "$d/run.$$"; [ "$n" -le 2 ] && exit 3; kill -9 $$
      """
    ) { path in
      let pool = ReaderPool(configuration: ReaderConfiguration(executable: path), concurrency: 2, surroundings: Built.surroundings)
      await withTaskGroup(of: String.self) { group in
        for _ in 0..<12 { group.addTask { await pool.read(body: "а").reason } }
        for await reason in group { #expect(reason == "reader-crashed") }
      }
    }
  }

  private func withProgram<Result>(_ script: String, _ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/reader-test-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    let path = directory + "/reader"
    defer {
      unlink(path)
      rmdir(directory)
    }
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o700)
    let bytes = Array("#!/bin/sh\n\(script)\n".utf8)
    try #require(write(file, bytes, bytes.count) == bytes.count)
    close(file)
    return try await body(path)
  }
}

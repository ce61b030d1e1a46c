import Glibc
import Testing

/// The instrument of the crash test, tested on a program that we did not write.
@Suite struct DurableCallsTests {
  private static let statements = "PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1); INSERT INTO t VALUES(2);"
  private static let writer = "/usr/bin/python3"

  /// Writes a file, makes it durable, gives it its name: what the archive does, in another language.
  private static let script = """
    import os, sys
    folder = sys.argv[1]
    file = os.open(folder + "/new.7", os.O_CREAT | os.O_WRONLY)
    os.write(file, b"content")
    os.fsync(file)
    os.rename(folder + "/new.7", folder + "/named")
    """

  private func runWriter(_ calls: DurableCalls, root: String, log: String, kill: DurableCalls.Kill?, in folder: String) async throws
    -> ChildProcess.End
  {
    let environment = calls.environment(root: root, log: log, kill: kill)
    return try await run(Self.writer, ["-c", Self.script, root], environment: environment, in: folder).end
  }

  @Test func reportsEveryDurableCallInOrder() async throws {
    try await withTemporaryFolder { folder in
      let calls = try await DurableCalls.build()
      let root = "\(folder)/state"
      try Files.makeFolder(root)
      let end = try await runWriter(calls, root: root, log: "\(folder)/trace", kill: nil, in: folder)
      #expect(end == .exited(0))
      let trace = try DurableCalls.trace("\(folder)/trace")
      #expect(trace.map { "\($0.function) \($0.target)" } == ["open64 new.#", "write new.#", "fsync new.#", "rename named"])
    }
  }

  @Test func diesOnTheSideItIsToldTo() async throws {
    try await withTemporaryFolder { folder in
      let calls = try await DurableCalls.build()
      let root = "\(folder)/state"
      try Files.makeFolder(root)
      _ = try await runWriter(calls, root: root, log: "\(folder)/trace", kill: nil, in: folder)
      let rename = try #require(try DurableCalls.trace("\(folder)/trace").last)
      for side in DurableCalls.Side.allCases {
        Files.removeTree(root)
        try Files.makeFolder(root)
        let kill = DurableCalls.Kill(rename, side)
        let end = try await runWriter(calls, root: root, log: "\(folder)/trace.\(side)", kill: kill, in: folder)
        #expect(end == .signalled(SIGKILL))
        #expect(Files.names(in: root) == (side == .before ? ["new.7"] : ["named"]))
      }
    }
  }

  /// What strace counts in the kernel is what the interposer saw in the process: no durable call goes past it.
  @Test func agreesWithTheKernel() async throws {
    try await withTemporaryFolder { folder in
      let calls = try await DurableCalls.build()
      let root = "\(folder)/state"
      try Files.makeFolder(root)
      let database = "\(root)/registry.db"
      let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.close()"
      let traced = try await KernelTrace.run(
        [Self.writer, "-c", script, database, Self.statements],
        environment: calls.environment(root: root, log: "\(folder)/trace"), root: root, in: folder)
      #expect(traced.end == .exited(0))
      let seen = try DurableCalls.trace("\(folder)/trace")
      #expect(seen.count > 20)
      #expect(traced.calls == KernelTrace.counts(of: seen))
    }
  }
}

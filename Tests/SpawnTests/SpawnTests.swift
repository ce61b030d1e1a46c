import Glibc
import Runtime
import Spawn
import Testing

struct SpawnTests {
  private func shell(_ script: String, _ change: (inout Command) -> Void = { _ in }) throws -> SpawnResult {
    var command = Command("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    change(&command)
    return try ChildProcess(command).wait()
  }

  @Test func outputsAndExitCode() throws {
    let result = try shell("printf out; printf err >&2; exit 7")
    #expect(result.status == .exited(7))
    #expect(result.output == Array("out".utf8))
    #expect(result.errorOutput == Array("err".utf8))
    #expect(result.peakMemory > 100_000)
  }

  @Test func signalsAreNamed() throws { #expect(try shell("kill -9 $$").status == .signalled(SIGKILL)) }

  @Test func environmentIsOnlyWhatWasGiven() throws {
    let result = try ChildProcess(Command("/usr/bin/env", environment: ["A": "1", "B": "две"])).wait()
    #expect(result.output == Array("A=1\nB=две\n".utf8))
  }

  @Test func inputs() throws {
    #expect(try shell("cat") { $0.input = .nothing }.output.isEmpty)
    #expect(try shell("cat") { $0.input = .bytes(Array("байтове".utf8)) }.output == Array("байтове".utf8))
    #expect(throws: SpawnError.input(code: ENOENT)) { try shell("cat") { $0.input = .file("/no/such/file") } }
    #expect(throws: SpawnError.executable(code: ENOENT)) { try ChildProcess(Command("/no/such/program")) }
  }

  @Test func descriptorsOfThisProcessStayHere() throws {
    let leak = open("/dev/null", O_RDONLY)  // not marked close-on-exec, on purpose
    defer { close(leak) }
    let result = try shell("ls /proc/self/fd")
    // 0, 1, 2 and the one that ls itself opens.
    #expect(result.output == Array("0\n1\n2\n3\n".utf8))
  }

  @Test func deadlineEndsTheWholeGroup() throws {
    let result = try shell("sleep 60 & echo $!; wait") { $0.deadline = .milliseconds(300) }
    #expect(result.status == .timedOut)
    #expect(result.duration < .seconds(20))
    let grandchild = try #require(Int32(String(decoding: result.output, as: UTF8.self).dropLast()))
    #expect(isGone(grandchild))
  }

  @Test func groupEndsWithTheChild() throws {
    let result = try shell("sleep 60 >/dev/null 2>&1 & echo $!")
    #expect(result.status == .exited(0))
    #expect(isGone(try #require(Int32(String(decoding: result.output, as: UTF8.self).dropLast()))))
  }

  @Test func outputIsCapped() throws {
    let result = try shell("yes") { $0.maximumOutput = 1000 }
    #expect(result.status == .outputTooLarge)
    #expect(result.output.count == 1000)
    let exact = try shell("printf 12345") { $0.maximumOutput = 5 }
    #expect(exact.status == .exited(0))
    let errors = try shell("yes | head -c 200000 >&2; printf done") { $0.maximumErrorOutput = 10 }
    #expect(errors.output == Array("done".utf8))
    #expect(errors.errorOutput.count == 10)
  }

  @Test func limitsAreInForce() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let child = try ChildProcess(
      Command(
        "/bin/sh", ["-c", "read go; ulimit -n; ulimit -c; ulimit -f"], input: .descriptor(ends[0]),
        limits: ResourceLimits(fileSize: 51_200, openFiles: 17)))
    // The limits are set just after the start: the child looks only now.
    close(ends[1])
    #expect(String(decoding: child.wait().output, as: UTF8.self) == "17\n0\n100\n")
  }

  @Test func signalReachesTheChild() throws {
    let child = try ChildProcess(Command("/bin/sh", ["-c", "trap 'exit 3' TERM; while :; do sleep 0.01; done"], environment: ["PATH": "/usr/bin"]))
    child.signal(SIGTERM)
    let status = child.wait().status
    // The trap may not have been set yet.
    #expect(status == .exited(3) || status == .signalled(SIGTERM))
    child.signal(SIGTERM)
  }

  @Test func spawnerIsCancelled() async throws {
    let spawner = Spawner(name: "test")
    let task = Task { try await spawner.run(Command("/bin/sleep", ["60"])) }
    task.cancel()
    let result = try? await task.value
    #expect(result == nil || result?.status == .signalled(SIGKILL))
  }

  /// A killed process is gone once its parent has reaped it, or is a zombie until then.
  private func isGone(_ pid: Int32) -> Bool {
    for _ in 0..<2000 {
      guard kill(pid, 0) == 0 else { return true }
      let file = open("/proc/\(pid)/stat", O_RDONLY)
      guard file >= 0 else { return true }
      var buffer = [UInt8](repeating: 0, count: 512)
      let count = read(file, &buffer, buffer.count)
      close(file)
      if count > 0, String(decoding: buffer.prefix(count), as: UTF8.self).contains(") Z ") { return true }
      sched_yield()
    }
    return false
  }

  /// The tasks run on an executor with one thread, in place of Swift's pool. Had the wait sat there, the task that lets the child end would get no
  /// turn, and the child would meet its deadline.
  @Test func waitingBlocksNoThreadOfThePool() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    var template = Array("/tmp/spawn-test-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let started = "\(folder)/started"
    let pool = ThreadExecutor(name: "test-pool")
    defer {
      pool.stop()
      unlink(started)
      rmdir(folder)
      close(reading)
    }
    let command = Command("/bin/sh", ["-c", ": >\(started); cat"], input: .descriptor(reading), deadline: .seconds(300))
    async let status = Task(executorPreference: pool) { try await Spawner(name: "test").run(command).status }.value
    await Task(executorPreference: pool) {
      while access(started, F_OK) != 0 { await Task.yield() }
      close(writing)
    }.value
    #expect(try await status == .exited(0))
  }
}

import Glibc
import Runtime
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(8))) struct ThreadExecutorTests {
  private actor Worker {
    private let executor: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var count = 0

    init(_ executor: ThreadExecutor) { self.executor = executor }

    func thread() -> pthread_t { pthread_self() }

    func name() -> String {
      let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 32)
      let length = read(file, &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, length - 1)), as: UTF8.self)
    }

    func increment() -> Int {
      count += 1
      return count
    }

    /// Blocks the actor's thread until somebody writes to the pipe.
    func block(on descriptor: Int32) {
      var byte: UInt8 = 0
      _ = read(descriptor, &byte, 1)
    }
  }

  @Test func everyCallRunsOnTheOneNamedThread() async {
    let executor = ThreadExecutor(name: "probe-executor-longer")
    let worker = Worker(executor)
    let first = await worker.thread()
    for _ in 0..<50 { #expect(await worker.thread() == first) }
    #expect(await worker.name() == "probe-executor-")
    executor.stop()
  }

  @Test func concurrentCallsAreSerial() async {
    let executor = ThreadExecutor(name: "serial")
    let worker = Worker(executor)
    let results = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<500 { group.addTask { await worker.increment() } }
      return await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(results == Set(1...500))
    executor.stop()
  }

  /// Many blocked executors leave Swift's own threads free.
  @Test func blockedThreadsDoNotStopOtherTasks() async {
    var pipes: [(read: Int32, write: Int32)] = []
    var tasks: [Task<Void, Never>] = []
    for _ in 0..<16 {
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0)
      let read = ends[0]
      pipes.append((ends[0], ends[1]))
      let worker = Worker(ThreadExecutor(name: "blocked"))
      tasks.append(Task { await worker.block(on: read) })
    }
    // Would never come back if the sixteen sat on the pool.
    let free = Worker(ThreadExecutor(name: "free"))
    for expected in 1...100 { #expect(await free.increment() == expected) }
    // A byte, not only the end: a child that another test starts meanwhile may have inherited the writing end and keep it open.
    for pipe in pipes {
      #expect(write(pipe.write, [UInt8(0)], 1) == 1)
      close(pipe.write)
    }
    for task in tasks { await task.value }
    for pipe in pipes { close(pipe.read) }
  }

  @Test func startAndStop() async {
    for _ in 0..<100 {
      let executor = ThreadExecutor(name: "brief")
      let worker = Worker(executor)
      #expect(await worker.increment() == 1)
      executor.stop()
    }
  }
}

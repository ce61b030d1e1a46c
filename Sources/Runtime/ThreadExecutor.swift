import Glibc

/// Where an actor that blocks on the disk does its work: a thread of its own (`ThreadExecutor`), or the scheduler of a simulation.
package protocol WorkExecutor: SerialExecutor, TaskExecutor {
  /// Nothing more will be asked for.
  func stop()
}

/// An executor with one thread of its own, for an actor that makes blocking C calls: they must never sit on Swift's cooperative pool, where
/// two of them would stop the whole program on a machine with two cores (measured).
///
/// The thread lives as long as the process, or until `stop()`; jobs enqueued before `stop()` still run.
package final class ThreadExecutor: WorkExecutor, @unchecked Sendable {
  // @unchecked: every stored property below `lock` is read and written only while `lock` is held.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [UnownedJob] = []
  private var next = 0
  private var isStopping = false
  private let name: String

  /// `name` is what `top -H` shows, at most 15 bytes.
  package init(name: String) {
    self.name = name
    lock = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(wake, nil)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ThreadExecutor>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    precondition(result == 0, "no thread for \(name): errno \(result)")
    pthread_detach(thread)
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(lock)
    wake.deallocate()
    lock.deallocate()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(lock)
    jobs.append(job)
    pthread_cond_signal(wake)
    pthread_mutex_unlock(lock)
  }

  /// Ends the thread once its queue is empty.
  package func stop() {
    pthread_mutex_lock(lock)
    isStopping = true
    pthread_cond_signal(wake)
    pthread_mutex_unlock(lock)
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  private func run() {
    nameThread()
    while let job = take() {
      job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }
  }

  private func take() -> UnownedJob? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while next == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      next = 0
      if isStopping { return nil }
      pthread_cond_wait(wake, lock)
    }
    next += 1
    return jobs[next - 1]
  }

  /// `pthread_setname_np` is hidden from Swift's Glibc; the file does the same.
  private func nameThread() {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
    close(file)
  }
}

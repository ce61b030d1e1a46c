import Glibc
import Synchronization

/// One POSIX thread that is always joined or detached, never leaked.
final class Thread: Sendable {
  private let handle: Mutex<pthread_t?>
  private let finished: Mutex<Bool>

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  init(_ body: @escaping @Sendable () -> Void) {
    finished = Mutex(false)
    handle = Mutex(nil)
    var thread = pthread_t()
    let work = Work { [weak self] in
      body()
      self?.finished.withLock { $0 = true }
    }
    let started = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(work).toOpaque())
    let created = thread
    handle.withLock { $0 = started == 0 ? created : nil }
  }

  deinit { handle.withLock { if let thread = $0 { pthread_detach(thread) } } }

  var isFinished: Bool { finished.withLock { $0 } }

  func join() {
    let thread = handle.withLock { handle in
      defer { handle = nil }
      return handle
    }
    guard let thread else { return }
    // A thread that stops its own server cannot wait for itself.
    if pthread_equal(thread, pthread_self()) == 0 { pthread_join(thread, nil) } else { pthread_detach(thread) }
  }
}

import Glibc
import Synchronization

/// A loopback ССЕВ: make it, `start` it, talk HTTP to its port, `stop` it. All calls are safe from any thread and do not wait on the network.
///
///     let simulator = try SimulatorServer(configuration)
///     let port = try simulator.start()
///     try simulator.addMessage(#"{"mailbox": "1210150561306", "sender": {"name": "Тест Тестов"}, "subject": "Молба"}"#)
///     …
///     simulator.stop()
package final class SimulatorServer: Sendable {
  private struct State {
    var listener: Int32?
    var port: UInt16
    var threads: [Thread] = []
    var connections: [ObjectIdentifier: any Transport] = [:]
  }

  let simulation: Simulation
  private let state: Mutex<State>
  private let stopSignal: StopSignal
  private let tls: TLSContext?

  /// Reads the message folders and checks everything that can be checked before listening.
  package init(_ configuration: Configuration = Configuration()) throws(SimulatorError) {
    simulation = try Simulation(configuration)
    stopSignal = try StopSignal()
    tls = if let files = configuration.tls { try TLSContext(files) } else { nil }
    state = Mutex(State(port: configuration.port))
    for folder in configuration.messageFolders { try loadMessages(folder: folder) }
  }

  deinit { stop() }

  /// Starts listening on 127.0.0.1 and returns the port.
  @discardableResult
  package func start() throws(SimulatorError) -> UInt16 {
    let socket = try Socket.listen(port: state.withLock { $0.port })
    state.withLock {
      $0.listener = socket.descriptor
      $0.port = socket.port
    }
    let scheme = tls == nil ? "http" : "https"
    simulation.with { $0.ownHost = "\(scheme)://127.0.0.1:\(socket.port)" }
    let acceptor = Thread { [simulation, stopSignal, tls, weak self] in
      while stopSignal.waitForConnection(on: socket.descriptor) {
        let descriptor = accept(socket.descriptor, nil, nil)
        guard descriptor >= 0 else { continue }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        Socket.disableDelay(descriptor)
        guard let self else {
          close(descriptor)
          break
        }
        if simulation.with({ $0.refusesConnection() }) {
          Socket.reset(descriptor)
          close(descriptor)
        } else {
          serve(descriptor, tls)
        }
      }
      close(socket.descriptor)
    }
    state.withLock { $0.threads.append(acceptor) }
    return socket.port
  }

  private func serve(_ descriptor: Int32, _ tls: TLSContext?) {
    let plain = PlainTransport(descriptor: descriptor)
    let thread = Thread { [simulation, stopSignal, weak self] in
      var transport: any Transport = plain
      if let tls {
        guard let secure = TLSTransport(plain, tls) else { return }
        transport = secure
      }
      Connection(transport: transport, simulation: simulation, stop: stopSignal).serve()
      self?.forget(plain)
    }
    state.withLock {
      $0.connections[ObjectIdentifier(plain)] = plain
      $0.threads.removeAll { $0.isFinished }
      $0.threads.append(thread)
    }
  }

  private func forget(_ transport: any Transport) {
    state.withLock { $0.connections[ObjectIdentifier(transport)] = nil }
  }

  /// Ends every connection and waits for the threads. A stopped server cannot be started again; its log can still be read.
  package func stop() {
    stopSignal.set()
    let threads = state.withLock { state in
      for connection in state.connections.values { connection.finish() }
      state.connections = [:]
      state.listener = nil
      defer { state.threads = [] }
      return state.threads
    }
    for thread in threads { thread.join() }
  }

  /// `http://127.0.0.1:PORT`, or `https://…` with TLS.
  package var baseURL: String { simulation.with { $0.ownHost } }
}

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
    // A thread that stops its own server cannot wait for itself.
    if let thread, pthread_equal(thread, pthread_self()) == 0 { pthread_join(thread, nil) }
  }
}

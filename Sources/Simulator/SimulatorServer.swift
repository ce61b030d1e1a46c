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
    var port: UInt16
    var blobPort: UInt16?
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
    state = Mutex(State(port: configuration.port, blobPort: configuration.blobPort))
    for folder in configuration.messageFolders { try loadMessages(folder: folder) }
  }

  deinit { stop() }

  /// Starts listening on 127.0.0.1 and returns the port of the API.
  @discardableResult
  package func start() throws(SimulatorError) -> UInt16 {
    let scheme = tls == nil ? "http" : "https"
    let blobPort = state.withLock { $0.blobPort }
    let port = try listen(on: state.withLock { $0.port }, as: blobPort == nil ? .both : .api)
    let host = "\(scheme)://127.0.0.1:\(port)"
    simulation.with { ($0.apiHost, $0.blobHost) = (host, host) }
    state.withLock { $0.port = port }
    if let blobPort {
      let port = try listen(on: blobPort, as: .blobs)
      state.withLock { $0.blobPort = port }
      simulation.with { $0.blobHost = "\(scheme)://127.0.0.1:\(port)" }
    }
    return port
  }

  private func listen(on wanted: UInt16, as application: Application) throws(SimulatorError) -> UInt16 {
    let (first, port) = try Socket.listen(port: wanted)
    let acceptor = Thread { [simulation, stopSignal, weak self] in
      var listener = first
      while stopSignal.waitForConnection(on: listener) {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { continue }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        Socket.disableDelay(descriptor)
        if let fault = simulation.with({ $0.refusal() }) {
          let seconds = fault.number("seconds")
          // Before the peer hears of it: then nobody listens, and the system refuses every further connection.
          if seconds != nil { close(listener) }
          Socket.reset(descriptor)
          close(descriptor)
          guard let seconds else { continue }
          guard stopSignal.sleep(seconds: seconds), let again = try? Socket.listen(port: port) else { return }
          listener = again.descriptor
        } else if let self {
          serve(descriptor, application)
        } else {
          close(descriptor)
        }
      }
      close(listener)
    }
    state.withLock { $0.threads.append(acceptor) }
    return port
  }

  private func serve(_ descriptor: Int32, _ application: Application) {
    let plain = PlainTransport(descriptor: descriptor)
    let thread = Thread { [simulation, stopSignal, tls, weak self] in
      let transport: (any Transport)? = if let tls { TLSTransport(plain, tls) } else { plain }
      if let transport { Connection(transport: transport, simulation: simulation, application: application, stop: stopSignal).serve() }
      self?.forget(plain)
    }
    state.withLock {
      // The plain transport also for TLS: only its socket may be touched from another thread.
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
      defer { state.threads = [] }
      return state.threads
    }
    for thread in threads { thread.join() }
  }

  /// `http://127.0.0.1:PORT`, or `https://…` with TLS: the API, and everything when there is no blob port.
  package var baseURL: String { simulation.with { $0.apiHost } }

  /// Where uploads and downloads are.
  package var blobURL: String { simulation.with { $0.blobHost } }

  /// The port of the blob application, when it has one of its own.
  package var blobPort: UInt16? { state.withLock { $0.blobPort } }
}

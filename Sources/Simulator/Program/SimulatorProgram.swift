import Glibc

/// The executable: options, start, wait for a signal, stop.
package enum SimulatorProgram {
  /// Runs to the end and returns the exit code: 0, 1, 64 (usage) or 78 (input). `say` gets each text and the descriptor it is for.
  package static func run(_ arguments: [String], say: (_ text: String, _ descriptor: Int32) -> Void = Self.print) -> Int32 {
    let options: Options
    do { options = try Options(arguments) } catch let error as Options.UsageError {
      say("error: \(error.text)\ntry: ssev-simulator --help\n", 2)
      return 64
    } catch {
      say("error: \(error)\n", 2)
      return "\(error)".hasPrefix("fault ") ? 64 : 78
    }
    if options.wantsHelp {
      say(Options.help, 1)
      return 0
    }
    let server: SimulatorServer
    do { server = try SimulatorServer(options.configuration) } catch {
      say("error: \(error)\n", 2)
      return 78
    }
    if options.wantsCredentials {
      say(server.simulation.with { $0.credentials().text } + "\n", 1)
      return 0
    }
    // Blocked before any thread is made, so that only sigwait below sees them.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    do {
      let port = try server.start()
      let ports = [port] + (server.blobPort.map { [$0] } ?? [])
      if let file = options.portFile { try Files.write(ports.map { "\($0)\n" }.joined(), to: file) }
      let blobs = server.blobPort == nil ? "" : ", blobs on \(server.blobURL)"
      say("ssev-simulator listens on \(server.baseURL)\(blobs)\n", 1)
    } catch {
      say("error: \(error)\n", 2)
      server.stop()
      return 1
    }
    var number: Int32 = 0
    sigwait(&signals, &number)
    server.stop()
    return 0
  }

  package static func print(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
  }
}

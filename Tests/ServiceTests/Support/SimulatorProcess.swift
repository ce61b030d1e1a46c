import FoundationEssentials
import Glibc

/// A running `ssev-simulator` and what it has received.
struct SimulatorProcess: Sendable {
  let address: String
  let port: UInt16
  private let child: ChildProcess
  private let log: String

  /// A mailbox of the simulator with the credential it asks for.
  struct Credential: Sendable, Decodable {
    let identifier: String
    let oid: String
    let cn: String
  }

  /// One reply that the simulator took in.
  struct Sent: Sendable, Hashable {
    let mailbox: String
    let subject: String
    let body: String
  }

  /// Starts it on a port of the system's choice and returns once it listens. `folder` takes its log and its streams.
  static func start(messages: [String], faults: [String] = [], options: [String] = [], in folder: String) async throws -> SimulatorProcess {
    let log = "\(folder)/ssev.jsonl"
    let output = "\(folder)/ssev.stdout"
    let error = "\(folder)/ssev.stderr"
    for file in [log, output, error] { unlink(file) }
    guard mkfifo(output, 0o600) == 0 else { throw SupportError("mkfifo: errno \(errno)") }
    let arguments = messages.flatMap { ["--messages", $0] } + faults.flatMap { ["--fault", $0] } + options + ["--log", log]
    // Opened for both directions, so that neither side waits for the other to open it.
    let pipe = open(output, O_RDWR | O_CLOEXEC)
    guard pipe >= 0 else { throw SupportError("open \(output): errno \(errno)") }
    defer { close(pipe) }
    let child = try ChildProcess(Installation.program("ssev-simulator"), arguments, output: output, error: error)
    let line = try await onOwnThread { try firstLine(pipe, limit: 20_000) }
    guard let address = line.split(separator: " ").last.map(String.init), let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      child.signal(SIGKILL)
      throw SupportError("the simulator did not start: \(line) \((try? Files.text(error)) ?? "")")
    }
    return SimulatorProcess(address: address, port: port, child: child, log: log)
  }

  func stop() async throws {
    child.signal(SIGTERM)
    let outcome = try await child.wait(limit: .seconds(20))
    guard outcome.end == .exited(0) else { throw SupportError("the simulator ended with \(outcome.end)") }
  }

  /// The mailboxes it makes of these messages, with their credentials.
  static func credentials(messages: [String], in folder: String) async throws -> [Credential] {
    let shown = try await run(
      Installation.program("ssev-simulator"), messages.flatMap { ["--messages", $0] } + ["--print-credentials"], in: folder)
    guard shown.end == .exited(0) else { throw SupportError(shown.error) }
    return try JSONDecoder().decode([Credential].self, from: Data(shown.output.utf8))
  }

  /// Everything it did, in order, as the lines of its log.
  func events() throws -> [Event] {
    try Files.text(log).split(separator: "\n").map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
  }

  struct Event: Sendable, Decodable {
    let event: String
    let mailbox: String?
    let messageId: Int64?
    let subject: String?
    let body: String?
  }

  func sent() throws -> [Sent] {
    try events().filter { $0.event == "sent" }.map { Sent(mailbox: $0.mailbox ?? "", subject: $0.subject ?? "", body: $0.body ?? "") }
  }

  private static func firstLine(_ pipe: Int32, limit milliseconds: Int32) throws -> String {
    var bytes: [UInt8] = []
    while bytes.last != UInt8(ascii: "\n") {
      var ready = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, milliseconds) > 0 else { return "no line within \(milliseconds) ms" }
      var buffer = [UInt8](repeating: 0, count: 512)
      let count = read(pipe, &buffer, buffer.count)
      guard count > 0 else { throw SupportError("read: errno \(errno)") }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }
}

import Glibc
import Model
import Registry
import Runtime
import Simulator
import Testing

@testable import Robot

@Suite("The service", .timeLimit(.minutes(8)))
struct ServiceModeTests {
  /// Runs the service beside a test, which ends it by a signal.
  private func serving(_ installation: TestInstallation, _ body: () async throws -> Void) async throws {
    let (signals, signal) = AsyncStream.makeStream(of: Void.self)
    async let running: Void = installation.run(.service, signals: signals)
    do {
      try await body()
      signal.yield()
    } catch {
      signal.yield()
      throw error
    }
    try await running
  }

  @Test("serves until it is told to end, finishes what it has begun, and gives the database back")
  func drains() async throws {
    let installation = try TestInstallation()
    let id = try installation.send()
    try await serving(installation) { await installation.log.wait(for: "reply.sent") }
    #expect(installation.log.count(of: "robot.draining") == 1)
    #expect(try await installation.message(id)?.state == .settled)
  }

  @Test("a command reaches the robot that holds the database: a paused mailbox gets no number until it is resumed")
  func pauseAndResume() async throws {
    let installation = try TestInstallation()
    let desk = ManualDesk(configuration: installation.configuration, surroundings: installation.surroundings())
    try await serving(installation) {
      await installation.log.wait(for: "robot.started")
      #expect(
        try await desk.perform(ManualRequest(.pause(mailbox: TestInstallation.recipient), actor: "test", reason: "проба")).contains("is paused"))
      _ = try installation.send()
      #expect(try await desk.perform(ManualRequest(.stopNumbering, actor: "test", reason: "")).contains("numbering is stopped"))
      #expect(installation.log.count(of: "message.opened") == 0)
      #expect(try await desk.perform(ManualRequest(.resume(mailbox: TestInstallation.recipient), actor: "test", reason: "")).contains("served again"))
      await installation.log.wait(for: "message.decided")
      #expect(installation.log.count(of: "message.registered") == 0)
      #expect(try await desk.perform(ManualRequest(.startNumbering, actor: "test", reason: "")).contains("goes on"))
      await installation.log.wait(for: "reply.sent")
    }
  }

  @Test("without a robot the same command works on the database itself; an unknown mailbox is named")
  func commandAlone() async throws {
    let installation = try TestInstallation()
    try await installation.run(.once)
    let desk = ManualDesk(configuration: installation.configuration, surroundings: installation.surroundings())
    _ = try await desk.perform(ManualRequest(.stopNumbering, actor: "test", reason: ""))
    let id = try installation.send()
    try await installation.run(.untilIdle(patience: .zero))
    #expect(try await installation.message(id)?.state == .decided)
    let error = await #expect(throws: OperatorError.self) {
      _ = try await desk.perform(ManualRequest(.pause(mailbox: "999999999"), actor: "test", reason: ""))
    }
    #expect(error?.code == "robot.mailbox-unknown")
  }

  @Test("a message that a person opened first is numbered once somebody lets it go")
  func release() async throws {
    let installation = try TestInstallation()
    let id = try installation.send()
    try installation.simulator.markOpened(id)
    try await installation.run()
    let key = try #require(try await installation.message(id)?.key)
    _ = try await ManualDesk(configuration: installation.configuration, surroundings: installation.surroundings())
      .perform(ManualRequest(.release(message: key), actor: "test", reason: "не е завеждано"))
    try await installation.run()
    #expect(try await installation.message(id)?.state == .settled)
  }

  @Test("two robots at once: the second ends with the holder's name and exit code 75")
  func twoRobots() async throws {
    let installation = try TestInstallation()
    try await serving(installation) {
      await installation.log.wait(for: "robot.started")
      let error = await #expect(throws: OperatorError.self) { try await installation.run(.once) }
      #expect(error?.code == "registry.locked" && error?.summary.contains("pid \(getpid())") == true)
    }
  }

  @Test("metrics hold states and codes of every mailbox, and no word of a message")
  func metrics() async throws {
    let installation = try TestInstallation(settings: "metrics \"robot.prom\"")
    _ = try installation.send(subject: "Молба за Тайно име")
    try await installation.run()
    let text = try TextFile.read(installation.folder + "/robot.prom")
    #expect(text.contains("intake_messages{mailbox=\"\(TestInstallation.recipient)\",state=\"settled\"} 1\n"))
    #expect(text.contains("intake_numbering 1\n") && text.contains("# TYPE intake_polls_total counter\n"))
    #expect(!text.contains("Тайно") && !text.contains("Пробев") && !text.contains("0001010003"))
  }

  @Test("no subject, name, identifier or file name in the log")
  func logIsClean() async throws {
    let installation = try TestInstallation()
    _ = try installation.send(
      subject: "Молба за Тайно име", extra: #", "attachments": [{"file": "a.txt", "fileName": "Тайна.txt", "text": "0001010003"}]"#)
    _ = try installation.send(subject: "Отваря се никога", extra: #", "open": "fails""#)
    try await installation.run()
    let log = installation.log.all.joined(separator: "\n")
    for secret in ["Тайн", "Пробев", "0001010003", "Отваря"] { #expect(!log.contains(secret), "\(secret)") }
    #expect(log.contains("message.registered"))
  }

  @Test("systemd is told when the service is ready and when it stops")
  func notifies() async throws {
    let installation = try TestInstallation()
    let path = installation.folder + "/notify"
    let socket = try #require(NotifySocket(path))
    let service = RobotService(
      configuration: installation.configuration, rulesets: installation.rulesets,
      notifier: SystemdNotifier(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "40000"]), surroundings: installation.surroundings())
    let (signals, signal) = AsyncStream.makeStream(of: Void.self)
    async let running: Void = service.run(.service, signals: signals)
    var received: [String] = []
    while !received.contains("WATCHDOG=1") { received.append(await socket.next()) }
    signal.yield()
    try await running
    while received.last != "STOPPING=1" { received.append(await socket.next()) }
    #expect(received.first == "READY=1")
  }
}

/// A datagram socket as systemd offers it, read on a thread of its own.
private actor NotifySocket {
  private let executor = ThreadExecutor(name: "notify-test")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private let file: Int32

  init?(_ path: String) {
    let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, length) } }
    guard file >= 0, result == 0 else { return nil }
    self.file = file
  }

  deinit {
    close(file)
    executor.stop()
  }

  func next() -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = recv(file, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

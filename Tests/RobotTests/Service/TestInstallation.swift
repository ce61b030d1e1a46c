import Foundation
import HTTPTransport
import Mailbox
import Model
import Registry
import Rules
import Runtime
import Simulator
import Synchronization

@testable import Robot

/// A whole installation in a temporary folder against a simulated ССЕВ, with waits of milliseconds. Deleted with the value.
final class TestInstallation: Sendable {
  let folder: String
  let simulator: SimulatorServer
  let configuration: RobotConfiguration
  let rulesets: RulesetShelf
  let log = Lines()

  static let recipient = "1210150561306"
  static let other = "1210150561307"

  /// `settings` are added to robot.conf; `rules` replaces the rules after the header.
  init(
    settings: String = "", replies: String = "", mailbox: String = "", rules: String = TestInstallation.rules,
    simulator configure: (inout Simulator.Configuration) -> Void = { _ in }
  ) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("intake-robot-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var world = Simulator.Configuration()
    world.profiles = [
      Profile(
        profileId: 8101, identifier: TestInstallation.recipient, name: "ДСП – Балчик", kind: .institution, oid: "2.16.100.1.1.999.1",
        clientName: "intake.robot.test")
    ]
    configure(&world)
    simulator = try SimulatorServer(world)
    _ = try simulator.start()
    try TestInstallation.header.appending(rules).write(toFile: folder + "/test.rules", atomically: true, encoding: .utf8)
    try TestInstallation.types.write(toFile: folder + "/types.csv", atomically: true, encoding: .utf8)
    try TestInstallation.units.write(toFile: folder + "/units.csv", atomically: true, encoding: .utf8)
    let text = TestInstallation.conf(api: simulator.baseURL, settings: settings, replies: replies, mailbox: mailbox)
    try text.write(toFile: folder + "/robot.conf", atomically: true, encoding: .utf8)
    let read = ConfigurationReader.read(
      SourceText(path: folder + "/robot.conf", text: text),
      places: .init(file: folder + "/robot.conf", credentials: nil, programs: TestInstallation.programs))
    guard let configuration = read.configuration else { throw TestFailure(read.diagnostics.map(\.rendered).joined(separator: "\n")) }
    self.configuration = configuration
    let loading = try RulesetShelf.load(configuration.rules)
    guard let rulesets = loading.shelf else { throw TestFailure(loading.diagnostics.map(\.rendered).joined(separator: "\n")) }
    self.rulesets = rulesets
  }

  deinit {
    simulator.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Where the products of this build are: beside the test bundle.
  static let programs: String = {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
    return (path as NSString).deletingLastPathComponent
  }()

  func surroundings(time: any TimeSource = SystemTime(), faults: any FaultInjector = NoFaults()) -> Surroundings {
    Surroundings(time: time, random: SystemRandom(), faults: faults, log: Log(time: time) { [log] in log.add($0) })
  }

  /// Runs the service until it is idle.
  func run(
    _ mode: RobotService.Mode = .untilIdle(patience: nil), faults: any FaultInjector = NoFaults(), signals: AsyncStream<Void> = AsyncStream { _ in },
    rulesets other: RulesetShelf? = nil, expectsCrash: Bool = false, mayEndWith code: String? = nil
  ) async throws {
    let service = RobotService(
      configuration: configuration, rulesets: other ?? rulesets, notifier: SystemdNotifier(environment: [:]),
      surroundings: surroundings(faults: faults))
    do throws(OperatorError) {
      try await service.run(mode, signals: signals)
    } catch {
      guard expectsCrash && error.code == "test.crash" || error.code == code else { throw error }
    }
  }

  /// Opens the registry between two runs.
  func look<Value: Sendable>(_ body: (isolated Registry) throws -> Value) async throws -> Value {
    let registry = try Registry(configuration.registry, surroundings: surroundings())
    let value = try await body(registry)
    try await registry.close()
    return value
  }

  func message(_ id: Int) async throws -> MessageRecord? {
    let key = MessageKey(environment: configuration.environment, recipient: TestInstallation.recipient, messageId: Int64(id))
    return try await look { try $0.message(key) }
  }

  /// A message that somebody else sends from the robot's own mailbox.
  func sendAsMailbox(subject: String) async throws {
    _ = try send(subject: "Молба, \(subject.count)", from: 55001)
    guard let mailbox = configuration.mailboxes.first else { throw TestFailure("no mailbox") }
    let client = configuration.client(of: mailbox, transport: HTTPTransport(), surroundings: surroundings())
    let outcome = await client.send(
      OutgoingMessage(
        recipientProfileIds: [55001], subject: subject, rnu: nil, templateId: 1, fields: [BuiltInTemplate.messageBody: .string("текст")]))
    guard case .sent = outcome else { throw TestFailure("not sent: \(outcome)") }
  }

  /// The texts of the replies sent, in order.
  var replies: [String] {
    simulator.log("sent").map { entry in entry["fields"]?.members?.compactMap { $0.value.string }.joined(separator: "\n") ?? "" }
  }

  /// A message of a person with text; returns its id.
  func send(
    subject: String = "Молба", body: String = "Моля за информация по моята преписка, подадена през юни тази година в дирекцията.",
    from sender: Int = 55001,
    extra: String = ""
  ) throws -> Int {
    try simulator.addMessage(
      """
      {"mailbox": "\(TestInstallation.recipient)", "dateSent": "2026-07-03T10:15:02.337+03:00", "sender": {"profileId": \(sender), "name": "Тест Пробев",
       "identifier": "0001010003", "kind": "person"}, "subject": "\(subject)", "body": "\(body)"\(extra.contains("templateId") ? "" : ", \"templateId\": 1")\(extra)}
      """)
  }
}

struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ text: String) { description = text }
}

/// The log of a run, which tests can wait for.
final class Lines: Sendable {
  private struct State {
    var lines: [String] = []
    var waiting: [(event: String, count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  var all: [String] { state.withLock { $0.lines } }

  func add(_ line: String) {
    let due = state.withLock { state in
      state.lines.append(line)
      let due = state.waiting.filter { Lines.count(of: $0.event, in: state.lines) >= $0.count }
      state.waiting.removeAll { Lines.count(of: $0.event, in: state.lines) >= $0.count }
      return due.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  func count(of event: String) -> Int { Lines.count(of: event, in: all) }

  /// Returns once the event has been logged so often.
  func wait(for event: String, count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if Lines.count(of: event, in: state.lines) >= count { return true }
        state.waiting.append((event, count, continuation))
        return false
      }
      if isDue { continuation.resume() }
    }
  }

  private static func count(of event: String, in lines: [String]) -> Int { lines.filter { $0.contains(" \(event)") }.count }
}

extension TestInstallation {
  static func conf(api: String, settings: String, replies: String, mailbox: String) -> String {
    """
    environment test
    administration "Агенция за социално подпомагане"
    database "registry.sqlite"
    archive "archive"
    mirror "mirror/journal.jsonl"
    rules "test.rules"
    poll every 20 ms
    attachment wait 300 ms
    order wait 5 s
    retry first 20 ms
    retry longest 80 ms
    retry attempts 5
    retry patience 15 s
    ssev { api "\(api)"; timeout 5 s }
    reader { confinement reduced }
    replies {
      first look after 40 ms
      second look after 40 ms
      horizon 150 ms
      \(replies)
    }
    mailbox "\(recipient)" {
      name "ДСП – Балчик"
      serve from 2026-07-01T00:00:00+03:00
      credential { oid "2.16.100.1.1.999.1"; cn "intake.robot.test" }
      \(mailbox)
    }
    \(settings)
    """
  }

  static let header = """
    ruleset "Тест" {
      version "1"
      effective 2026-01-01
      types "types.csv"
      units "units.csv"
      stages "а" > "б"
    }
    journal "Писма" {
      title "Писма"
      system "документооборот"
      numbers by robot
      counter per unit and year, starts at 1
      number "П/{unit.index}/{seq}/{date:dd.MM.yyyy}"
    }

    """

  static let rules = """
    rule "машина" in "а" {
      when subject contains "автоматичен отговор"
      then { not registered "автоматично съобщение" }
    }
    rule "молба" in "б" {
      when subject contains "молба"
      then { journal "Писма"; type "molba" }
    }
    otherwise {
      journal "Писма"
      type "drugo"
      review
    }
    """

  static let types = """
    code,name_bg,class,system,confirmation,urgent
    molba,Молба,letters,документооборот,да,не
    drugo,Друг документ,other,документооборот,да,не

    """

  static let units = """
    identifier,name,kind,index,index_basis,phone
    1210150561306,ДСП – Балчик,ДСП,Д-БЧ,проба,0579 00000

    """
}

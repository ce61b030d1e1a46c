import Crypto
import Database
import FoundationEssentials
import Model
import Runtime
import Synchronization
import Testing

@testable import Registry

/// A registry on a folder of its own, with time and randomness of the test.
final class Store: Sendable {
  let folder: String
  let time: ManualTime
  let random: SeededRandom
  private let key = Mutex<String?>(nil)
  private let injector = Mutex<any FaultInjector>(NoFaults())
  let environment: EnvironmentName

  init(seed: UInt64 = 1, at start: String = "2026-07-03T07:15:02Z") throws {
    folder = FileManager.default.temporaryDirectory.path + "/registry-tests-" + SystemRandom().hex(bytes: 8)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    time = ManualTime(try #require(Timestamp(iso8601: start)))
    random = SeededRandom(seed: seed)
    environment = try #require(EnvironmentName("test"))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// PEM file that signs checkpoints in the registries opened from now on.
  var signingKey: String? {
    get { key.withLock { $0 } }
    set { key.withLock { $0 = newValue } }
  }

  var configuration: RegistryConfiguration {
    var configuration = RegistryConfiguration(
      environment: environment, database: folder + "/db/robot.sqlite", archive: folder + "/archive", mirror: folder + "/mirror/journal.jsonl",
      minimumFree: 1 << 20)
    configuration.signingKey = signingKey
    return configuration
  }

  var surroundings: Surroundings { Surroundings(time: time, random: random, faults: injector.withLock { $0 }, log: .disabled(time: time)) }

  /// Of a closed database: the path of the copy.
  func copyDatabase(_ name: String = "older.sqlite") throws -> String {
    let copy = folder + "/" + name
    try FileManager.default.copyItem(atPath: configuration.database, toPath: copy)
    return copy
  }

  func restoreDatabase(_ copy: String) throws {
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: configuration.database + suffix) }
    try FileManager.default.copyItem(atPath: copy, toPath: configuration.database)
  }

  /// What the registries opened from now on meet.
  func inject(_ faults: any FaultInjector) { injector.withLock { $0 = faults } }

  /// Opens without starting.
  func open() throws -> Registry { try Registry(configuration, surroundings: surroundings) }

  /// Opens, starts and declares the mailbox.
  func started() async throws -> Registry {
    let registry = try open()
    let report = try await registry.start()
    #expect(report.mirror == .equal)
    try await registry.declareMailboxes([try mailbox()])
    return registry
  }

  func mailbox(_ recipient: String = Store.recipient, mode: MailboxMode = .active, from: String = "2026-07-01T00:00:00Z") throws -> MailboxDeclaration
  {
    MailboxDeclaration(recipient: recipient, name: "ДСП Проба", serveFrom: try #require(Timestamp(iso8601: from)), mode: mode)
  }

  static let recipient = "1210150561306"

  func key(_ messageId: Int64, _ recipient: String = Store.recipient) -> MessageKey {
    MessageKey(environment: environment, recipient: recipient, messageId: messageId)
  }

  /// Another connection to the same file, for looking and for tampering.
  func connection() throws -> Connection { try Connection(path: configuration.database, mode: .readWrite) }

  func row(_ messageId: Int64, opened: Bool = false) -> ListedRow {
    ListedRow(
      messageId: messageId, dateSent: time.now() - .seconds(60), dateReceived: opened ? time.now() : nil, subject: "Молба \(messageId)",
      senderName: "Тест Тестов Пробев", templateId: 1, rnu: nil)
  }
}

/// The steps of a message's life as the robot takes them.
extension Registry {
  func listed(_ rows: [ListedRow], _ recipient: String = Store.recipient) throws {
    _ = try recordListing(recipient, rows: rows)
  }

  /// Lists, opens, reads and decides one message.
  func decided(_ messageId: Int64, _ store: Store, profile: Int64 = 55001, blobs: [OpenedBlob] = [], recipient: String = Store.recipient) throws {
    try listed([store.row(messageId)], recipient)
    try opened(messageId, store, profile: profile, blobs: blobs)
    try read(messageId, store)
    let decide = try #require(try claim([.decide], limit: 1).first)
    try recordDecision(decide, .sample)
  }

  func opened(_ messageId: Int64, _ store: Store, profile: Int64 = 55001, blobs: [OpenedBlob] = []) throws {
    let open = try #require(try claim([.open], limit: 1).first)
    #expect(open.message.messageId == messageId)
    try recordOpenIntent(open)
    try recordOpened(open, .sample(store, messageId, profile: profile, blobs: blobs))
  }

  func read(_ messageId: Int64, _ store: Store) throws {
    let job = try #require(try claim([.read], limit: 1).first)
    #expect(job.message.messageId == messageId)
    try recordReadings(job, [], submission: .sample(job.message, store))
  }

  /// Registers the message whose `register` job comes next.
  func registered(_ request: RegistrationRequest = .sample()) throws -> RegistrationResult {
    let job = try #require(try claim([.register], limit: 1).first)
    return try register(job, request)
  }

  /// The whole way to a number.
  func numbered(_ messageId: Int64, _ store: Store, _ request: RegistrationRequest = .sample()) throws -> NumberedEntry {
    try decided(messageId, store)
    guard case .registered(let entry) = try registered(request) else {
      Issue.record("message \(messageId) was not registered")
      throw CancellationError()
    }
    return entry
  }
}

extension OpenedRecord {
  static func sample(_ store: Store, _ messageId: Int64, profile: Int64 = 55001, blobs: [OpenedBlob] = []) -> OpenedRecord {
    OpenedRecord(
      senderProfileId: profile, senderName: "Тест Тестов Пробев", subject: "Молба \(messageId)", rnu: nil, templateId: 1,
      dateSent: store.time.now() - .seconds(60), dateReceived: store.time.now(), envelope: #"{"id":\#(messageId)}"#, body: nil, blobs: blobs)
  }
}

extension Submission {
  static func sample(_ key: MessageKey, _ store: Store) -> Submission {
    Submission(
      key: key, receivedAt: store.time.now(), subject: "Молба", senderProfileId: 55001, senderName: "Тест Тестов Пробев", documents: [], facts: [])
  }
}

extension Decision {
  static var sample: Decision {
    Decision(
      outcome: .register(Registration(journal: "ЗСПД", type: "zspd-6b", typeTitle: "Заявление", unit: .varna, system: "ИИС")),
      explanation: Explanation(ruleset: "АСП", version: "1", digest: ""))
  }
}

extension Unit {
  static let varna = Unit(identifier: "1210150560306", name: "ДСП Варна", index: "Д-В", phone: "052 000 000")
  static let kardzhali = Unit(identifier: "1210150560901", name: "ДСП Кърджали", index: "Д-К")
}

extension JournalDefinition {
  static func sample(
    _ name: String = "ЗСПД", numbering: Numbering = .byRobot, perUnit: Bool = true, perYear: Bool = true,
    template: String = "ЗСПД/{unit.index}/{seq}/{date:dd.MM.yyyy}"
  ) -> JournalDefinition {
    do {
      return JournalDefinition(
        name: name, title: "Семейни помощи", system: "ИИС", numbering: numbering, counter: CounterScope(perUnit: perUnit, perYear: perYear),
        template: try NumberTemplate(template))
    } catch {
      preconditionFailure(error.message)
    }
  }
}

extension RegistrationRequest {
  static func sample(
    _ journal: JournalDefinition = .sample(), unit: Unit = .varna, duplicate: DuplicateCheck? = nil, orderWait: Duration = .seconds(600),
    subject: String = "Молба за помощ", attachments: [EntryColumns.Attachment] = [], handsOff: Bool = false
  ) -> RegistrationRequest {
    RegistrationRequest(
      journal: journal, unit: unit,
      columns: EntryColumns(
        subject: subject, senderName: "Тест Тестов Пробев", senderKind: .person, senderIdentifier: "0001010003", documentType: "zspd-6b",
        documentTypeTitle: "Заявление-декларация", serviceNumber: "739", attachments: attachments, system: "ИИС", rule: "АСП@1: правило"),
      duplicate: duplicate,
      reply: ReplyPlan(kind: .confirmation) { entry, mark in
        FrozenReply(
          recipientProfileIds: [55001], subject: "Потвърждение за получаване – вх. № \(entry.number) \(mark)", rnu: nil, templateId: 1,
          fields: ["body": .string("Входящ номер: \(entry.number)")])
      },
      duplicateReply: ReplyPlan(kind: .duplicate) { entry, mark in
        FrozenReply(
          recipientProfileIds: [55001], subject: "Същият документ е вх. № \(entry.number) \(mark)", rnu: nil, templateId: 1, fields: [:])
      },
      orderWait: orderWait, handsOff: handsOff, actor: "intake-robot 1")
  }
}

/// Throws at one point, the Nth time it is passed.
final class FailOnce: FaultInjector {
  private let plan: FaultPlan

  init(_ point: FaultPoint, passage: Int = 1) { plan = FaultPlan(point: point.name.description, passage: passage, kills: false) }

  func reach(_ point: FaultPoint) throws { try plan.reach(point) }
}

final class RunningCount: Sendable {
  private let state = Mutex(0)

  var value: Int { state.withLock { $0 } }

  func add() { state.withLock { $0 += 1 } }
}

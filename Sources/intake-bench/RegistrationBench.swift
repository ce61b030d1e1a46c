import Crypto
import Model
import Registry
import Runtime

/// Registrations per second, beside a bare SQLite loop in the same run: for every message first the real transaction, then the same rows into a
/// copy of the database by plain statements, with the same indexes, the same journal mode and the same `synchronous`; neither checks nor
/// triggers, mirror nor hashes. The ratio is what the promises cost.
struct RegistrationBench {
  let count: Int
  let folder: String

  private static let recipient = "1210150561306"
  private static let environment = EnvironmentName("bench")

  /// A registry in which `count` messages are about to be registered, and the path of its database.
  func open() async throws -> (Registry, String) {
    let (registry, configuration) = try await openEmpty()
    try await prepare(registry, 0..<count)
    return (registry, configuration.database)
  }

  /// A registry that knows its mailbox and no message.
  func openEmpty() async throws -> (Registry, RegistryConfiguration) {
    guard let environment = Self.environment else { throw BenchError("not a name of an environment") }
    let configuration = RegistryConfiguration(
      environment: environment, database: "\(folder)/registry.db", archive: "\(folder)/archive", mirror: "\(folder)/journals.mirror", minimumFree: 0)
    let time = SystemTime()
    let registry = try Registry(configuration, surroundings: Surroundings(time: time, random: SystemRandom(), log: .disabled(time: time)))
    _ = try await registry.start()
    try await registry.declareMailboxes([MailboxDeclaration(recipient: Self.recipient, name: "ДСП", serveFrom: Self.first)])
    return (registry, configuration)
  }

  func run() async throws -> [Figure] {
    let (registry, database) = try await open()
    let looking = try BareDatabase(database)
    // The registry must exist once before its rows can be copied: the first entry opens the chain and makes the counter.
    guard let first = try await registry.claim([.register], limit: 1).first else { throw BenchError("no message is ready to be registered") }
    _ = try await registry.register(first, try request(for: first))
    let copy = "\(folder)/bare.db"
    try looking.step("VACUUM INTO ?", [.text(copy)])
    let bare = try BareLoop(copy, from: looking)

    var real = Duration.zero
    var plain = Duration.zero
    var registered = 0
    let clock = ContinuousClock()
    while let job = try await registry.claim([.register], limit: 1).first {
      let request = try request(for: job)
      let start = clock.now
      guard case .registered(let entry) = try await registry.register(job, request) else { throw BenchError("message \(job.message) got no number") }
      real += start.duration(to: clock.now)
      let rows = try RegisteredRows(of: entry.id, job: job.id, in: looking)
      let again = clock.now
      try bare.write(rows)
      plain += again.duration(to: clock.now)
      registered += 1
    }
    guard registered > 0 else { throw BenchError("--count 1 leaves nothing to measure: use at least 2") }
    try await registry.close()
    let realRate = Figure.perSecond("registrations", registered, in: real)
    let plainRate = Figure.perSecond("bare_sqlite_loop", registered, in: plain)
    return [realRate, plainRate, .ratio("registrations_to_bare_loop_ratio", realRate.value / plainRate.value)]
  }

  private static let first = Timestamp(seconds: 1_783_000_000)

  /// Brings these messages to the point where they are about to be registered.
  func prepare(_ registry: Registry, _ range: Range<Int>) async throws {
    let start = Self.first
    for first in stride(from: range.lowerBound, to: range.upperBound, by: 500) {
      let rows = (first..<min(first + 500, range.upperBound)).map { index in
        ListedRow(
          messageId: Int64(500_000 + index), dateSent: start + .seconds(index + 1), dateReceived: nil, subject: "Заявление \(index)",
          senderName: "Подател \(index)")
      }
      _ = try await registry.recordListing(Self.recipient, rows: rows)
    }
    try await each(.open, registry) { job in
      try await registry.recordOpenIntent(job)
      let row = job.message.messageId
      try await registry.recordOpened(
        job,
        OpenedRecord(
          senderProfileId: row, senderName: "Подател", subject: "Заявление", rnu: nil, templateId: 1, dateSent: start, dateReceived: nil,
          envelope: "{}",
          body: nil, blobs: []))
    }
    try await each(.read, registry) { job in
      try await registry.recordReadings(
        job, [],
        submission: Submission(
          key: job.message, receivedAt: start, subject: "Заявление", senderProfileId: job.message.messageId, senderName: "Подател", documents: [],
          facts: []))
    }
    try await each(.decide, registry) { job in
      let registration = Registration(journal: "ЗСПД", type: "zspd-6b", typeTitle: "Месечна помощ", unit: Self.unit, system: "ИИС")
      try await registry.recordDecision(
        job,
        Decision(outcome: .register(registration), explanation: Explanation(ruleset: "АСП", version: "1", digest: String(repeating: "0", count: 64))))
    }
  }

  private func each(_ kind: JobKind, _ registry: Registry, _ body: (Job) async throws -> Void) async throws {
    while true {
      let jobs = try await registry.claim([kind], limit: 200)
      if jobs.isEmpty { return }
      for job in jobs { try await body(job) }
    }
  }

  private static let unit = Unit(identifier: recipient, name: "ДСП – Балчик", index: "Д-ДЧ-Б", phone: "0579 00000")

  /// An ordinary e-form: one attachment, a confirmation, a hand-off.
  func request(for job: Job) throws -> RegistrationRequest {
    let columns = EntryColumns(
      subject: "2753-Отпускане на месечна помощ", rnu: "d981d970-83b4-4812-9a80-7583b96a5bed", senderName: "Подател Подателев Подателски",
      senderKind: .person, senderIdentifier: "0000000000", documentType: "zspd-6b", documentTypeTitle: "Месечна помощ", serviceNumber: "2753",
      attachments: [.init(fileName: "zayavlenie.pdf", size: 120_000, digest: SHA256.digest("\(job.message.messageId)"))], system: "ИИС",
      rule: "АСП@1: услуга по номер")
    return RegistrationRequest(
      journal: JournalDefinition(
        name: "ЗСПД", title: "Семейни помощи за деца", system: "ИИС", numbering: .byRobot, counter: CounterScope(perUnit: true, perYear: true),
        template: try NumberTemplate("ЗСПД/{unit.index}/{seq}/{date:dd.MM.yyyy}")),
      unit: Self.unit, columns: columns, duplicate: DuplicateCheck(digest: SHA256.digest("body \(job.message.messageId)"), windowDays: 30),
      reply: ReplyPlan(kind: .confirmation) { entry, mark in
        FrozenReply(
          recipientProfileIds: [entry.message.messageId], subject: "Входящ № \(entry.number) \(mark)", rnu: nil, templateId: 1,
          fields: ["text": .string(String(repeating: "Потвърждение за получаване. ", count: 30))])
      },
      duplicateReply: nil, orderWait: .zero, handsOff: true, actor: "intake-bench")
  }
}

import Crypto
import Database
import Model
import Runtime
import Testing

@testable import Registry

/// The queue and the numbering beside a model that is nothing but dictionaries: random sequences of operations, and after each both must agree on
/// every job, every number and every counter. `INTAKE_SEED` begins elsewhere; a failure names the seed and the step.
@Suite struct QueueModelTests {
  private struct Item: Equatable {
    var state = JobState.available
    var token: Int64 = 0
    var attempt = 0
    var snoozes = 0
    var runAt: Timestamp
  }

  private struct Name: Hashable {
    var message: Int64
    var kind: JobKind
  }

  /// What the registry should be.
  private struct Model {
    var tasks: [Name: Item] = [:]
    var mailboxOf: [Int64: Int] = [:]
    var senderOf: [Int64: Int64] = [:]
    var numbers: [Int64: Int64] = [:]
    var next: [String: Int64] = [:]
    var turns: [JobKind: Int] = [:]
    var held: [(job: Job, name: Name)] = []
    /// Claims that a restart has ended.
    var stale: [Job] = []
    /// Messages whose registration waits for an earlier one of the same sender.
    var waiting: Set<Int64> = []

    mutating func claim(_ kind: JobKind, now: Timestamp, mailboxes: Int) -> Name? {
      let all = (0..<mailboxes).filter { box in
        tasks.contains { $0.key.kind == kind && $0.value.state == .available && mailboxOf[$0.key.message] == box }
      }
      let last = turns[kind] ?? -1
      for box in all.filter({ $0 > last }) + all.filter({ $0 <= last }) {
        let due = tasks.filter { $0.key.kind == kind && $0.value.state == .available && $0.value.runAt <= now && mailboxOf[$0.key.message] == box }
        guard let first = due.min(by: { ($0.value.runAt, $0.key.message) < ($1.value.runAt, $1.key.message) }) else { continue }
        turns[kind] = box
        tasks[first.key]?.state = .running
        tasks[first.key]?.token += 1
        tasks[first.key]?.attempt += 1
        return first.key
      }
      return nil
    }

    mutating func done(_ name: Name) { tasks[name]?.state = .done }

    mutating func add(_ message: Int64, _ kind: JobKind, at moment: Timestamp) { tasks[Name(message: message, kind: kind)] = Item(runAt: moment) }

    mutating func snooze(_ name: Name, until moment: Timestamp) {
      tasks[name]?.state = .available
      tasks[name]?.attempt -= 1
      tasks[name]?.snoozes += 1
      tasks[name]?.runAt = moment
    }
  }

  private static let recipients = ["1210150561306", "1210150561400", "1210150561501"]
  private static let kinds: [JobKind] = [.open, .read, .decide, .register, .confirm]

  @Test(arguments: 0..<4) func queueAndNumbersAgreeWithAModel(run: Int) async throws {
    let seed = 20_260_703 + UInt64(run)
    let random = SeededRandom(seed: seed)
    let store = try Store(seed: seed)
    var registry = try await store.started()
    try await registry.declareMailboxes(try Self.recipients.map { try store.mailbox($0) })
    var model = Model()
    var next: Int64 = 1
    for step in 0..<700 {
      let place: Comment = "seed \(seed), step \(step)"
      let now = store.time.now()
      switch random.below(18) {
      case 0, 1:
        let box = Int(random.below(3))
        try await registry.listed([store.row(next)], Self.recipients[box])
        model.mailboxOf[next] = box
        model.senderOf[next] = Int64(55_000 + random.below(5))
        model.add(next, .open, at: now)
        next += 1
      case 2, 3: store.time.advance(by: .seconds(Int64(random.below(40))))
      case 4 where random.below(4) == 0:
        // The process dies: whatever it held is anybody's, and the attempt is given back.
        try await registry.close()
        // The machine went down with it: then no step is suspected of having killed the process, and the queue stays an ordinary one.
        store.time.set(store.time.now() + .seconds(60))
        registry = try store.open()
        _ = try await registry.start()
        for (job, name) in model.held {
          model.stale.append(job)
          model.tasks[name]?.state = .available
          model.tasks[name]?.attempt -= 1
          model.tasks[name]?.runAt = store.time.now()
        }
        model.held = []
        model.turns = [:]
      case 5 where !model.stale.isEmpty:
        let old = model.stale[Int(random.below(UInt64(model.stale.count)))]
        do {
          if random.below(2) == 0 { try await registry.complete(old) } else { try await registry.snooze(old, until: now, reason: "x") }
          Issue.record("a stale claim was honoured: seed \(seed), step \(step)")
        } catch {
          #expect(error.code == "registry.stale-job", place)
        }
      case 6, 7, 8, 9, 10, 11:
        let kind = Self.kinds[Int(random.below(UInt64(Self.kinds.count)))]
        let expected = model.claim(kind, now: now, mailboxes: 3)
        let claimed = try await registry.claim([kind], limit: 1).first
        #expect(claimed?.message.messageId == expected?.message, place)
        if let claimed, let expected { model.held.append((claimed, expected)) }
      default:
        guard !model.held.isEmpty else { continue }
        let (job, name) = model.held.remove(at: Int(random.below(UInt64(model.held.count))))
        try await finish(job, name, registry, store, &model, random, place)
      }
      try await compare(model, registry, place)
    }
    #expect(model.numbers.count > 5)
  }

  /// One claimed job comes to an end: done, failed, snoozed, whatever its kind allows.
  private func finish(
    _ job: Job, _ name: Name, _ registry: Registry, _ store: Store, _ model: inout Model, _ random: SeededRandom, _ place: Comment
  ) async throws {
    let now = store.time.now()
    model.waiting.remove(name.message)
    switch random.below(6) {
    case 0:
      let until = now + .seconds(Int64(random.below(20)))
      try await registry.snooze(job, until: until, reason: "x")
      return model.snooze(name, until: until)
    case 1:
      let error = OperatorError("mailbox.bad-response", "x", remedy: "x", disposition: .retryAfter(.seconds(7)))
      #expect(try await registry.fail(job, error) == .retry(at: now + .seconds(7)), place)
      model.tasks[name]?.state = .available
      model.tasks[name]?.runAt = now + .seconds(7)
      return
    case 2 where random.below(8) == 0:
      #expect(try await registry.fail(job, OperatorError("x", "x", remedy: "x")) == .parked, place)
      model.tasks[name]?.state = .parked
      return
    default: break
    }
    let sender = model.senderOf[name.message] ?? 0
    switch job.kind {
    case .open:
      try await registry.recordOpenIntent(job)
      try await registry.recordOpened(job, .sample(store, name.message, profile: sender))
      model.add(name.message, .read, at: now)
    case .read:
      try await registry.recordReadings(job, [], submission: .sample(job.message, store))
      model.add(name.message, .decide, at: now)
    case .decide:
      try await registry.recordDecision(job, .sample)
      model.add(name.message, .register, at: now)
    case .register:
      let journal = name.message % 2 == 0 ? "ЗСПД" : "Писма"
      let result = try await registry.register(
        job, .sample(.sample(journal, template: "\(journal)/{unit.index}/{seq}/{date:dd.MM.yyyy}"), orderWait: .zero))
      switch result {
      case .registered(let entry):
        let sequence = model.next[journal, default: 1]
        #expect(entry.sequence == sequence, place)
        model.next[journal] = sequence + 1
        model.numbers[name.message] = sequence
        model.add(name.message, .confirm, at: now)
        wakeLater(than: name.message, &model, now)
      case .waitsForEarlier(let earlier):
        // Only for one of the same sender and mailbox that was sent before and has no number yet.
        #expect(earlier < name.message && model.numbers[earlier] == nil && model.senderOf[earlier] == sender, place)
        #expect(model.mailboxOf[earlier] == model.mailboxOf[name.message], place)
        model.waiting.insert(name.message)
        return model.snooze(name, until: now + .seconds(2))
      case .duplicate: Issue.record("a duplicate without a digest")
      }
    default:
      try await registry.recordSending(job)
      try await registry.recordSent(job, ssevMessageId: name.message, evidence: .answered)
    }
    model.done(name)
  }

  /// Those that waited for their turn are due.
  private func wakeLater(than message: Int64, _ model: inout Model, _ now: Timestamp) {
    for (name, task) in model.tasks where name.kind == .register && task.state == .available && name.message != message {
      guard task.snoozes > 0, model.senderOf[name.message] == model.senderOf[message], model.mailboxOf[name.message] == model.mailboxOf[message],
        model.waiting.contains(name.message)
      else { continue }
      model.tasks[name]?.runAt = now
    }
  }

  private func compare(_ model: Model, _ registry: Registry, _ place: Comment) async throws {
    let records = try await registry.jobs(JobFilter(states: Set(JobState.allCases), limit: 100_000))
    #expect(records.count == model.tasks.count, place)
    for record in records {
      guard let task = model.tasks[Name(message: record.message.messageId, kind: record.kind)] else {
        Issue.record("the model has no job \(record.id): \(place)")
        continue
      }
      #expect(record.state == task.state && record.attempt == task.attempt && record.snoozes == task.snoozes, "\(place) \(record)")
      if task.state == .available { #expect(record.runAt == task.runAt, "\(place) \(record)") }
    }
    let numbers = try await registry.numbers()
    #expect(numbers == model.numbers, place)
  }
}

extension Registry {
  /// The sequence of each registered message.
  fileprivate func numbers() throws -> [Int64: Int64] {
    try read { connection in
      let rows = try connection.all("SELECT message_id, sequence FROM entry JOIN message ON message.id = entry.message") {
        ($0.integer(0), $0.integer(1))
      }
      return Dictionary(uniqueKeysWithValues: rows)
    }
  }
}

import Crypto
import Database
import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

@Suite struct ExportTests {
  private func filled(subject: String = "Молба за помощ") async throws -> Store {
    let store = try Store()
    let registry = try await store.started()
    for id in 1...3 {
      _ = try await registry.numbered(Int64(id), store, .sample(subject: subject))
      store.time.advance(by: .seconds(86_400))
    }
    let job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(job)
    try await registry.recordSent(job, ssevMessageId: 901, evidence: .answered)
    try await registry.close()
    return store
  }

  private func export(_ store: Store, _ profile: ExportProfile, from: Timestamp? = nil, to: Timestamp? = nil, upTo: [String: Int64] = [:])
    async throws
    -> (report: ExportReport, entries: [[String]], events: [[String]], bytes: Data)
  {
    let folder = store.folder + "/export-" + SystemRandom().hex(bytes: 4)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let snapshot = try RegistrySnapshot(store.configuration)
    let report = try await snapshot.export(ExportRequest(journal: "ЗСПД", from: from, to: to, upTo: upTo, profile: profile, folder: folder))
    await snapshot.close()
    let entries = try Data(contentsOf: URL(filePath: report.entriesFile))
    let events = try Data(contentsOf: URL(filePath: report.eventsFile))
    return (
      report, try #require(CSV.parse(String(decoding: entries, as: UTF8.self))), try #require(CSV.parse(String(decoding: events, as: UTF8.self))),
      entries + events
    )
  }

  @Test func columnsAreThoseOfTheJournal() async throws {
    let store = try await filled()
    let (report, entries, events, bytes) = try await export(store, .service)
    #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
    #expect(report.entries == 3)
    #expect(entries.count == 4)
    #expect(entries[0].count == 32)
    let first = Dictionary(uniqueKeysWithValues: zip(entries[0], entries[1]))
    #expect(first["Входящ №"] == "ЗСПД/Д-В/1/03.07.2026")
    #expect(first["Рег. индекс"] == "ЗСПД/Д-В")
    #expect(first["Пореден №"] == "1")
    #expect(first["Година"] == "2026")
    #expect(first["Дата и час на регистриране"] == "03.07.2026 10:15:02")
    #expect(first["Дата и час на постъпване"] == "03.07.2026 10:14:02")
    #expect(first["Канал"] == "ССЕВ")
    #expect(first["Идентификатор на съобщение в ССЕВ"] == "1")
    #expect(first["Профил получател"] == "ДСП Проба, 1210150561306")
    #expect(first["Подател"] == "Тест Тестов Пробев")
    #expect(first["Вид подател"] == "ФЛ")
    #expect(first["Идентификатор на подател (маскиран)"] == "******0003")
    #expect(first["Вид документ"] == "zspd-6b, Заявление-декларация")
    #expect(first["Услуга (№ по АР)"] == "739")
    #expect(first["Насочено към"] == "ДСП Варна, 1210150560306")
    #expect(first["Отговор № / съобщение"] == "901")
    #expect(first["Статус"] == "регистриран")
    #expect(first["Контролна сума на реда"]?.count == 64)
    #expect(Set(entries.dropFirst().map { $0[26] }) == ["901", ""])
    #expect(events[0] == ExportColumns.events)
  }

  /// Recomputes an export from its cells alone, as an auditor would: the hash of every event from its commitments, and every shown value against
  /// its commitment.
  private func check(_ events: [[String]], journal: String = "ЗСПД") throws -> (events: Int, shown: Int, hidden: Int) {
    var hasher = EventHasher()
    var previous: String?
    var result = (events: 0, shown: 0, hidden: 0)
    var rows = events.dropFirst()[...]
    while let first = rows.first {
      let sequence = try #require(Int64(first[1]))
      let event = rows.prefix { $0[1] == first[1] }
      rows = rows.dropFirst(event.count)
      if let previous { #expect(first[2] == previous) }
      var fields: [(name: String, commitment: Digest)] = []
      for row in event {
        let commitment = try #require(Digest(hex: row[7]))
        fields.append((row[4], commitment))
        if row[6].isEmpty {
          result.hidden += 1
          #expect(row[5].isEmpty)
        } else {
          let salt = try #require(Hex.bytes(of: row[6]))
          #expect(hasher.commitment(chain: journal, sequence: sequence, name: row[4], salt: salt, value: row[5]) == commitment)
          result.shown += 1
        }
      }
      let hash = hasher.eventHash(previous: try #require(Digest(hex: first[2])), chain: journal, sequence: sequence, fields: fields)
      #expect(hash.hex == first[3])
      previous = first[3]
      result.events += 1
    }
    return result
  }

  @Test func bothProfilesVerifyAndOneHidesThePerson() async throws {
    let store = try await filled(subject: "=1+1;\"молба\"\nот Тест")
    let service = try await export(store, .service)
    let full = try check(service.events)
    #expect(full.hidden == 0)
    #expect(full.events == service.report.events)
    let audit = try await export(store, .audit)
    let masked = try check(audit.events)
    #expect(masked.events == full.events)
    #expect(masked.hidden > 0)
    #expect(masked.shown + masked.hidden == full.shown)
    let text = String(decoding: audit.bytes, as: UTF8.self)
    for secret in ["Тест", "Пробев", "**0003", "1+1", "Входящ номер:", "55001"] { #expect(!text.contains(secret), "\(secret)") }
    #expect(text.contains("ЗСПД/Д-В/1/03.07.2026"))
    #expect(audit.entries[1][11] == EntryViews.mask)
  }

  @Test func theSameQuestionGivesTheSameBytes() async throws {
    let store = try await filled()
    let first = try await export(store, .service)
    let registry = try store.open()
    _ = try await registry.start()
    store.time.advance(by: .seconds(3600))
    let job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(job)
    try await registry.recordSent(job, ssevMessageId: 902, evidence: .answered)
    try await registry.close()
    let again = try await export(store, .service, upTo: first.report.upTo)
    #expect(again.bytes == first.bytes)
    #expect(again.report.upTo == first.report.upTo)
    #expect(try await export(store, .service).bytes != first.bytes)
  }

  @Test func aPeriodHoldsItsEntriesAndAnUnbrokenChain() async throws {
    let store = try await filled()
    let from = try #require(Timestamp(iso8601: "2026-07-04T00:00:00Z"))
    let (report, entries, events, _) = try await export(store, .service, from: from, to: from + .seconds(86_400))
    #expect(report.entries == 1)
    #expect(entries[1][0] == "ЗСПД/Д-В/2/04.07.2026")
    #expect(try check(events).events == report.events)
    #expect(report.events >= 1)
  }

  @Test func cellsComeBackAsTheyWere() throws {
    let values = [
      "", "=1+1", "+359", "-5", "@SUM(A1)", "\tx", "\rx", "\nx", "'x", "''=x", "'=1", "a;b", "a\"b", "\"", "a\r\nb", "＝1", "＋1", "－1", "＠1", " x ",
      "0001",
      "Щъ", "=\u{301}x",
    ]
    for value in values {
      let text = CSV.line([value, "край"])
      #expect(CSV.parse(text) == [[value, "край"]])
      let shown = text.unicodeScalars.first == "\"" ? text.unicodeScalars.dropFirst().first : text.unicodeScalars.first
      #expect(!["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"].contains(shown))
    }
    let random = SeededRandom(seed: 3)
    let alphabet = Array("=+-@'\";\r\n\tая1 ")
    for _ in 0..<2000 {
      let cells = (0..<3).map { _ in String((0..<Int(random.below(6))).map { _ in alphabet[Int(random.below(UInt64(alphabet.count)))] }) }
      #expect(CSV.parse(CSV.line(cells)) == [cells])
    }
    #expect(CSV.parse("a;\"b\r\n") == nil)
    #expect(CSV.parse("a\"b\r\n") == nil)
    #expect(CSV.parse("a;b") == nil)
  }

  @Test func looksWithoutWritingWhateverStateTheDatabaseIsIn() async throws {
    let store = try await filled()
    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: store.folder + "/db").sorted() }
    let idle = try files()
    let bytes = try Data(contentsOf: URL(filePath: store.configuration.database))
    var snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.entries(EntryQuery()).count == 3)
    #expect(try files() == idle)
    await snapshot.close()
    #expect(try files() == idle)
    #expect(try Data(contentsOf: URL(filePath: store.configuration.database)) == bytes)

    // While the robot runs: a moment of its own, kept.
    let registry = try store.open()
    _ = try await registry.start()
    snapshot = try RegistrySnapshot(store.configuration)
    let running = try files()
    _ = try await registry.numbered(4, store)
    #expect(try await snapshot.entries(EntryQuery()).count == 3)
    #expect(try await snapshot.verify().isSound)
    #expect(try files() == running)
    await snapshot.close()
    snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.entries(EntryQuery()).count == 4)
    await snapshot.close()

    // After a crash: a log that nobody has folded in, and nobody who holds the lock.
    let crashed = try Store()
    try FileManager.default.createDirectory(atPath: crashed.folder + "/db", withIntermediateDirectories: true)
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: store.configuration.database + suffix, toPath: crashed.configuration.database + suffix)
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: crashed.folder + "/db").sorted()
    let after = try RegistrySnapshot(crashed.configuration)
    #expect(try await after.entries(EntryQuery()).count == 4)
    await after.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: crashed.folder + "/db").sorted() == left)
  }
}

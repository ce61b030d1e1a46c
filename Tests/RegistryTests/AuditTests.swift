import Crypto
import Database
import FoundationEssentials
import Model
import Runtime
import Spawn
import Testing

@testable import Registry

/// What an auditor gets, checked by the program that shares no code with us, and by it again after each way of tampering that we can think of.
@Suite(.timeLimit(.minutes(5))) struct AuditTests {
  static let verifier: String = {
    let file = #filePath
    return file.replacing("Tests/RegistryTests/AuditTests.swift", with: "Deploy/audit/verify-journal.py")
  }()

  // MARK: a journal over the turn of a year

  /// Numbers in November, December and January, confirmed and not, each day closed and signed.
  private func yearTurn(seed: UInt64 = 1, subject: String = "Молба; с „кавички“ и \"други\"\nна два реда") async throws -> (Store, key: String) {
    let store = try Store(seed: seed, at: "2026-11-29T09:00:00Z")
    let keys = try await Keys.make(in: store.folder)
    store.signingKey = keys.secret
    let registry = try await store.started()
    var id: Int64 = 0
    for days in [0, 1, 1, 29, 2, 1] {
      store.time.advance(by: .seconds(Int64(days) * 86_400))
      _ = try await registry.closeDay()
      for _ in 0..<2 {
        id += 1
        _ = try await registry.numbered(id, store, .sample(subject: id == 3 ? "=сума" : subject))
      }
      let confirm = try #require(try await registry.claim([.confirm], limit: 1).first)
      try await registry.recordSending(confirm)
      try await registry.recordSent(confirm, ssevMessageId: 900 + id, evidence: .answered)
    }
    // What persons do is part of it.
    let numbers = try await registry.entriesNow()
    try await registry.amend(number: numbers[0], .annulment, actor: "ivanova", reason: "грешка")
    try await registry.amend(number: numbers[1], .correction(["subject": "Поправена", "senderName": "Друг"]), actor: "ivanova", reason: "грешка")
    try await registry.amend(number: numbers[4], .forwarding(to: "ДСП – Добрич"), actor: "ivanova", reason: "адрес")
    _ = try await registry.void(journal: .sample(), unit: .varna, through: 6, actor: "ivanova", reason: "загуба")
    store.time.advance(by: .seconds(86_400))
    _ = try await registry.closeDay()
    try await registry.close()
    return (store, keys.open)
  }

  private func export(_ store: Store, _ profile: ExportProfile, journal: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil) async throws
    -> ExportedFolder
  {
    let folder = store.folder + "/export-" + SystemRandom().hex(bytes: 4)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let snapshot = try RegistrySnapshot(store.configuration)
    _ = try await snapshot.export(ExportRequest(journal: journal, from: from, to: to, profile: profile, folder: folder))
    await snapshot.close()
    return ExportedFolder(path: folder)
  }

  private func verify(_ folder: ExportedFolder, _ arguments: [String]) async throws -> (code: Int32, findings: Set<String>, text: String) {
    let result = try await Spawner(name: "audit").run(
      Command("/usr/bin/python3", [AuditTests.verifier] + arguments + [folder.path], environment: ["PATH": "/usr/bin:/bin"], deadline: .seconds(60)))
    let text = String(decoding: result.output + result.errorOutput, as: UTF8.self)
    let codes = text.split(separator: "\n").compactMap { line in
      line.contains(": ") && !line.hasPrefix("note") ? line.split(separator: ":").first.map(String.init) : nil
    }
    guard case .exited(let code) = result.status else { throw CancellationError() }
    return (code, Set(codes).subtracting(["sound", "NOT SOUND"]), text)
  }

  @Test func aSoundExportIsFoundSoundInEveryProfileAndPeriod() async throws {
    let (store, key) = try await yearTurn()
    let december = (Timestamp(iso8601: "2026-11-30T22:00:00Z"), Timestamp(iso8601: "2026-12-31T22:00:00Z"))
    for profile in ExportProfile.allCases {
      for (from, to) in [(nil, nil), december] {
        for journal in [nil, "ЗСПД"] {
          let folder = try await export(store, profile, journal: journal, from: from, to: to)
          let (code, _, text) = try await verify(folder, ["--key", key])
          #expect(code == 0, "\(text)")
          #expect(text.contains("sound: "))
        }
      }
    }
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
    let closings = try store.connection().all(
      "SELECT value FROM event_field JOIN event ON event.id = event WHERE kind = 'closing' AND name = 'period' ORDER BY event.id"
    ) { $0.text(0) }
    #expect(closings == ["2026-11", "2026-12", "2026"])
    let (_, _, self0) = try await verify(ExportedFolder(path: ""), ["--self-test"])
    #expect(self0.contains("self-test: ok"))
  }

  @Test func withoutAKeyNothingIsCalledSoundUnlessAsked() async throws {
    let (store, _) = try await yearTurn()
    let folder = try await export(store, .audit)
    #expect(try await verify(folder, []).code == 64)
    let unsigned = try await verify(folder, ["--no-signatures"])
    #expect(unsigned.code == 0 && unsigned.text.contains("signatures NOT checked"))
    let stranger = try await Keys.make(in: store.folder, name: "stranger")
    #expect(try await verify(folder, ["--key", stranger.open]).findings == ["signature-wrong"])
  }

  // MARK: tampering

  private struct Tampering: Sendable {
    var name: String
    /// At least one of these is found.
    var expected: Set<String>
    var change: @Sendable (inout Tables) throws -> Void
  }

  @Sendable private static func subject(_ row: [String]) -> Bool { row[4] == "subject" && !row[6].isEmpty }

  private static let list: [Tampering] = [
    .init(name: "a subject in events.csv", expected: ["field-changed"]) { tables in
      let place = try #require(tables.events.firstIndex(where: subject))
      tables.events[place][5] += "!"
    },
    .init(name: "a subject in entries.csv", expected: ["entry-differs"]) { $0.entries[4][16] += "!" },
    .init(name: "a sender in entries.csv", expected: ["entry-differs"]) { $0.entries[4][11] = "Друг Човек" },
    .init(name: "the time of receipt in entries.csv", expected: ["entry-differs"]) { $0.entries[1][5] = "01.11.2026 00:00:00" },
    .init(name: "a row of entries.csv taken away", expected: ["entry-missing"]) { $0.entries.remove(at: 3) },
    .init(name: "the last row of entries.csv taken away", expected: ["entry-missing"]) { $0.entries.removeLast() },
    .init(name: "a row of entries.csv invented", expected: ["entry-unfounded"]) { tables in
      var row = tables.entries[1]
      row[0] += "а"
      tables.entries.append(row)
    },
    .init(name: "a status in entries.csv", expected: ["entry-differs"]) { $0.entries[4][28] = "анулиран" },
    .init(name: "a number everywhere", expected: ["field-changed", "entry-differs"]) { tables in
      let number = tables.entries[1][0]
      tables.entries[1][0] = number + "9"
      for place in tables.events.indices where tables.events[place][5] == number { tables.events[place][5] += "9" }
    },
    .init(name: "an event taken away", expected: ["event-missing"]) { tables in tables.events.removeAll { $0[0] == "ЗСПД" && $0[1] == "4" } },
    .init(name: "an event taken away and the rest renumbered", expected: ["field-changed", "chain-broken", "hash-wrong"]) { tables in
      tables.events.removeAll { $0[0] == "ЗСПД" && $0[1] == "4" }
      for place in tables.events.indices where tables.events[place][0] == "ЗСПД" {
        if let number = Int(tables.events[place][1]), number > 4 { tables.events[place][1] = String(number - 1) }
      }
    },
    .init(name: "the end of the journal cut off", expected: ["truncated"]) { tables in
      let last = tables.events.filter { $0[0] == "ЗСПД" }.compactMap { Int($0[1]) }.max() ?? 0
      // With the rows of what it registered, as a careful hand would.
      let gone = Set((0..<4).map { String(last - $0) })
      let numbers = Set(tables.events.filter { $0[0] == "ЗСПД" && gone.contains($0[1]) && $0[4] == "number" }.map { $0[5] })
      tables.events.removeAll { $0[0] == "ЗСПД" && gone.contains($0[1]) }
      tables.entries.removeAll { numbers.contains($0[0]) }
    },
    .init(name: "two events exchanged", expected: ["event-missing", "chain-broken"]) { tables in
      for place in tables.events.indices where tables.events[place][0] == "ЗСПД" {
        switch tables.events[place][1] {
        case "3": tables.events[place][1] = "4"
        case "4": tables.events[place][1] = "3"
        default: break
        }
      }
    },
    .init(name: "a field taken away", expected: ["hash-wrong"]) { tables in
      tables.events.remove(at: try #require(tables.events.firstIndex { $0[4] == "note" || $0[4] == "actor" }))
    },
    .init(name: "a field added", expected: ["hash-wrong", "field-changed"]) { tables in
      var row = tables.events[1]
      row[4] = "note"
      tables.events.insert(row, at: 2)
    },
    .init(name: "a field twice", expected: ["field-twice"]) { $0.events.insert($0.events[1], at: 2) },
    .init(name: "a salt", expected: ["field-changed"]) { tables in
      let place = try #require(tables.events.firstIndex(where: subject))
      tables.events[place][6] = String(tables.events[place][6].reversed())
    },
    .init(name: "a value for a masked field", expected: ["field-changed"]) { tables in
      let place = try #require(tables.events.firstIndex(where: subject))
      tables.events[place][6] = ""
    },
    .init(name: "a commitment with its value", expected: ["hash-wrong"]) { tables in
      let place = try #require(tables.events.firstIndex(where: subject))
      let row = tables.events[place]
      var hasher = EventHasher()
      tables.events[place][5] = "друго"
      tables.events[place][7] =
        hasher.commitment(
          chain: row[0], sequence: try #require(Int64(row[1])), name: row[4], salt: try #require(Hex.bytes(of: row[6])), value: "друго"
        ).hex
    },
    .init(name: "the text of a checkpoint", expected: ["signature-wrong"]) { tables in
      tables.checkpoints[2][2] = tables.checkpoints[2][2].replacing("epoch: 1x", with: "epoch: 2x")
    },
    .init(name: "a signature", expected: ["signature-wrong"]) { $0.checkpoints[1][3] = String(repeating: "0", count: 128) },
    .init(name: "a checkpoint taken away", expected: ["checkpoint-missing"]) { $0.checkpoints.remove(at: 2) },
    .init(name: "two checkpoints exchanged", expected: ["checkpoint-order", "checkpoint-missing"]) { $0.checkpoints.swapAt(1, 2) },
    .init(name: "all checkpoints taken away", expected: ["no-checkpoint"]) { $0.checkpoints = [$0.checkpoints[0]] },
    .init(name: "a chain that starts later", expected: ["entry-unfounded"]) { tables in
      tables.events.removeAll { $0[0] == "ЗСПД" && (Int($0[1]) ?? 0) < 4 }
    },
  ]

  @Test func everyTamperingIsFound() async throws {
    let (store, key) = try await yearTurn()
    let sound = try Tables(try await export(store, .service))
    let folder = ExportedFolder(path: store.folder + "/tampered")
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try sound.write(to: folder)
    #expect(try await verify(folder, ["--key", key]).code == 0, "the copy itself is sound")
    for tampering in AuditTests.list {
      var tables = sound
      try tampering.change(&tables)
      try tables.write(to: folder)
      let (code, findings, text) = try await verify(folder, ["--key", key])
      #expect(code == 1, "\(tampering.name): \(text)")
      #expect(!findings.isDisjoint(with: tampering.expected), "\(tampering.name): \(text)")
    }
  }

  /// Erased content still verifies; a value that somebody merely took away is found.
  @Test func erasedContentVerifiesAndAMissingValueIsFound() async throws {
    let (store, key) = try await yearTurn()
    let registry = try await store.started()
    _ = try await registry.erase(store.key(1), actor: "ivanova", reason: "ЗЗЛД чл. 25а")
    store.time.advance(by: .seconds(86_400))
    _ = try await registry.closeDay()
    try await registry.close()
    for profile in ExportProfile.allCases {
      let (code, _, text) = try await verify(try await export(store, profile), ["--key", key])
      #expect(code == 0, "\(text)")
    }
    let sound = try Tables(try await export(store, .service))
    #expect(sound.entries[1][16] == "(заличено)" && sound.entries[1][11] == "(заличено)")
    let folder = ExportedFolder(path: store.folder + "/erased")
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try sound.write(to: folder)
    #expect(try await verify(folder, ["--key", key]).code == 0)
    var tables = sound
    let place = try #require(tables.events.firstIndex(where: Self.subject))
    (tables.events[place][5], tables.events[place][6]) = ("", "")
    try tables.write(to: folder)
    #expect(try await verify(folder, ["--key", key]).findings.contains("erased-unfounded"))
  }

  /// Whoever holds the database can make up another past that is whole in itself. Only the signatures tell.
  @Test func anotherPastIsFoundByTheCheckpoints() async throws {
    let (store, key) = try await yearTurn()
    let (other, _) = try await yearTurn(seed: 2, subject: "Друга молба")
    var tables = try Tables(try await export(other, .service))
    tables.checkpoints = try Tables(try await export(store, .service)).checkpoints
    // Without the chain that holds the checkpoints themselves, which would tell at once.
    tables.events.removeAll { $0[0] == "#robot" }
    let folder = ExportedFolder(path: store.folder + "/other-past")
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try tables.write(to: folder)
    #expect(try await verify(folder, ["--key", key]).findings.contains("checkpoint-differs"))
  }

  @Test func aFileThatWasTouchedAfterTheExportIsNamed() async throws {
    let (store, key) = try await yearTurn()
    let folder = try await export(store, .audit)
    var bytes = try Data(contentsOf: URL(filePath: folder.path + "/checkpoints.csv"))
    bytes.append(contentsOf: Array("x;1;y;z\r\n".utf8))
    try bytes.write(to: URL(filePath: folder.path + "/checkpoints.csv"))
    #expect(try await verify(folder, ["--key", key]).findings.isSuperset(of: ["file-changed", "count-differs"]))
    try Data("\u{FEFF}rubbish".utf8).write(to: URL(filePath: folder.path + "/events.csv"))
    #expect(try await verify(folder, ["--key", key]).code == 64)
  }
}

extension Registry {
  fileprivate func entriesNow() throws -> [String] { try connection.all("SELECT number FROM entry ORDER BY id") { $0.text(0) } }
}

struct ExportedFolder { var path: String }

/// The three files as rows, the titles first.
private struct Tables {
  var entries: [[String]]
  var events: [[String]]
  var checkpoints: [[String]]

  init(_ folder: ExportedFolder) throws {
    func rows(_ name: String) throws -> [[String]] {
      try #require(CSV.parse(String(decoding: try Data(contentsOf: URL(filePath: folder.path + "/" + name)), as: UTF8.self)))
    }
    entries = try rows("entries.csv")
    events = try rows("events.csv")
    checkpoints = try rows("checkpoints.csv")
  }

  /// With an `export.json` that fits, as a careful hand would leave it.
  func write(to folder: ExportedFolder) throws {
    for (name, rows) in [("entries.csv", entries), ("events.csv", events), ("checkpoints.csv", checkpoints)] {
      try Data((CSV.byteOrderMark + rows.map(CSV.line).joined()).utf8).write(to: URL(filePath: folder.path + "/" + name))
    }
    let count = Set(events.dropFirst().map { $0[0] + " " + $0[1] }).count
    let manifest = #"{"format":1,"profile":"служебен","entries":\#(entries.count - 1),"events":\#(count),"checkpoints":\#(checkpoints.count - 1)}"#
    try Data(manifest.utf8).write(to: URL(filePath: folder.path + "/export.json"))
  }
}

/// A pair of Ed25519 keys in PEM files, made by the command that the operator notes name.
struct Keys {
  var secret: String
  var open: String

  static func make(in folder: String, name: String = "signing") async throws -> Keys {
    let keys = Keys(secret: "\(folder)/\(name).key", open: "\(folder)/\(name).pub")
    for arguments in [["genpkey", "-algorithm", "ed25519", "-out", keys.secret], ["pkey", "-in", keys.secret, "-pubout", "-out", keys.open]] {
      let result = try await Spawner(name: "openssl").run(Command("/usr/bin/openssl", arguments, environment: [:], deadline: .seconds(20)))
      #expect(result.succeeded)
    }
    return keys
  }
}

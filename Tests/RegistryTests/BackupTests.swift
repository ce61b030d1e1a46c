import Crypto
import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

/// A copy made while the robot works, looked at, damaged and put back.
@Suite struct BackupTests {
  private func filled() async throws -> (Store, Registry) {
    let store = try Store()
    let registry = try await store.started()
    try await enter(registry, store, 1)
    return (store, registry)
  }

  /// A registered message with a file in the archive.
  private func enter(_ registry: Registry, _ store: Store, _ id: Int64) async throws {
    try await registry.listed([store.row(id)])
    let blob = OpenedBlob(blobId: id, fileName: "молба.pdf", size: 3, digest: nil, isMalicious: nil)
    try await registry.opened(id, store, blobs: [blob])
    let fetch = try #require(try await registry.claim([.fetch], limit: 1).first)
    try await registry.recordFetched(fetch, try registry.archive.store([1, 2, UInt8(id)]))
    try await registry.read(id, store)
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    _ = try await registry.registered()
    try await registry.mirrorFlush()
  }

  private func check(_ store: Store) async throws -> [String] {
    try await Backup.check(store.folder + "/backup", store.configuration, surroundings: store.surroundings).findings.map(\.code)
  }

  private func damage(_ path: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count / 2] ^= 0xFF
    try bytes.write(to: URL(filePath: path))
  }

  @Test func aBackupMadeWhileTheRobotRunsCanBeRestored() async throws {
    let (store, registry) = try await filled()
    let folder = store.folder + "/backup"
    #expect(try Backup.make(store.configuration, to: folder, surroundings: store.surroundings).copied == 1)
    #expect(try await check(store) == [])
    try await enter(registry, store, 2)
    let second = try Backup.make(store.configuration, to: folder, surroundings: store.surroundings)
    #expect(second.objects == 2 && second.copied == 1, "only what is new")
    let verdict = try await Backup.drill(folder, scratch: store.folder, store.configuration, surroundings: store.surroundings)
    #expect(verdict.isSound && verdict.entries == 2 && verdict.objects == 2, "\(verdict.findings)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).allSatisfy { !$0.contains("drill") }, "nothing is left behind")
    // What happened after the backup comes back from the mirror: no number twice.
    try await enter(registry, store, 3)
    try await registry.close()
    try FileManager.default.moveItem(atPath: store.configuration.database, toPath: store.folder + "/aside")
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.configuration.database + suffix) }
    try Backup.restore(folder, to: store.configuration, surroundings: store.surroundings)
    let again = try store.open()
    #expect(try await again.start().mirror != .equal, "numbering waits for recover")
    _ = try await again.recover(actor: "op", reason: "проба")
    try await enter(again, store, 4)
    try await again.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.entries(EntryQuery()).map(\.entry.sequence).sorted() == [1, 2, 3, 4])
    #expect(try await snapshot.verify().findings == [])
  }

  @Test func aDatabaseIsNeverOverwrittenAndAnotherEnvironmentRefused() async throws {
    let (store, registry) = try await filled()
    let folder = store.folder + "/backup"
    _ = try Backup.make(store.configuration, to: folder, surroundings: store.surroundings)
    try await registry.close()
    func code(_ configuration: RegistryConfiguration) -> String {
      do throws(OperatorError) {
        try Backup.restore(folder, to: configuration, surroundings: store.surroundings)
        return "none"
      } catch { return error.code }
    }
    #expect(code(store.configuration) == "backup.target-exists")
    var other = store.configuration
    other.environment = try #require(EnvironmentName("other"))
    #expect(code(other) == "registry.other-environment")
  }

  @Test func damageOfABackupIsNamed() async throws {
    let (store, registry) = try await filled()
    let folder = store.folder + "/backup"
    let make = { try Backup.make(store.configuration, to: folder, surroundings: store.surroundings) }
    _ = try make()
    for name in ["registry.db", "journals.mirror"] {
      try damage("\(folder)/\(name)")
      #expect(try await check(store) == ["backup.file-changed"])
      _ = try make()
      #expect(try await check(store) == [])
    }
    let hex = SHA256.digest([1, 2, 1] as [UInt8]).hex
    let object = "\(folder)/archive/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
    try damage(object)
    #expect(try await check(store) == ["archive.damaged"])
    try FileManager.default.removeItem(atPath: object)
    #expect(try await check(store) == ["archive.missing"])
    #expect(try !(await Backup.drill(folder, scratch: store.folder, store.configuration, surroundings: store.surroundings)).isSound)
    try await registry.close()
  }

  @Test func theArchiveIsReadAgainAndItsOrphansAreCounted() async throws {
    let (store, registry) = try await filled()
    let orphan = try registry.archive.store([9, 9, 9])
    try await registry.close()
    func report() async throws -> ArchiveReport {
      let snapshot = try RegistrySnapshot(store.configuration)
      return try await snapshot.verifyArchive(surroundings: store.surroundings)
    }
    var found = try await report()
    #expect(found.isSound && found.objects == 1 && found.bytes == 3 && found.orphans == [orphan.digest.hex])
    let object = registry.archive.path(of: SHA256.digest([1, 2, 1] as [UInt8]))
    try damage(object)
    #expect(try await report().damaged.count == 1)
    try FileManager.default.removeItem(atPath: object)
    found = try await report()
    #expect(!found.isSound && found.missing.count == 1)
  }
}

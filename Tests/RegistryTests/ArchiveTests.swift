import Crypto
import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

@Suite struct ArchiveTests {
  private func archive(_ store: Store, maximum: Int64 = 1 << 20, free: Int64 = 1 << 20) throws -> Archive {
    try Archive(folder: store.folder + "/archive", maximumObject: maximum, minimumFree: free, surroundings: store.surroundings)
  }

  private func files(_ archive: Archive) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: archive.folder).filter { path in
      var isFolder = false
      return FileManager.default.fileExists(atPath: archive.folder + "/" + path, isDirectory: &isFolder) && !isFolder
    }
  }

  @Test func bytesComeInPiecesAndStandUnderTheirDigest() throws {
    let store = try Store()
    let archive = try self.archive(store)
    let bytes = SeededRandom(seed: 1).bytes(300_000)
    let writer = try archive.writer()
    for start in stride(from: 0, to: bytes.count, by: 7001) {
      try Array(bytes[start..<min(start + 7001, bytes.count)]).withUnsafeBytes { try writer.write($0) }
    }
    let object = try writer.commit()
    #expect(object == StoredObject(digest: SHA256.digest(bytes), size: 300_000))
    #expect(try Data(contentsOf: URL(filePath: archive.path(of: object.digest))) == Data(bytes))
    #expect(archive.check(object) == nil)
    #expect(try files(archive) == ["sha256/\(object.digest.hex.prefix(2))/\(object.digest.hex.dropFirst(2))"])
    #expect(throws: OperatorError.self) { try writer.commit() }
    // The same bytes again are the same file.
    #expect(try archive.store(bytes) == object)
    #expect(try files(archive).count == 1)
  }

  @Test func damageAndLossAreNamedAndMendedByTheSameBytes() throws {
    let store = try Store()
    let archive = try self.archive(store)
    let object = try archive.store([1, 2, 3])
    try Data([1, 2, 4]).write(to: URL(filePath: archive.path(of: object.digest)))
    #expect(archive.check(object)?.code == "archive.damaged")
    _ = try archive.store([1, 2, 3])
    #expect(archive.check(object) == nil)
    try FileManager.default.removeItem(atPath: archive.path(of: object.digest))
    #expect(archive.check(object)?.code == "archive.missing")
    #expect(!archive.contains(object.digest))
  }

  @Test func limitsAreKept() throws {
    let store = try Store()
    let small = try archive(store, maximum: 10)
    #expect(throws: OperatorError.self) { try small.writer(expected: 11) }
    let writer = try small.writer()
    try [UInt8](repeating: 0, count: 10).withUnsafeBytes { try writer.write($0) }
    do {
      try [UInt8](repeating: 0, count: 1).withUnsafeBytes { try writer.write($0) }
      Issue.record("the cap was passed")
    } catch let error as OperatorError {
      #expect(error.code == "archive.too-large")
    }
    writer.discard()
    do {
      _ = try archive(store, free: .max / 2).writer()
      Issue.record("stored on a disk that is as good as full")
    } catch let error as OperatorError {
      #expect(error.code == "archive.disk-full")
    }
    #expect(try files(small) == [])
  }

  @Test(arguments: [DurableStep.object.before, DurableStep.object.after]) func aCrashLeavesTheObjectWholeOrNotAtAll(at point: FaultPoint) throws {
    let store = try Store()
    store.inject(FailOnce(point))
    #expect(throws: OperatorError.self) { try self.archive(store).store([1, 2, 3]) }
    store.inject(NoFaults())
    let archive = try self.archive(store)
    let object = try archive.store([1, 2, 3])
    #expect(archive.check(object) == nil)
    #expect(try files(archive).count == 1)
  }

  @Test func leftoversOfACrashAreSweptAway() throws {
    let store = try Store()
    let first = try archive(store)
    try Data([1]).write(to: URL(filePath: first.temporaryFolder + "/left"))
    #expect(try files(try archive(store)) == [])
  }
}

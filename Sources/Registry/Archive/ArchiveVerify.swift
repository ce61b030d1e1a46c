import Crypto
import Database
import Glibc
package import Model
package import Runtime

package struct ArchiveReport: Sendable, Equatable {
  package var objects: Int
  package var bytes: Int64
  /// Digests that the database names and the archive lacks, or holds with other bytes.
  package var missing: [String]
  package var damaged: [String]
  /// Files that no row names: left by a download whose record never came, harmless.
  package var orphans: [String]

  package var isSound: Bool { missing.isEmpty && damaged.isEmpty }
}

/// Every object that the database names read again and compared with its name; and every file that it does not name.
enum ArchiveVerify {
  static func run(_ connection: Connection, _ archive: Archive, progress: (Int) -> Void) throws -> ArchiveReport {
    var report = ArchiveReport(objects: 0, bytes: 0, missing: [], damaged: [], orphans: [])
    var known: Set<Digest> = []
    try connection.query("SELECT digest, size FROM object ORDER BY digest") { row in
      let object = StoredObject(digest: row.digest(0), size: row.integer(1))
      known.insert(object.digest)
      report.objects += 1
      report.bytes += object.size
      switch archive.check(object)?.code {
      case nil: break
      case "archive.missing": report.missing.append(object.digest.hex)
      default: report.damaged.append(object.digest.hex)
      }
      progress(report.objects)
    }
    for digest in try archive.stored() where !known.contains(digest) { report.orphans.append(digest.hex) }
    return report
  }
}

extension Archive {
  /// For looking alone: creates nothing.
  init(reading folder: String, surroundings: Surroundings) {
    self.folder = folder
    maximumObject = .max
    minimumFree = 0
    self.surroundings = surroundings
  }

  /// The digests of all objects there are, in order.
  func stored() throws(OperatorError) -> [Digest] {
    guard access(folder + "/sha256", F_OK) == 0 else { return [] }
    var digests: [Digest] = []
    for first in try Archive.names(in: folder + "/sha256") {
      for rest in try Archive.names(in: "\(folder)/sha256/\(first)") {
        if let digest = Digest(hex: first + rest) { digests.append(digest) }
      }
    }
    return digests.sorted()
  }
}

extension RegistrySnapshot {
  /// Reads the whole archive. `progress` gets the number of objects done.
  package func verifyArchive(surroundings: Surroundings, progress: @Sendable (Int) -> Void = { _ in }) throws(OperatorError) -> ArchiveReport {
    try look { try ArchiveVerify.run($0, Archive(reading: configuration.archive, surroundings: surroundings), progress: progress) }
  }
}

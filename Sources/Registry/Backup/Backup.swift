import Crypto
import Database
import FoundationEssentials
import Glibc
package import Model
package import Runtime

/// A copy of everything that cannot be made again, consistent while the robot runs: a folder with `registry.db`, `journals.mirror`, `archive/` and
/// `backup.json`. Doing it again into the same folder copies only what is new of the archive, and replaces the rest by renames.
///
/// The database is copied first: whatever it names is in the archive already, and the mirror may only know more, which `recover` takes over.
package enum Backup {
  package struct Report: Sendable, Equatable, Codable {
    package var format = 1
    package var environment: String
    package var at: String
    /// Objects that the copy names, and how many of them were copied now.
    package var objects: Int
    package var copied: Int
    package var events: Int64
    package var sha256: [String: String]
  }

  /// What a drill or a dry run found.
  package struct Verdict: Sendable, Equatable {
    package var report: Report
    /// Stable code and text; empty when all is well.
    package var findings: [(code: String, text: String)]
    package var events: Int
    package var entries: Int
    package var objects: Int

    package var isSound: Bool { findings.isEmpty }

    package static func == (left: Verdict, right: Verdict) -> Bool {
      left.report == right.report && left.findings.map(\.code) == right.findings.map(\.code)
    }
  }

  private static let database = "registry.db"
  private static let mirror = "journals.mirror"
  private static let manifest = "backup.json"

  // MARK: making

  /// Errors: `registry.missing`, `backup.object-missing`, those of files.
  package static func make(_ configuration: RegistryConfiguration, to folder: String, surroundings: Surroundings) throws(OperatorError) -> Report {
    do {
      try DurableFile.createFolder(folder)
      let copy = "\(folder)/\(database).new"
      for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) }
      do {
        let file = try SnapshotFile(configuration.database)
        _ = try Schema.version(of: file.connection, environment: configuration.environment)
        try file.connection.copy(to: copy)
      }
      guard chmod(copy, 0o600) == 0 else { throw DurableFile.failure("chmod", copy) }
      try DurableFile.makeDurable(copy)
      let (objects, copied, events) = try copyObjects(named: copy, configuration, to: folder, surroundings)
      try self.copy(configuration.mirror, to: "\(folder)/\(mirror).new")
      try DurableFile.rename("\(folder)/\(mirror).new", to: "\(folder)/\(mirror)")
      try DurableFile.rename(copy, to: "\(folder)/\(database)")
      let report = Report(
        environment: configuration.environment.description, at: surroundings.time.now().iso8601, objects: objects, copied: copied, events: events,
        sha256: [
          database: try SHA256.digest(file: "\(folder)/\(database)").hex, mirror: try SHA256.digest(file: "\(folder)/\(mirror)").hex,
        ])
      let file = try ExportFile("\(folder)/\(manifest)")
      try file.write(try JSONText.encode(report) + "\n")
      try file.finish()
      return report
    } catch {
      throw Registry.operatorError(error)
    }
  }

  private static func copyObjects(
    named copy: String, _ configuration: RegistryConfiguration, to folder: String, _ surroundings: Surroundings
  ) throws -> (objects: Int, copied: Int, events: Int64) {
    let connection = try Connection(path: copy, mode: .immutable)
    defer { connection.close() }
    let source = Archive(reading: configuration.archive, surroundings: surroundings)
    var (objects, copied) = (0, 0)
    try connection.query("SELECT digest, size FROM object") { row in
      let digest = row.digest(0)
      let hex = digest.hex
      let target = "\(folder)/archive/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
      objects += 1
      guard access(target, F_OK) != 0 else { return }
      guard source.contains(digest) else {
        throw OperatorError(
          "backup.object-missing", "an object that the database names is not in the archive", remedy: "run `intake-robot archive verify`",
          context: [.init("digest", hex)])
      }
      try DurableFile.createFolder(DurableFile.folder(of: target))
      try self.copy(source.path(of: digest), to: target + ".new")
      try DurableFile.rename(target + ".new", to: target)
      copied += 1
    }
    for digest in try connection.all("SELECT digest FROM erased_object WHERE digest NOT IN (SELECT digest FROM object)", body: { $0.digest(0) }) {
      try Archive(reading: folder + "/archive", surroundings: surroundings).remove(digest)
    }
    let events = try connection.one("SELECT coalesce(max(id), 0) FROM event") { $0.integer(0) } ?? 0
    return (objects, copied, events)
  }

  // MARK: looking and restoring

  /// Whether a backup is whole: reads every byte of it, recomputes every chain, counter and object, in place.
  package static func check(_ folder: String, _ configuration: RegistryConfiguration, surroundings: Surroundings) async throws(OperatorError)
    -> Verdict
  {
    let report = try readManifest(folder)
    var verdict = Verdict(report: report, findings: [], events: 0, entries: 0, objects: 0)
    for (name, stated) in report.sha256.sorted(by: { $0.key < $1.key }) {
      if (try? SHA256.digest(file: "\(folder)/\(name)").hex) != stated {
        verdict.findings.append(("backup.file-changed", "\(name) is not what was backed up"))
      }
    }
    guard verdict.findings.isEmpty else { return verdict }
    let snapshot = try RegistrySnapshot(placed(configuration, in: folder))
    let journal = try await snapshot.verify()
    let archive = try await snapshot.verifyArchive(surroundings: surroundings)
    await snapshot.close()
    verdict.events = journal.events
    verdict.entries = journal.entries
    verdict.objects = archive.objects
    // The mirror was copied last and may know more: what `recover` is for.
    verdict.findings += journal.findings.filter { $0.code != "mirror-ahead" }.map {
      ("journal.\($0.code)", "\($0.journal) \($0.sequence): \($0.text)")
    }
    verdict.findings += archive.missing.map { ("archive.missing", $0) } + archive.damaged.map { ("archive.damaged", $0) }
    return verdict
  }

  /// Restores into a scratch folder as one would in earnest, starts a registry there (with `recover`), verifies it, and removes it all.
  package static func drill(
    _ folder: String, scratch: String, _ configuration: RegistryConfiguration, surroundings: Surroundings
  ) async throws(OperatorError) -> Verdict {
    var verdict = try await check(folder, configuration, surroundings: surroundings)
    guard verdict.isSound else { return verdict }
    let place = "\(scratch)/intake-robot-drill-\(surroundings.random.hex(bytes: 8))"
    defer { try? FileManager.default.removeItem(atPath: place) }
    let scratched = placed(configuration, in: place)
    try restore(folder, to: scratched, surroundings: surroundings)
    let registry = try Registry(scratched, surroundings: surroundings)
    do throws(OperatorError) {
      _ = try await registry.recover(actor: "intake-robot drill", reason: "drill")
      try await registry.close()
    } catch {
      verdict.findings.append((error.code, error.summary))
      return verdict
    }
    let again = try RegistrySnapshot(scratched)
    let findings = try await again.verify().findings
    await again.close()
    verdict.findings += findings.map { ("drill.\($0.code)", "\($0.journal) \($0.sequence): \($0.text)") }
    return verdict
  }

  /// Puts a backup where the configuration says. Never overwrites a database; a mirror that is there stays, because it may know more.
  /// Errors: `backup.target-exists`, `registry.other-environment`, `backup.unreadable`, those of files.
  package static func restore(_ folder: String, to configuration: RegistryConfiguration, surroundings: Surroundings) throws(OperatorError) {
    let report = try readManifest(folder)
    guard report.environment == configuration.environment.description else {
      throw OperatorError(
        "registry.other-environment", "the backup is of environment `\(report.environment)`", remedy: "check the folder and robot.conf",
        context: [.init("backup", folder)], disposition: .misconfigured)
    }
    guard access(configuration.database, F_OK) != 0 else {
      throw OperatorError(
        "backup.target-exists", "there is a database where the backup should go", remedy: "move it aside (never delete it), then restore again",
        context: [.init("database", configuration.database)], disposition: .misconfigured)
    }
    do {
      let source = Archive(reading: folder + "/archive", surroundings: surroundings)
      for digest in try source.stored() {
        let hex = digest.hex
        let target = "\(configuration.archive)/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
        guard access(target, F_OK) != 0 else { continue }
        try DurableFile.createFolder(DurableFile.folder(of: target))
        try copy(source.path(of: digest), to: target + ".new")
        try DurableFile.rename(target + ".new", to: target)
      }
      try DurableFile.createFolder(DurableFile.folder(of: configuration.mirror))
      if access(configuration.mirror, F_OK) != 0 {
        try copy("\(folder)/\(mirror)", to: configuration.mirror + ".new")
        try DurableFile.rename(configuration.mirror + ".new", to: configuration.mirror)
      }
      // Last: with it the store exists.
      try DurableFile.createFolder(DurableFile.folder(of: configuration.database))
      try copy("\(folder)/\(database)", to: configuration.database + ".new")
      try DurableFile.rename(configuration.database + ".new", to: configuration.database)
    } catch {
      throw Registry.operatorError(error)
    }
  }

  private static func placed(_ configuration: RegistryConfiguration, in folder: String) -> RegistryConfiguration {
    var placed = configuration
    placed.database = "\(folder)/\(database)"
    placed.mirror = "\(folder)/\(mirror)"
    placed.archive = "\(folder)/archive"
    placed.signingKey = nil
    return placed
  }

  private static func readManifest(_ folder: String) throws(OperatorError) -> Report {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(manifest)"),
      let report = JSONText.decode(Report.self, from: String(decoding: data, as: UTF8.self)), report.format == 1
    else {
      throw OperatorError(
        "backup.unreadable", "the folder holds no backup of this program", remedy: "name the folder that `intake-robot backup` wrote",
        context: [.init("backup", folder)], disposition: .misconfigured)
    }
    return report
  }

  /// Durable when it returns; a file that is not there is copied as an empty one.
  private static func copy(_ path: String, to target: String) throws(OperatorError) {
    unlink(target)
    let from = open(path, O_RDONLY | O_CLOEXEC)
    guard from >= 0 || errno == ENOENT else { throw DurableFile.failure("open", path) }
    defer { if from >= 0 { close(from) } }
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw DurableFile.failure("open", target) }
    defer { close(to) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while from >= 0 {
      let count = Glibc.read(from, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("read", path) }
      if count == 0 { break }
      try DurableFile.write(Array(buffer[..<count]), to: to, target)
    }
    try DurableFile.makeDurable(to, target)
  }
}

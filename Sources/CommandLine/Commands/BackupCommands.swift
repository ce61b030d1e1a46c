import Model
import Registry
import Robot

/// `backup`, `backup drill`, `restore`, `archive verify`.
enum BackupCommands {
  private static let to = Option("to", "DIR", "the folder of the backup, on another disk; made if need be")
  private static let from = Option("from", "DIR", "the folder that `backup` wrote")
  private static let scratch = Option("scratch", "DIR", "where to restore for the drill (default: /var/tmp)")
  private static let dryRun = Option("dry-run", nil, "only say whether it could be done, reading every byte")

  static let all = [backup, drill, restore, verifyArchive]

  private static let backup = Command(
    "backup", summary: "copy database, mirror and archive, also while the robot runs", options: [.config, to, .json],
    details: """
      Consistent at one moment. Into the same folder again it copies only objects of the archive that are new, so it can run every hour. The folder
      holds personal data and is readable by its owner only. Ends with 0.
      """,
    example: "intake-robot backup --to /backup/intake-robot"
  ) { (invocation) async throws(OperatorError) in
    let (_, configuration) = try invocation.configuration()
    let folder = TextFile.resolve(try invocation.required(to), in: invocation.context.workingDirectory)
    let report = try Backup.make(configuration.registry, to: folder, surroundings: invocation.context.surroundings)
    invocation.print(
      json: [
        "at": .string(report.at), "events": .integer(report.events), "objects": .integer(Int64(report.objects)),
        "copied": .integer(Int64(report.copied)),
      ], lines: ["\(folder): \(report.events) events, \(report.objects) objects, \(report.copied) of them new"])
    return .ok
  }

  private static let drill = Command(
    "backup drill", summary: "restore a backup into a scratch folder and verify it", options: [.config, from, scratch, .json],
    details: """
      Does what one would do in earnest: restores, recovers, recomputes every chain, counter and object; then removes the scratch folder. Needs as
      much room there as the backup has. Ends with 0 when the backup can be restored, with 1 and every finding when it cannot.
      """,
    example: "intake-robot backup drill --from /backup/intake-robot"
  ) { (invocation) async throws(OperatorError) in
    let (_, configuration) = try invocation.configuration()
    let folder = TextFile.resolve(try invocation.required(from), in: invocation.context.workingDirectory)
    return report(
      try await Backup.drill(
        folder, scratch: invocation.value(scratch) ?? "/var/tmp", configuration.registry, surroundings: invocation.context.surroundings),
      invocation)
  }

  private static let restore = Command(
    "restore", summary: "put a backup where the configuration says", options: [.config, from, dryRun, .json],
    details: """
      Refused where there is a database already: move it aside, never delete it. A mirror that is there stays, because it may know more than the
      backup: `intake-robot recover` takes that over afterwards, and until then nothing is numbered. With --dry-run it only verifies the backup.
      """,
    example: "intake-robot restore --from /backup/intake-robot --dry-run"
  ) { (invocation) async throws(OperatorError) in
    let (_, configuration) = try invocation.configuration()
    let folder = TextFile.resolve(try invocation.required(from), in: invocation.context.workingDirectory)
    let surroundings = invocation.context.surroundings
    let verdict = try await Backup.check(folder, configuration.registry, surroundings: surroundings)
    guard verdict.isSound, !invocation.has(dryRun) else { return report(verdict, invocation) }
    try Backup.restore(folder, to: configuration.registry, surroundings: surroundings)
    invocation.print(
      json: ["restored": .string(verdict.report.at)], lines: ["restored as of \(verdict.report.at); now run `intake-robot recover --reason …`"])
    return .ok
  }

  private static let verifyArchive = Command(
    "archive verify", summary: "read every original again and compare it with its name", options: [.config, .json],
    details:
      "Reads the whole archive and changes nothing. Ends with 0 when every object is sound, with 1 and their digests when one is missing or damaged.",
    example: "intake-robot archive verify"
  ) { (invocation) async throws(OperatorError) in
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let report = try await snapshot.verifyArchive(surroundings: invocation.context.surroundings)
      invocation.print(
        json: [
          "sound": .bool(report.isSound), "objects": .integer(Int64(report.objects)), "bytes": .integer(report.bytes),
          "missing": .array(report.missing.map { .string($0) }), "damaged": .array(report.damaged.map { .string($0) }),
          "orphans": .array(report.orphans.map { .string($0) }),
        ],
        lines: report.missing.map { "archive.missing: \($0)" } + report.damaged.map { "archive.damaged: \($0)" } + [
          "\(report.isSound ? "sound" : "NOT SOUND"): \(report.objects) objects, \(report.bytes) bytes, \(report.orphans.count) orphans"
        ])
      return report.isSound ? ExitCode.ok : .failure
    }
  }

  private static func report(_ verdict: Backup.Verdict, _ invocation: Invocation) -> ExitCode {
    invocation.print(
      json: [
        "sound": .bool(verdict.isSound), "at": .string(verdict.report.at), "events": .integer(Int64(verdict.events)),
        "entries": .integer(Int64(verdict.entries)), "objects": .integer(Int64(verdict.objects)),
        "findings": .array(verdict.findings.map { ["code": .string($0.code), "text": .string($0.text)] }),
      ],
      lines: verdict.findings.map { "\($0.code): \($0.text)" } + [
        "\(verdict.isSound ? "can be restored" : "CANNOT BE RESTORED"): as of \(verdict.report.at), \(verdict.events) events, "
          + "\(verdict.entries) entries, \(verdict.objects) objects"
      ])
    return verdict.isSound ? .ok : .failure
  }
}

import Database
import Model
import Runtime

/// Jobs that may have killed the process they ran in. A crash costs a job no attempt, because most have done nothing wrong; without more, one that
/// kills the process each time would be tried for ever.
///
/// So the deaths in a row are counted, those of the process alone: when the machine itself went down (a power cut, a reboot) nobody is blamed. After
/// `inCompany` of them the job is a suspect and runs alone, nothing beside it, which frees every innocent one that only ran at the same time. One
/// that still sees the process die, `RegistryConfiguration.deathsBeforeParking` times in a row, is parked: `registry.job-ends-process`.
extension Registry {
  enum EndOfProcess: String {
    case processDied = "registry.rescued"
    case machineWentDown = "registry.machine-went-down"
  }

  private static let suspect = "registry.suspect"
  static let endsProcess = "registry.job-ends-process"
  private static let inCompany = 2
  /// Two readings of the moment when the machine was started differ by no more than clocks are set while it runs.
  private static let startTolerance: Duration = .seconds(30)

  /// Whether the machine has been started since the last process, told by when it was started.
  func endOfLastProcess(_ transaction: borrowing Transaction) throws -> EndOfProcess {
    let start = now - surroundings.time.uptime()
    let known = try transaction.one("SELECT value FROM meta WHERE name = 'machine-start'") { Int64($0.text(0)) } ?? nil
    try transaction.run(
      "INSERT INTO meta (name, value) VALUES ('machine-start', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1", String(start.microseconds))
    guard let known else { return .processDied }
    let apart = start.microseconds - known
    return abs(apart) > Registry.startTolerance.microseconds ? .machineWentDown : .processDied
  }

  func rescue(job id: Int64, token: Int64, _ end: EndOfProcess, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      "UPDATE attempt SET outcome = 'rescued', ended_at = ?, code = ? WHERE job = ? AND token = ?", now, end.rawValue, id, token)
    let deaths = try deathsInARow(of: id, transaction)
    guard deaths < configuration.deathsBeforeParking else { return try park(killer: id, token: token, deaths, transaction) }
    try transaction.run(
      """
      UPDATE job SET state = 'available', claimed_at = NULL, run_at = ?, attempt = max(attempt - 1, 0), last_code = ? WHERE id = ?
      """, now, deaths >= Registry.inCompany ? Registry.suspect : end.rawValue, id)
  }

  /// Of the process, at the end of the job's history. Those of the machine neither count nor interrupt.
  private func deathsInARow(of id: Int64, _ transaction: borrowing Transaction) throws -> Int {
    let history = try transaction.all("SELECT outcome, code FROM attempt WHERE job = ? ORDER BY token DESC LIMIT 100", id) {
      ($0.text(0), $0.text(1))
    }
    return history.prefix { $0.0 == "rescued" }.filter { $0.1 == EndOfProcess.processDied.rawValue }.count
  }

  private func park(killer id: Int64, token: Int64, _ deaths: Int, _ transaction: borrowing Transaction) throws {
    let text = "the process died \(deaths) times in a row while this job ran, the last times alone"
    try transaction.run(
      "UPDATE attempt SET outcome = 'parked', code = ?, text = ? WHERE job = ? AND token = ?", Registry.endsProcess, text, id, token)
    try transaction.run(
      "UPDATE job SET state = 'parked', claimed_at = NULL, last_code = ?, last_text = ? WHERE id = ?", Registry.endsProcess, text, id)
    surroundings.log.error("job.parked", ["job": .number(id), "code": .code(Registry.endsProcess)])
  }

  static func suspects(_ connection: Connection) throws -> Set<Int64> {
    Set(try connection.all("SELECT id FROM job WHERE state = 'available' AND last_code = ?", suspect) { $0.integer(0) })
  }

  /// While there are suspects that may run: the next of them once nothing else runs, and nobody beside it. `nil` when there is none to wait for.
  func claimSuspect(
    _ kinds: [JobKind], of mailboxes: [Int64: String], _ transaction: borrowing Transaction
  ) throws -> [Job]? {
    for id in suspects.sorted() {
      let due = try transaction.one(
        "SELECT kind, mailbox, last_code, state FROM job WHERE id = ? AND run_at <= ?", id, now
      ) { (kind: JobKind(rawValue: $0.text(0)), mailbox: $0.integer(1), code: $0.text(2), state: $0.text(3)) }
      guard let due, let kind = due.kind, let recipient = mailboxes[due.mailbox], kinds.contains(kind) else { continue }
      guard due.code == Registry.suspect, due.state == "available" || due.state == "running" else {
        suspects.remove(id)
        continue
      }
      guard try transaction.one("SELECT 1 FROM job WHERE state = 'running' LIMIT 1", body: { _ in true }) == nil else { return [] }
      return try take(job: id, kind, recipient, transaction).map { [$0] } ?? []
    }
    return nil
  }

  /// Whether claims are held back until what runs has ended, because a suspect runs or is next.
  func waitsForSuspect(_ connection: Connection) throws -> Bool {
    guard !suspects.isEmpty else { return false }
    return try connection.one("SELECT 1 FROM job WHERE state = 'running' LIMIT 1", body: { _ in true }) ?? false
  }
}

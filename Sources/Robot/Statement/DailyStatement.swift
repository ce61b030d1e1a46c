import Crypto
import Glibc
import Model
import Registry
import Runtime

/// The statement that the service makes by itself after each midnight: an event, files for people, and an alarm when it does not add up.
struct DailyStatement: Sendable {
  let desk: Desk

  /// How long a mailbox that cannot be listed is waited for.
  private static let patience: Duration = .seconds(6 * 3600)

  /// Does nothing when the statement of the day is there. Throws only what the registry throws.
  func run() async throws(OperatorError) {
    let now = desk.surroundings.time.now()
    let day = SofiaTime.date(of: now).adding(days: -1)
    if let made = try await desk.registry.statementDay(), made >= day { return }
    let registry = desk.registry
    let maker = StatementMaker(configuration: desk.configuration, clients: desk.clients) {
      (recipient, from, to, shown) async throws(OperatorError) in try await registry.account(recipient, from: from, to: to, shown: shown)
    }
    let statement = try await maker.make(day, now: now)
    if statement.mailboxes.contains(where: { $0.unread != nil }), now < SofiaTime.midnight(of: day.adding(days: 1)) + DailyStatement.patience {
      desk.surroundings.log.warning("statement.postponed", ["code": .code("statement.unread")])
      return
    }
    let text = try JSONText.pretty(statement) + "\n"
    let signature = try await desk.registry.recordStatement(day, text: text)
    if let folder = desk.configuration.statements { try await write(statement, text, signature, to: folder) }
    report(statement)
  }

  private func report(_ statement: Statement) {
    desk.counters.stated(statement)
    guard !statement.isBalanced else {
      return desk.surroundings.log.info("statement.made", ["mailboxes": .count(statement.mailboxes.count)])
    }
    for mailbox in statement.mailboxes {
      if let unread = mailbox.unread {
        desk.surroundings.log.error("statement.unread", ["mailbox": .mailbox(mailbox.recipient), "code": .code(unread)])
      }
      for (word, ids) in [("unknown", mailbox.unknown), ("vanished", mailbox.vanished)] {
        for id in ids {
          desk.surroundings.log.error(
            "statement.imbalance",
            ["mailbox": .mailbox(mailbox.recipient), "number": .number(id), "what": .code(word), "code": .code("statement.imbalance")])
        }
      }
    }
  }

  private func write(_ statement: Statement, _ json: String, _ signature: [UInt8]?, to folder: String) async throws(OperatorError) {
    let files: [(String, [UInt8])] = [
      ("txt", Array(StatementText.text(statement).utf8)), ("csv", Array(StatementText.csv(statement).utf8)), ("json", Array(json.utf8)),
    ]
    try await desk.archive.run { () throws(OperatorError) in
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw DailyStatement.failure("mkdir", folder) }
      for (suffix, bytes) in files + (signature.map { [("json.sig", $0)] } ?? []) {
        let path = "\(folder)/\(statement.day).\(suffix)"
        let file = open(path + ".draft", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DailyStatement.failure("create", path) }
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, rename(path + ".draft", path) == 0 else { throw DailyStatement.failure("write", path) }
      }
    }
  }

  private static func failure(_ call: String, _ path: String) -> OperatorError {
    OperatorError(
      "statement.file", "\(call) failed for a statement: \(String(cString: strerror(errno)))", remedy: "check the folder that `statements` names",
      context: [.init("file", path)], disposition: .retry)
  }
}

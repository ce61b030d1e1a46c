import Model
import Registry

/// A statement for people: Bulgarian text, and CSV for a spreadsheet.
package enum StatementText {
  package static func text(_ statement: Statement) -> String {
    var lines = [
      "Дневно извлечение за \(date(statement.day)) (среда \(statement.environment))",
      "Съставено на \(moment(statement.madeAt))",
      statement.isBalanced ? "Всички съобщения са отчетени." : "ВНИМАНИЕ: ИМА РАЗЛИКИ.",
    ]
    for mailbox in statement.mailboxes { lines += [""] + text(mailbox) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ mailbox: Statement.Mailbox) -> [String] {
    let head = "\(mailbox.name) (\(mailbox.recipient))"
    if let unread = mailbox.unread { return [head, "  Списъкът на кутията не може да бъде получен: \(unread). За деня не може да се каже нищо."] }
    var lines = [
      head, "  Показани от ССЕВ: \(mailbox.shown)", "  Регистрирани: \(mailbox.registered)",
      "  Чакащи: \(mailbox.waiting.values.reduce(0, +))",
    ]
    lines += mailbox.waiting.sorted { $0.key < $1.key }.map { "    \(reason($0.key)): \($0.value)" }
    lines.append("  Не подлежат на регистриране: \(mailbox.notRegistered.values.reduce(0, +))")
    lines += mailbox.notRegistered.sorted { $0.key < $1.key }.map { "    \(reason($0.key)): \($0.value)" }
    if mailbox.beforeTakeOver > 0 { lines.append("  Отпреди поемането на кутията: \(mailbox.beforeTakeOver)") }
    if mailbox.shadowed > 0 { lines.append("  Само прегледани (режим „сянка“): \(mailbox.shadowed)") }
    if !mailbox.unknown.isEmpty { lines.append("  РАЗЛИКА – показани и неизвестни на робота: \(list(mailbox.unknown))") }
    if !mailbox.vanished.isEmpty { lines.append("  РАЗЛИКА – известни на робота и вече непоказвани: \(list(mailbox.vanished))") }
    if !mailbox.waitingMessages.isEmpty {
      lines.append("  Чакат, по номер на съобщението (и от предишни дни):")
      lines += mailbox.waitingMessages.map { "    \($0.message): \(reason($0.reason)), от \(moment($0.since))" }
    }
    return lines
  }

  /// One row a mailbox.
  package static func csv(_ statement: Statement) -> String {
    let titles = [
      "Ден", "Кутия", "Идентификатор", "Показани", "Регистрирани", "Чакащи", "Не подлежат", "Отпреди поемането", "Сянка", "Отчетени",
      "Неизвестни", "Непоказвани", "Непрочетена",
    ]
    let rows = statement.mailboxes.map { mailbox in
      CSV.line([
        statement.day, mailbox.name, mailbox.recipient, String(mailbox.shown), String(mailbox.registered),
        String(mailbox.waiting.values.reduce(0, +)), String(mailbox.notRegistered.values.reduce(0, +)), String(mailbox.beforeTakeOver),
        String(mailbox.shadowed), String(mailbox.accounted), list(mailbox.unknown), list(mailbox.vanished), mailbox.unread ?? "",
      ])
    }
    return CSV.byteOrderMark + CSV.line(titles) + rows.joined()
  }

  private static func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }

  private static func date(_ text: String) -> String {
    CivilDate(iso8601: text).map { ReplyText.date(SofiaTime.midnight(of: $0)) } ?? text
  }

  private static func moment(_ text: String) -> String { Timestamp(iso8601: text).map(ReplyText.moment) ?? text }

  /// In words where the reason is one of the robot's own; the rules give Bulgarian ones themselves.
  private static func reason(_ word: String) -> String {
    switch word {
    case "under-way": "в обработка"
    case HoldReason.openedByPerson: "отворено от служител преди робота"
    case HoldReason.shadowUnopened: "неотворено, режим „сянка“"
    case HoldReason.duplicate: "повторение на регистриран документ"
    case HoldReason.byHand: "регистрирано на ръка"
    case HoldReason.recoveredFromOutbox: "отговорено от загубена база данни; известно само по изходящата кутия"
    case "open-failed": "ССЕВ не може да го отвори"
    default: word
    }
  }
}

import Model

/// What stands in the columns of `entries.csv` (domain.md 4) and what the profiles hide.
enum ExportColumns {
  /// Title and how to get the text from a view; the order is that of domain.md 4.
  static let entries: [(title: String, text: @Sendable (EntryView) -> String)] = [
    ("Входящ №", { $0["number"] }),
    ("Рег. индекс", { $0["index"] }),
    ("Пореден №", { $0["sequence"] }),
    ("Година", { $0["year"] }),
    ("Дата и час на регистриране", { $0.moment("registeredAt") }),
    ("Дата и час на постъпване", { $0.moment("receivedAt") }),
    ("Дата и час на изтегляне", { $0.moment("openedAt") }),
    ("Канал", { $0["channel"] }),
    ("Идентификатор на съобщение в ССЕВ", { $0["messageId"] }),
    ("РНУ", { $0["rnu"] }),
    ("Профил получател", { $0.joined("mailboxName", "mailbox") }),
    ("Подател", { $0["senderName"] }),
    ("Вид подател", { $0["senderKind"] }),
    ("Идентификатор на подател (маскиран)", { $0["senderIdMasked"] }),
    ("Вх./изх. № и дата на подателя", { $0["senderReference"] }),
    ("Вид документ", { $0.joined("documentType", "documentTypeTitle") }),
    ("Относно / кратко съдържание", { $0["subject"] }),
    ("Услуга (№ по АР)", { $0["serviceNumber"] }),
    ("Брой приложения", { $0["attachmentCount"] }),
    ("Приложения (име, размер, SHA-256)", { $0.attachments }),
    ("Непотвърдени приложения", { $0.rejectedAttachments }),
    ("Насочено към", { $0.joined("unitName", "unit") }),
    ("Система", { $0["targetSystem"] }),
    ("Правило", { $0["ruleId@version"] }),
    ("Срок", { $0.date("dueDate") }),
    ("Свързан документ", { $0["relatedNumber"] }),
    ("Отговор № / съобщение", { $0["replyMessageId"] }),
    ("Дата на отговор / връчване", { $0.moment("repliedAt") }),
    ("Статус", { $0.status }),
    ("Регистрирал", { $0["actor"] }),
    ("Бележка", { $0.note }),
    ("Контролна сума на реда", { $0["rowHash"] }),
  ]

  /// One line a field, so that the file has one shape for every kind of event, now and later.
  static let events = ["Дневник", "Събитие №", "Предходна контролна сума", "Контролна сума", "Поле", "Стойност", "Сол", "Ангажимент"]

  /// The fields whose values an auditor sees. Everything else, also what a later version adds, is masked for him: names, subjects, file names,
  /// the words of replies.
  static let audited: Set<String> = [
    "kind", "at", "actor", "environment", "journal", "epoch", "previousEpoch", "format", "reason", "number", "index", "sequence", "year",
    "registeredAt", "receivedAt", "openedAt", "channel", "messageId", "rnu", "mailbox", "mailboxName", "senderKind", "documentType",
    "documentTypeTitle", "serviceNumber", "attachmentCount", "unit", "unitName", "unitIndex", "unitPhone", "targetSystem",
    "ruleId@version", "dueDate", "relatedNumber", "urgent", "counterUnit", "counterYear", "handsOff", "passedMessageId", "replyMark",
    "replyKind", "replyMessageId", "evidence", "code", "job", "jobKind", "ordinal", "sha256", "size",
    "forwardedTo", "handNumber", "period", "entries", "counters", "day", "checkpoint", "signature", "statement", "erasedFields", "erasedObjects",
  ]

  static func isMasked(_ field: String, _ profile: ExportProfile) -> Bool { profile == .audit && !audited.contains(field) }
}

extension EntryView {
  fileprivate subscript(name: String) -> String { columns[name] ?? "" }

  /// As a clerk in Sofia reads it.
  fileprivate func moment(_ name: String) -> String {
    Timestamp(iso8601: self[name]).map { SofiaTime.format($0, "dd.MM.yyyy HH:mm:ss") } ?? self[name]
  }

  fileprivate func date(_ name: String) -> String {
    CivilDate(iso8601: self[name]).map { "\(padded($0.day, 2)).\(padded($0.month, 2)).\(padded($0.year, 4))" } ?? self[name]
  }

  fileprivate func joined(_ first: String, _ second: String) -> String {
    [self[first], self[second]].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  fileprivate var attachments: String {
    guard let files = JSONText.decode([EntryFields.AttachmentText].self, from: self["attachments"]) else { return self["attachments"] }
    return files.map { file in
      "\(file.name) (\(file.size.map { "\($0) B" } ?? "неизвестен размер"), \(file.sha256.map { "SHA-256 \($0)" } ?? "не е изтеглено"))"
    }.joined(separator: "\n")
  }

  fileprivate var rejectedAttachments: String {
    guard let files = JSONText.decode([EntryFields.RejectedText].self, from: self["attachmentsRejected"]) else {
      return self["attachmentsRejected"]
    }
    return files.map { "\($0.name) – \($0.reason)" }.joined(separator: "\n")
  }

  fileprivate var note: String { [self["review"], self["note"], self[EntryViews.changes]].filter { !$0.isEmpty }.joined(separator: "\n") }
}

package import Model

/// The replies of domain.md 6.3, in Bulgarian. They state receipt and nothing else: no acceptance, no promised result, no ЕГН.
package enum ReplyText {
  /// А, with the block Б when attachments are not confirmed (ЗЕУ чл. 34, ал. 2; АПК чл. 29а, ал. 7 and чл. 30, ал. 4).
  package static func confirmation(_ details: ReplyDetails) -> String {
    var paragraphs = [
      heading(details),
      "Потвърждаваме, че Вашият документ е получен и регистриран.",
      facts(details).joined(separator: "\n"),
    ]
    if let block = unconfirmedBlock(details.unconfirmed) { paragraphs.append(block) }
    paragraphs.append(access(details.unit) + "\n" + serviceNotice)
    paragraphs.append(closing)
    return paragraphs.joined(separator: "\n\n")
  }

  /// Д: the same document was registered before; the number it has.
  package static func duplicate(_ details: ReplyDetails) -> String {
    [
      heading(details),
      "Същият документ вече е регистриран с вх. № \(details.number). Нов номер не се дава.",
      [
        "Получен в ССЕВ: \(moment(details.receivedAt))",
        "Регистриран: \(moment(details.registeredAt))",
      ].joined(separator: "\n"),
      access(details.unit) + "\n" + serviceNotice,
      closing,
    ].joined(separator: "\n\n")
  }

  /// Г: А with the sentence on forwarding to the competent unit (АПК чл. 31).
  package static func forwarded(_ details: ReplyDetails, to otherUnit: String, on moment: Timestamp) -> String {
    [
      heading(details),
      "Потвърждаваме, че Вашият документ е получен и регистриран.",
      facts(details).joined(separator: "\n"),
      "Документът е препратен по компетентност на \(SenderText.clean(otherUnit, limit: nameLimit)) на \(date(moment)). "
        + "За срока се зачита датата на получаване \(self.moment(details.receivedAt)).",
      serviceNotice,
      closing,
    ].joined(separator: "\n\n")
  }

  /// `05.01.2026 г., 09:14:07 ч.`, Europe/Sofia. Such text is never taken for an ISO date by ССЕВ (contract section 7.2).
  package static func moment(_ moment: Timestamp) -> String { SofiaTime.format(moment, "dd.MM.yyyy г., HH:mm:ss ч.") }

  /// `05.01.2026 г.`
  package static func date(_ moment: Timestamp) -> String { SofiaTime.format(moment, "dd.MM.yyyy г.") }

  private static func heading(_ details: ReplyDetails) -> String {
    details.unit.name.isEmpty || details.unit.name == details.administration
      ? details.administration : "\(details.administration), \(details.unit.name)"
  }

  private static func facts(_ details: ReplyDetails) -> [String] {
    var lines = [
      "Входящ номер (УРИ): \(details.number)",
      "Получен в ССЕВ: \(moment(details.receivedAt))",
      "Регистриран: \(moment(details.registeredAt))",
      "Вид документ: \(SenderText.clean(details.documentType, limit: subjectLimit))",
    ]
    let subject = SenderText.clean(details.subject, limit: subjectLimit)
    lines.append("Относно: \(subject.isEmpty ? "без тема" : subject)")
    lines.append(attachments(details.attachmentNames))
    if let rnu = details.rnu.map({ SenderText.clean($0, limit: rnuLimit) }), !rnu.isEmpty {
      lines.append("Референтен номер на услугата: \(rnu)")
    }
    return lines
  }

  private static func attachments(_ names: [String]) -> String {
    guard !names.isEmpty else { return "Приложения: няма" }
    let shown = names.prefix(namesLimit).map { SenderText.clean($0, limit: nameLimit) }.joined(separator: "; ")
    let rest = names.count - namesLimit
    return "Приложения: \(names.count) бр. – \(shown)" + (rest > 0 ? "; и още \(rest)" : "")
  }

  private static func unconfirmedBlock(_ unconfirmed: [UnconfirmedAttachment]) -> String? {
    guard !unconfirmed.isEmpty else { return nil }
    let opening =
      unconfirmed.count == 1
      ? "Получаването на следното приложение НЕ СЕ ПОТВЪРЖДАВА:" : "Получаването на следните приложения НЕ СЕ ПОТВЪРЖДАВА:"
    let again =
      unconfirmed.count == 1
      ? "Можете да го представите отново до изтичането на срока за произнасяне"
      : "Можете да ги представите отново до изтичането на срока за произнасяне"
    let files = unconfirmed.map { "\(SenderText.clean($0.fileName, limit: nameLimit)) – \($0.reason.sentence)" }
    return ([opening] + files + [again, "(чл. 30, ал. 4 от Административнопроцесуалния кодекс)."]).joined(separator: "\n")
  }

  private static func access(_ unit: Unit) -> String {
    let phone = unit.phone.isEmpty ? "" : ", тел. \(unit.phone)"
    return "Справка по преписката можете да направите в \(unit.name)\(phone), като посочите входящия номер."
  }

  private static let serviceNotice =
    "Съобщенията в производството ще Ви бъдат връчвани по електронен път чрез Системата за сигурно\n"
    + "електронно връчване (чл. 29а, ал. 7 от Административнопроцесуалния кодекс)."

  private static let closing =
    "Съобщението е изготвено автоматично и удостоверява само получаването. То не е произнасяне по същество."

  private static let subjectLimit = 300
  private static let nameLimit = 120
  private static let namesLimit = 30
  private static let rnuLimit = 64
}

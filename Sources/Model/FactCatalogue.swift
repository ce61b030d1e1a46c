/// Every fact that a reading or a message can have: the reader fills it, the rule compiler checks names and types against it.
package enum FactCatalogue {
  package enum ValueType: String, Sendable {
    case text, number, date, flag
    /// One of a fixed set of words.
    case word
  }

  package struct Definition: Sendable {
    package let name: String
    package let type: ValueType
    /// The words of a `word` fact; empty otherwise.
    package let words: [String]
    package let meaning: String
    package let example: String
    /// Whether several values may stand side by side.
    package let isSet: Bool
    /// True for a fact of one document (usable in `any document { }`), false for one of the message.
    package let ofDocument: Bool

    /// Where its values come from.
    package var origin: Origin {
      if ofDocument { return .document }
      let part = name.prefix { $0 != "." }
      switch part {
      case "subject", "body", "received", "mailbox", "template", "forwarded", "mark", "sender", "files": return .message
      case "mail": return .mail
      case "letter", "cited", "identifier": return .text
      case "signature": return .signature
      case "disagreement", "identifiers": return .checks
      default: return name == "applicant.validity" || name == "service.evidence" ? .checks : .form
      }
    }
  }

  package enum Origin: String, Sendable, CaseIterable {
    /// The fields of ССЕВ.
    case message
    /// One document as a whole.
    case document
    /// The data of an e-form or a classic XML document; the subject and the file names where they carry the same.
    case form
    /// Running text, by labels, check digits and shapes.
    case text
    /// The header of an attached mail.
    case mail
    /// Electronic signatures, as they state it.
    case signature
    /// What the robot works out from other facts.
    case checks
  }

  package static func definition(named name: String) -> Definition? { byName[name] }

  /// By place in `all`.
  package static let isOfDocument = all.map(\.ofDocument)
  /// What people write in sentences, and not a code, a name or a number.
  package static let isFreeText = all.map { ["subject", "body", "title", "text"].contains($0.name) }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  package static let all: [Definition] = [
    // Fields of the message (contract section 5.1).
    message("subject", .text, "тема на съобщението в ССЕВ", "Молба"),
    message("body", .text, "текст на съобщението", "Моля вижте приложението."),
    message("rnu", .text, "РНУ на услугата, а без него РНУ на съобщението", "1f0e9a52-6c1d-4b57-9a70-0d6a4f3f7c11"),
    message("received", .date, "ден на постъпване в ССЕВ, Europe/Sofia", "2026-07-03"),
    message("mailbox", .text, "идентификатор на профила получател", "1210150561306"),
    message("template", .number, "номер на шаблона в ССЕВ", "1"),
    message("forwarded", .flag, "препратено съобщение (шаблон 2)", "не"),
    message("mark", .flag, "темата носи белег на intake-robot", "не"),
    message("sender.profile", .number, "профил на подателя", "55001"),
    message("sender.name", .text, "име на профила на подателя", "Тест Тестов Пробев"),
    message("sender.identifier", .text, "идентификатор на профила на подателя", "0001010003"),
    message(
      "sender.kind", .word, "вид на подателя", "person", words: ["person", "company", "institution", "social", "unknown"]),
    message("files.count", .number, "брой прикачени файлове", "2"),
    message("files.unread", .number, "брой непрочетени файлове", "0"),
    message("files.malicious", .number, "брой файлове, отбелязани от ССЕВ като злонамерени", "0"),
    message("files.missing", .number, "брой неизтеглени файлове", "0"),
    message("files.names", .text, "имена на файловете", "Заявление.pdf", isSet: true),

    // The main document (design.md 6.3) and, inside `any document { }`, any document.
    document("title", .text, "заглавие на документа", "Жалба"),
    document("text", .text, "текст на документа", "Обжалвам заповед…"),
    document(
      "form", .word, "форма на документа", "eform", words: DocumentForm.allCases.map(\.rawValue)),
    document("kind", .word, "вид на файла", "pdf", words: DocumentKind.allCases.map(\.rawValue)),
    document("root", .text, "коренен елемент на XML", "ServiceRequest"),
    document("root.namespace", .text, "пространство от имена на корена", "http://ereg.egov.bg/segment/R-3113"),

    // Mails that are attached (`.eml`, `.msg`).
    message("mail.subject", .text, "тема на прикачено електронно писмо", "Молба", isSet: true),
    message("mail.from", .text, "подател на прикачено електронно писмо, както е посочен", "Проба Тестова <test@example.bg>", isSet: true),
    message("mail.date", .text, "дата на прикачено електронно писмо, както е посочена", "Wed, 1 Jul 2026 10:00:00 +0300", isSet: true),

    document(
      "family", .word, "вид на XML документа по пространството му от имена", "ereg",
      words: ["ereg", "receipt", "registry-agency", "regix", "seos", "xfa", "other"]),

    // What letters say.
    message("letter.to", .text, "до кого е писмото, по началото му", "Директора на ДСП – Балчик", isSet: true),
    message("letter.from", .text, "от кого е писмото, по началото му", "Проба Тестова Пробева", isSet: true),
    message("letter.date", .date, "дата, намерена в писмо", "2026-07-01", isSet: true),
    message("letter.sum", .text, "парична сума, намерена в писмо", "1234.50 BGN", isSet: true),
    message("letter.settlement", .text, "населено място, намерено в писмо", "гр. Балчик", isSet: true),

    // What does not fit together.
    message("disagreement", .text, "име на факт, за който източниците се разминават", "service.number", isSet: true),
    message("identifiers.invalid", .number, "брой идентификатори в текста с грешна контролна цифра", "0"),
    message("identifiers.ambiguous", .number, "брой идентификатори в текста, верни и като ЕГН, и като ЛНЧ", "0"),

    // What the documents say.
    message("service.number", .text, "номер на услугата в Административния регистър", "2753"),
    message("service.name", .text, "име на услугата", "Отпускане на еднократна помощ при осиновяване на дете"),
    message(
      "service.evidence", .word, "откъде е номерът на услугата", "request",
      words: ["request", "classic", "subject", "file-name"]),
    message(
      "request.type", .word, "вид на искането", "first", words: ["first", "change", "correction", "withdrawal"]),
    message("request.time", .text, "време на подаване по формуляра", "2026-02-03T08:12:40.000Z"),
    message("result.channel", .text, "код на начина за получаване на резултата", "0006-000080"),
    message("process.time", .text, "код на срока на услугата", "normalService"),
    message("provider.identifier", .text, "ЕИК на доставчика по документа", "121015056"),
    message("provider.name", .text, "име на доставчика по документа", "Агенция за социално подпомагане"),
    message("unit.identifier", .text, "идентификатор на звеното по документа", "1210150561306"),
    message("unit.name", .text, "име на звеното по документа", "ДСП – Балчик"),
    message("applicant.name", .text, "заявител", "Тест Тестов Пробев"),
    message("applicant.identifier", .text, "идентификатор на заявителя", "0001010003"),
    message("applicant.kind", .word, "вид на заявителя", "person", words: ["person", "company"]),
    message(
      "applicant.validity", .word, "проверка на идентификатора на заявителя", "valid",
      words: IdentifierValidity.allCases.map(\.rawValue)),
    message("author.name", .text, "автор (който попълва)", "Тест Тестов Пробев"),
    message("author.identifier", .text, "идентификатор на автора", "0001010003"),
    message("author.quality", .text, "код на качеството на автора", "1006-020001"),
    message("address.present.settlement", .text, "ЕКАТТЕ на настоящия адрес", "02508"),
    message("address.present.municipality", .text, "код или име на община по настоящия адрес", "DOB03"),
    message("address.permanent.settlement", .text, "ЕКАТТЕ на постоянния адрес", "02508"),
    message("address.permanent.municipality", .text, "код или име на община по постоянния адрес", "DOB03"),
    message("contact.email", .text, "електронна поща за връзка", "test@example.bg", isSet: true),
    message("contact.phone", .text, "телефон за връзка", "0888000000", isSet: true),
    message("cited.number", .text, "цитиран входящ номер, приведен към един вид", "ЗСП/Д-ЕН-ДМ/1197/08.08.2023", isSet: true),
    message("letter.reference", .text, "изходящ номер на подателя", "123/01.07.2026"),
    message("identifier", .text, "идентификатор, намерен в текста: с означение или с вярна контролна цифра", "0001010003", isSet: true),
    message("document.type", .text, "вид на електронния документ в регистъра на информационните обекти", "0010-003113"),
    message("identifiers.valid", .number, "брой валидни идентификатори в текста", "1"),

    // Fillable forms and recognised text.
    message("form.field", .text, "стойност на поле от попълнен PDF или XFA формуляр; името на полето е мястото", "Балчик", isSet: true),
    message("form.changed", .flag, "данните на електронната форма са променени след подписа", "не"),
    document("ocr.confidence", .number, "увереност на разпознаването на текст от изображение, от 0 до 100", "91"),

    // Electronic signatures, as the signed file states them: who signed and whether the bytes are those that were signed. Whether a certificate
    // may be trusted is not checked.
    message("signature.kind", .word, "вид на електронния подпис", "cades", words: ["pades", "cades", "xades", "asic"], isSet: true),
    message("signature.signer", .text, "име на подписалия по удостоверението", "Тест Тестов Пробев", isSet: true),
    message("signature.identifier", .text, "ЕГН, ЛНЧ или ЕИК на подписалия по удостоверението", "0001010003", isSet: true),
    message("signature.time", .text, "време на подписване, посочено в подписа", "2026-07-03T08:12:40Z", isSet: true),
    message(
      "signature.integrity", .word, "дали подписаното е непроменено; не е проверка на удостоверението", "ok",
      words: ["ok", "broken", "unknown"], isSet: true),
    message("signature.whole", .flag, "дали подписът обхваща целия документ", "да", isSet: true),
    message("signature.digest", .text, "хеш на подписания файл, посочен в подпис извън него", "sha-256:ba7816bf…", isSet: true),
    message("signature.file", .text, "име на файла, към който е подписът извън него", "Заявление.docx", isSet: true),
  ]

  private static func message(
    _ name: String, _ type: ValueType, _ meaning: String, _ example: String, words: [String] = [], isSet: Bool = false
  ) -> Definition {
    Definition(name: name, type: type, words: words, meaning: meaning, example: example, isSet: isSet, ofDocument: false)
  }

  private static func document(_ name: String, _ type: ValueType, _ meaning: String, _ example: String, words: [String] = []) -> Definition {
    Definition(name: name, type: type, words: words, meaning: meaning, example: example, isSet: false, ofDocument: true)
  }
}

/// What the checks of domain.md 10 say of an identifier. Validity is a flag, never a reason to refuse.
package enum IdentifierValidity: String, Sendable, Codable, CaseIterable {
  case valid
  /// Passes as ЕГН and as ЛНЧ.
  case ambiguous
  /// The check digit is right but the date lies in the future.
  case future
  case invalid
  /// Neither 9, 10 nor 13 digits.
  case unknown
}

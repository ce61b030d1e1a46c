import Model
import Testing

@testable import Rules

/// Rulesets and submissions for tests.
enum Make {
  static let header = """
    ruleset "Проба" {
      version "1"
      effective 2026-01-01
      stages "спешно" > "жалби" > "услуги" > "писма"
      types "types.csv"
    }
    unit "1210150561306" { name "ДСП – Балчик"; index "Д-ТХ-БЛ"; phone "0579 00000" }
    unit "1210150560123" { name "РДСП – Варна"; index "В" }
    journal "Входящ" { title "Обща кореспонденция"; system "документооборот"; numbers by robot; counter per unit and year; number "94-{unit.index}-{seq:0000}/{date:dd.MM.yyyy}" }
    journal "ЗСПД" { title "Семейни помощи"; system "ИИС"; numbers by robot; counter per unit and year, starts at 1; number "ЗСПД/{unit.index}/{seq}/{date:dd.MM.yyyy}" }
    otherwise { journal "Входящ"; review }

    """

  static let tables: [String: String] = [
    "types.csv": """
    code,title,class,system,confirmation,urgent
    zspd-6b,Еднократна помощ при осиновяване,family-benefits,ИИС,да,не
    zhalba,Жалба,complaint,документооборот,да,не
    zzd-7,Сигнал за дете в риск,child-protection,ИИС,да,да
    sad,Съдебни книжа,court,документооборот,не,да
    unknown,Неопределен документ,unknown,документооборот,да,не
    """,
    "services.csv": "register_no,journal,type,term\n2753,ЗСПД,zspd-6b,14 days\n,ЗСПД,zspd-6b,\n739,Входящ,zhalba,\n",
  ]

  static func compile(_ text: String, files: [String: String] = [:], path: String = "test.rules") -> Compilation {
    let all = tables.merging(files) { $1 }
    return RulesCompiler.compile(
      RulesetFiles(main: SourceText(path: path, text: text)) { path in
        all[path].map { .success($0) } ?? .failure(LoadError("no such file"))
      }, digest: "00")
  }

  /// The ruleset of these declarations behind the usual header; a compile error fails the test with its text.
  static func ruleset(_ body: String, files: [String: String] = [:]) throws -> Ruleset {
    let compilation = compile(header + body, files: files)
    return try #require(compilation.ruleset, "\(compilation.diagnostics.map(\.rendered).joined(separator: "\n"))")
  }

  static func reading(
    _ text: String?, kind: DocumentKind = .text, status: ReadingStatus = .read, reason: String = "", form: DocumentForm = .letter,
    title: String? = nil, truncated: Bool = false, quality: TextQuality = .good, facts: [Fact] = []
  ) -> DocumentReading {
    DocumentReading(
      readerVersion: 1, kind: kind, status: status, reason: reason, form: form, title: title, text: text, textIsTruncated: truncated,
      textQuality: quality, facts: facts)
  }

  static func submission(
    subject: String = "", body: DocumentReading? = nil, documents: [DocumentReading] = [], facts: [(String, FactValue)] = [],
    disagreements: [String] = [], mailbox: String = "1210150561306", received: String = "2026-07-03T10:00:00Z"
  ) throws -> Submission {
    let environment = try #require(EnvironmentName("test"))
    let time = try #require(Timestamp(iso8601: received))
    var all: [SubmissionDocument] = []
    if let body { all.append(SubmissionDocument(path: "body", fileName: "", size: 1, digest: "0", reading: body)) }
    for (index, reading) in documents.enumerated() {
      all.append(SubmissionDocument(path: String(index + 1), fileName: "файл\(index + 1).pdf", size: 1, digest: "0", reading: reading))
    }
    return Submission(
      key: MessageKey(environment: environment, recipient: mailbox, messageId: 1), receivedAt: time, subject: subject, senderProfileId: 55001,
      senderName: "Тест Тестов Пробев", documents: all,
      facts: facts.map { Fact($0.0, $0.1, source: FactSource(document: "1", method: "test")) }, disagreements: disagreements)
  }

  static func letter(_ text: String, subject: String = "", title: String? = nil, facts: [(String, FactValue)] = []) throws -> Submission {
    try submission(subject: subject, body: reading(text, title: title), facts: facts)
  }
}

extension Decision {
  var registration: Registration? { if case .register(let value) = outcome { value } else { nil } }
  /// `ЗСПД/zspd-6b`, `Входящ/unknown review(otherwise)`, `not registered: …`.
  var short: String {
    let end: String
    switch outcome {
    case .register(let value): end = "\(value.journal)/\(value.type)"
    case .notRegistered(let reason): end = "not registered: \(reason)"
    }
    return end + (review.map { " review(\($0.code))" } ?? "")
  }
}

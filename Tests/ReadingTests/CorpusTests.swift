import Model
import Testing

@testable import Reading

/// What the real files must give, field by field.
struct CorpusTests {
  struct EForm: Sendable, CustomTestStringConvertible {
    var file: String
    var service: String
    var rnu: String
    var applicant: (identifier: String, name: String, kind: String)
    var author: (identifier: String, quality: String)
    var unit: String?
    var time: String
    var channel: String
    var term: String

    var testDescription: String { file }
  }

  private static let person = (identifier: "0098124557", name: "Никола Иванов Първанов", kind: "person")
  private static let company = (identifier: "131423631", name: "Тестов ЕТ - 98", kind: "company")

  static let forms: [EForm] = [
    EForm(
      file: "1366-v1", service: "1366", rnu: "6a6c2d36-054b-4aa5-98dd-f1dfa5d33862", applicant: person, author: ("0098124557", "1006-020001"),
      unit: "176986657", time: "2024-01-16T09:26:42.742Z", channel: "0006-000077", term: "noDefinitionTermService"),
    EForm(
      file: "2272-v1", service: "2272", rnu: "2740c307-26a2-485c-a58a-23d57acb71c3", applicant: person, author: ("0098124557", "1006-020001"),
      unit: "176986657", time: "2023-12-11T07:53:42.644Z", channel: "0006-000080", term: "normalService"),
    EForm(
      file: "2869-v1", service: "2869", rnu: "3cf4539e-2147-433a-8e02-db472768b9d3", applicant: company, author: ("0098022567", "1006-020002"),
      unit: nil, time: "2023-12-01T13:01:13.710Z", channel: "0006-000077", term: "normalService"),
    EForm(
      file: "3182-v1", service: "3182", rnu: "2208deeb-2ba9-4cf0-ba41-b08c53484bdb", applicant: person, author: ("0098124557", "1006-020001"),
      unit: "176986657", time: "2023-12-04T12:37:28.413Z", channel: "0006-000080", term: "normalService"),
    EForm(
      file: "503-v1", service: "503", rnu: "9a482910-60b7-4287-a79d-e9c7419b8a42", applicant: company, author: ("0098022567", "1006-020006"),
      unit: "176986657", time: "2023-10-09T12:18:23.548Z", channel: "0006-000077", term: "normalService"),
    EForm(
      file: "7693-v1", service: "769", rnu: "862a01ef-a617-4ebf-b8f9-170613cf2b3e", applicant: person, author: ("0098124557", "1006-020001"),
      unit: "176986657", time: "2023-12-12T10:07:00.833Z", channel: "0006-000077", term: "normalService"),
  ]

  @Test(arguments: forms, [".pdf", ".xml", ".json"])
  func realEForms(form: EForm, ending: String) throws {
    guard let bytes = Corpus.bytes("eforms-pdf/\(form.file)\(ending)") else { return Skips.count("real e-forms") }
    let reading = reading(of: bytes)
    #expect(reading.status == .read)
    #expect(reading.form == .eform)
    #expect(reading.kind.rawValue == ending.dropFirst())
    #expect(reading.textQuality == .good)
    #expect(reading.value("service.number") == form.service)
    #expect(reading.value("service.evidence") == "request")
    #expect(reading.value("rnu") == form.rnu)
    #expect(reading.value("applicant.identifier") == form.applicant.identifier)
    #expect(reading.value("applicant.name") == form.applicant.name)
    #expect(reading.value("applicant.kind") == form.applicant.kind)
    #expect(reading.value("author.identifier") == form.author.identifier)
    #expect(reading.value("author.name") == "Никола Иванов Първанов")
    #expect(reading.value("author.quality") == form.author.quality)
    #expect(reading.value("unit.identifier") == form.unit)
    #expect((reading.value("unit.name") == nil) == (form.unit == nil))
    #expect(reading.value("provider.identifier") == "176040023")
    #expect(reading.value("provider.name") == "Българска агенция по безопасност на храните")
    #expect(reading.value("request.time") == form.time)
    #expect(reading.value("request.type") == "first")
    #expect(reading.value("result.channel") == form.channel)
    #expect(reading.value("process.time") == form.term)
    #expect(reading.facts.allSatisfy { $0.certainty == .stated && $0.source.method == (ending == ".pdf" ? "info.xml" : String(ending.dropFirst())) })
  }

  @Test(arguments: forms)
  func rawSubmissionsAgree(form: EForm) throws {
    guard let bytes = Corpus.bytes("eforms-pdf/\(form.file).submission.json") else { return Skips.count("real submissions") }
    let reading = reading(of: bytes)
    #expect(reading.form == .eform)
    #expect(reading.value("service.number") == form.service)
    #expect(reading.value("rnu") == form.rnu)
    #expect(reading.value("applicant.identifier") == form.applicant.identifier)
    #expect(reading.value("applicant.name") == form.applicant.name)
    #expect(reading.value("author.identifier") == form.author.identifier)
    #expect(reading.value("author.quality") == form.author.quality)
    #expect(reading.value("unit.identifier") == form.unit)
  }

  @Test(arguments: ["sample.xml", "sample.json"])
  func socialAssistanceSample(file: String) throws {
    guard let bytes = Corpus.bytes("eforms-sample-asp/\(file)") else { return Skips.count("АСП sample") }
    let reading = reading(of: bytes)
    #expect(reading.form == .eform)
    #expect(reading.title == "Основен документ")
    #expect(reading.value("service.number") == "unified")
    #expect(reading.value("service.name") == "Унифициран процес")
    #expect(reading.value("rnu") == "BGES9d5798b")
    #expect(reading.value("unit.identifier") == "1210150561306")
    #expect(reading.value("unit.name") == "ДИРЕКЦИЯ СОЦИАЛНО ПОДПОМАГАНЕ - БАЛЧИК")
    #expect(reading.value("provider.name") == "Агенция за социално подпомагане")
    #expect(reading.value("applicant.identifier") == "0098122667")
    #expect(reading.value("applicant.name") == "Никола Иванов Първанов")
    #expect(reading.value("author.identifier") == "0098122667")
    #expect(reading.value("address.present.municipality") == "СТОЛИЧНА")
    #expect(reading.value("result.channel") == "0006-000080")
    #expect(reading.value("process.time") == "fastService")
    #expect(reading.value("request.time") == "2022-03-23T14:26:22.867Z")
  }

  /// The PDF of that generation has no data in it, only text.
  @Test func socialAssistanceSamplePDF() throws {
    guard let bytes = Corpus.bytes("eforms-sample-asp/sample.pdf") else { return Skips.count("АСП sample") }
    let reading = reading(of: bytes)
    #expect(reading.form == .letter)
    #expect(reading.status == .read)
    #expect(reading.text?.contains("ДИРЕКЦИЯ СОЦИАЛНО ПОДПОМАГАНЕ - БАЛЧИК") == true)
    #expect(reading.value("service.number") == nil)
  }

  @Test func classicApplication() throws {
    guard let bytes = Corpus.bytes("classic-samples/ApplicationByFormAnnex10.xml") else { return Skips.count("classic samples") }
    let reading = reading(of: bytes)
    #expect(reading.form == .classic)
    #expect(reading.title == "Заявление по образец Приложение № 10")
    #expect(reading.value("root") == "ApplicationByFormAnnex10")
    #expect(reading.value("root.namespace") == "http://ereg.egov.bg/segment/R-3113")
    #expect(reading.value("service.number") == "1068")
    #expect(reading.value("service.evidence") == "classic")
    #expect(reading.value("document.type") == "0010-003113")
    #expect(reading.value("provider.identifier") == "000695235")
    #expect(reading.value("applicant.identifier") == "1010101010")
    #expect(reading.value("applicant.name") == "ПЕТЪР ПЕТРОВ")
    #expect(reading.value("author.identifier") == "1010101010")
    #expect(reading.value("author.quality") == "R-1001")
    #expect(reading.value("request.type") == "first")
    #expect(reading.value("result.channel") == "0006-000077")
    #expect(reading.value("process.time") == "0006-000083")
    #expect(reading.value("contact.email") == "AAIMRY.AHIORSTV@CNSYS.BG")
    #expect(reading.value("rnu") == nil)
  }

  @Test func classicDeclaration() throws {
    guard let bytes = Corpus.bytes("classic-samples/DeclarationUndurArticle17.xml") else { return Skips.count("classic samples") }
    let reading = reading(of: bytes)
    #expect(reading.form == .classic)
    #expect(reading.value("service.number") == "66667")
    #expect(reading.value("document.type") == "0010-003051")
    #expect(reading.value("applicant.identifier") == "0176112455")
    #expect(reading.value("applicant.name") == "ЧАВДАР ИВАНОВ ПРОБЕВ")
    #expect(reading.value("unit.name") == "СДВР РУ 01")
    #expect(reading.value("address.permanent.settlement") == "68134")
    #expect(reading.value("address.permanent.municipality") == "СТОЛИЧНА")
    #expect(reading.value("result.channel") == "R-6001")
  }

  /// Every file of every folder ends in a reading; the hostile ones are refused by name.
  @Test(arguments: ["pdf-hard", "signed", "xml-hard", "encodings", "forms-bg", "xfa"])
  func everyFileIsReadOrSaysWhyNot(folder: String) {
    let names = Corpus.names(in: folder)
    if names.isEmpty { Skips.count(folder) }
    for name in names {
      guard let bytes = Corpus.bytes("\(folder)/\(name)") else { continue }
      let reading = reading(of: bytes)
      #expect(reading.status != .unread || !reading.reason.isEmpty, "\(name)")
      if name.hasPrefix("defusedxml") && name != "defusedxml-dtd.xml" { #expect(reading.reason == "xml-doctype", "\(name)") }
      if name.hasPrefix("xmlconf-notwf") && !name.contains("ibm02n39") {
        #expect(["xml-doctype", "xml-malformed"].contains(reading.reason), "\(name)")
      }
    }
  }

  @Test func passwordsAreSaid() throws {
    for name in ["pypdf-libreoffice-writer-password.pdf", "qpdf-job-json-encrypt-40.pdf"] {
      guard let bytes = Corpus.bytes("pdf-hard/\(name)") else { return Skips.count("protected PDF") }
      #expect(reading(of: bytes).reason == "password-protected")
    }
  }

  @Test func damagedFileIsReadInPart() throws {
    guard let bytes = Corpus.bytes("pdf-hard/EDeliverySeosHelp-crlf-damaged.pdf") else { return Skips.count("damaged PDF") }
    let reading = reading(of: bytes)
    #expect(reading.status == .partly)
    #expect(reading.reason == "damaged")
    #expect(reading.notes.contains("text-shift-repaired"))
    #expect(reading.text?.contains("Стр") == true)
  }

  /// A blank dynamic form: its page says „Please wait…“, its template what it is for.
  @Test func dynamicXFA() throws {
    guard let bytes = Corpus.bytes("xfa/eDeliery-registration_form_legal_person.pdf") else { return Skips.count("XFA") }
    let reading = reading(of: bytes)
    #expect(reading.status == .read)
    #expect(reading.form == .structured)
    #expect(reading.title == "ЗАЯВЛЕНИЕ за присъединяване към Системата за сигурно електронно връчване")
    #expect(reading.text?.hasPrefix("Приложение 2 към чл. 13, ал. 3\nДО ИЗПЪЛНИТЕЛНИЯ ДИРЕКТОР НА ИЗПЪЛНИТЕЛНА АГЕНЦИЯ") == true)
    #expect(reading.text?.contains("Please wait") == false)
    #expect(reading.textQuality == .good)
    #expect(reading.facts.isEmpty)
    #expect(reading.notes == ["xfa-dynamic", "form-empty"])
  }

  /// All packets of an electronic form of 2018-21, blank but for what it presets.
  @Test func packetsOfXFA() throws {
    guard let bytes = Corpus.bytes("xfa/2382_Zayavlenie_Prl6.xdp.xml") else { return Skips.count("XFA") }
    let reading = reading(of: bytes)
    #expect(reading.form == .structured)
    #expect(reading.title?.hasPrefix("ЗАЯВЛЕНИЕ за издаване на Сертификат за съответствие на пътните превозни средства") == true)
    #expect(reading.value("root") == "xdp")
    #expect(reading.value("root.namespace") == "http://ns.adobe.com/xdp/")
    let fields = reading.facts.filter { $0.name == "form.field" }
    #expect(
      fields.map { "\($0.source.place)=\($0.value.display)" } == [
        "Subform2.chkPrilojenDokument=0", "txtSignatureYN=1.00000000", "StampIT.DateField2=2018-12-15", "StampIT.TextField1=1",
      ])
    #expect(fields.allSatisfy { $0.source.method == "xfa" && $0.certainty == .stated })
  }

  @Test(arguments: [("iso-8859-5-aero-bg.com.xml", "encoding-iso-8859-5"), ("windows-1251-bpm.cult.bg.2.xml", "encoding-windows-1251")])
  func declaredEncodings(file: String, note: String) throws {
    guard let bytes = Corpus.bytes("encodings/\(file)") else { return Skips.count("encodings") }
    let reading = reading(of: bytes)
    #expect(reading.notes == [note])
    #expect(reading.textQuality == .good)
    let text = try #require(reading.text)
    #expect(text.unicodeScalars.count(where: \.isBulgarianLetter) * 5 > text.unicodeScalars.count)
  }
}

/// Prints what was skipped: a run beside the corpus prints nothing.
enum Skips {
  static func count(_ what: String) { print("skipped: \(what): no ../shared/corpus") }
}

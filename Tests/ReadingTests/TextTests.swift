import Model
import Testing

@testable import Reading

struct TextDecodingTests {
  private let text = "До Директора на дирекция „Социално подпомагане“. Моля да ми бъде издадена служебна бележка № 5."

  /// As a writer of one-byte text does it.
  private func encode(_ text: String, _ encoding: SingleByteEncoding) -> [UInt8] {
    let table = encoding.decode(0x80...0xFF).unicodeScalars
    return text.unicodeScalars.map { scalar in
      if scalar.isASCII { return UInt8(scalar.value) }
      return table.firstIndex(of: scalar).map { UInt8(0x80 + table.distance(from: table.startIndex, to: $0)) } ?? 0x3F
    }
  }

  @Test(arguments: SingleByteEncoding.allCases)
  func undeclaredOneByteTextIsGuessed(encoding: SingleByteEncoding) throws {
    let decoded = try #require(TextDecoding.decode(encode(text, encoding)))
    #expect(decoded.text.hasPrefix("До Директора на дирекция"))
    #expect(decoded.notes == ["encoding-guessed-\(encoding.rawValue)"])
    #expect(!decoded.isCertain)
  }

  @Test func capitalsAlone() throws {
    let decoded = try #require(TextDecoding.decode(encode("ЖАЛБА СРЕЩУ ЗАПОВЕД", .windows1251)))
    #expect(decoded.text == "ЖАЛБА СРЕЩУ ЗАПОВЕД")
  }

  @Test func marksComeFirst() {
    #expect(TextDecoding.decode([0xEF, 0xBB, 0xBF] + Array("Жалба".utf8)) == DecodedText(text: "Жалба", notes: [], isCertain: true))
    let little: [UInt8] = [0xFF, 0xFE] + "Жалба".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big: [UInt8] = [0xFE, 0xFF] + "Жалба".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    for bytes in [little, big] { #expect(TextDecoding.decode(bytes)?.text == "Жалба") }
    let unmarked: [UInt8] = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(TextDecoding.decode(unmarked)?.text == text)
    #expect(TextDecoding.decode(unmarked)?.isCertain == false)
  }

  @Test func declarations() {
    #expect(TextDecoding.decode(encode("Жалба", .windows1251), declared: "Windows-1251")?.text == "Жалба")
    #expect(TextDecoding.decode(encode("Жалба", .iso88595), declared: "ISO-8859-5")?.text == "Жалба")
    // The usual slip of .NET: declared utf-16, stored as UTF-8.
    #expect(
      TextDecoding.decode(Array("Жалба".utf8), declared: "utf-16") == DecodedText(text: "Жалба", notes: ["encoding-mislabelled"], isCertain: false))
    #expect(TextDecoding.decode(Array("Жалба".utf8), declared: "windows-1251")?.text == "Жалба")
    #expect(TextDecoding.decode(encode(text, .windows1251), declared: "utf-8")?.text == text)
  }

  @Test func binaryIsNoText() {
    var random = SeededGenerator(seed: 7)
    let bytes = (0..<4096).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    #expect(TextDecoding.decode(bytes) == nil)
    #expect(ContentType.recognise(bytes) == .unknown)
  }

  @Test func xmlWithoutDeclarationInWindows1251() {
    let reading = reading(of: Array("<Отговор>".utf8).isEmpty ? [] : encode("<Answer><Name>Тестова проба на името</Name></Answer>", .windows1251))
    #expect(reading.kind == .xml)
    #expect(reading.text == "Тестова проба на името")
    #expect(reading.notes == ["encoding-guessed-windows-1251"])
    #expect(reading.facts.allSatisfy { $0.certainty == .guessed })
  }
}

struct ContentTypeTests {
  @Test func bySignature() {
    let cases: [([UInt8], DocumentKind)] = [
      ([], .empty), (Array("%PDF-1.7".utf8), .pdf), (Array("rubbish\n%PDF-1.4".utf8), .pdf), ([0xFF, 0xD8, 0xFF, 0xE0], .image),
      ([0x89, 0x50, 0x4E, 0x47], .image), (Array("GIF89a".utf8), .image), ([0x49, 0x49, 0x2A, 0x00], .image),
      ([0, 0, 0, 0x18] + Array("ftypheic0000".utf8), .image), (Array("{\\rtf1\\ansi".utf8), .rtf), (Array("Rar!\u{1A}".utf8), .archive),
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .archive), ([0x30, 0x80, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02], .cms),
      (Array("-----BEGIN CMS-----\n".utf8), .cms), (Array("PK\u{3}\u{4}rest of it that is no zip".utf8), .zip),
      (Array("<!DOCTYPE html><p>".utf8), .html), (Array("<?xml version=\"1.0\"?><a/>".utf8), .xml), (Array("<a>b</a>".utf8), .xml),
      (Array("  {\"a\": 1}".utf8), .json), (Array("Жалба".utf8), .text), (Array(" \n\t ".utf8), .empty), ([0, 1, 2, 3, 4, 5, 6, 7], .unknown),
      (Array("From: a@b\nDate: x\nSubject: y\n\nтекст".utf8), .mail), (Array("От: мен\nДо: вас\nТема: молба".utf8), .text),
    ]
    for (bytes, kind) in cases { #expect(ContentType.recognise(bytes) == kind, "\(String(decoding: bytes.prefix(20), as: UTF8.self))") }
  }

  @Test func emptyAndPicturesSayWhyNot() {
    #expect(reading(of: [UInt8]()).reason == "empty")
    #expect(reading(of: [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]).reason == "no-text")
    #expect(reading(of: Array("{\\rtf1".utf8)).reason == "no-text")
    #expect(reading(of: " \n ").reason == "empty")
    let body = DocumentReader(hasPrivateRoot: false).read([], as: .text)
    #expect(body.status == .read)
    #expect(body.text == "")
  }
}

struct LetterTests {
  @Test(arguments: [
    ("ЖАЛБА\nот Проба", "ЖАЛБА"),
    (
      "ДО\nДИРЕКТОРА НА\nДИРЕКЦИЯ „СОЦИАЛНО ПОДПОМАГАНЕ“\nГР. БАЛЧИК\n\nЗАЯВЛЕНИЕ\nза издаване на служебна бележка\n\nот Проба",
      "ЗАЯВЛЕНИЕ за издаване на служебна бележка"
    ),
    ("До Директора на ДСП – Балчик\nОт Проба Тестова\n\nЖ А Л Б А\n\nсрещу Заповед № 5", "ЖАЛБА срещу Заповед № 5"),
    ("З А Я В Л Е Н И Е   З А   П О М О Щ", "ЗАЯВЛЕНИЕ ЗА ПОМОЩ"),
    (
      "РЕПУБЛИКА БЪЛГАРИЯ\nМИНИСТЕРСТВО НА ПРАВОСЪДИЕТО\n\nИзх. № 5/01.07.2026\nОтносно: искане за документи\n\nУважаеми г-н Директор,",
      "искане за документи"
    ),
    ("Молба-декларация\nПодписаната …", "Молба-декларация"),
    ("ЗAЯBЛEHИE\nза нещо", "ЗAЯBЛEHИE за нещо"),
    ("Сигнал за дете в риск\nна улицата", "Сигнал за дете в риск"),
    ("Молба от Проба Тестова Пробева, баба", "Молба"),
    ("Предложение: нека обявявате промените", "Предложение"),
    ("Заявление за помощ от Проба Тестова. Подавам го сега!", "Заявление за помощ"),
    ("Заявление за помощ по чл. 5а от ЗСПД", "Заявление за помощ по чл. 5а от ЗСПД"),
    ("Сигнал по чл. 7 от Закона за закрила на детето", "Сигнал по чл. 7 от Закона за закрила на детето"),
  ])
  func titles(text: String, title: String) { #expect(LetterTitle.find(in: text) == title) }

  @Test(arguments: [
    "Уважаеми г-н Директор, моля да ми бъде издадена бележка.", "ДО\nДИРЕКТОРА НА ДСП\nОТ ПРОБА ТЕСТОВА", "", "Здравейте,\nпращам документите.",
    "Молба да ми изпратите документите отново, защото не се отварят.", "АЗ ПРОБА ТЕСТОВА СЪМ МАЙКА НА ЧЕТИРИ ДЕЦА.\nЖЕЛАЯ ПОМОЩ.",
  ])
  func noTitle(text: String) { #expect(LetterTitle.find(in: text) == nil) }

  @Test func titleIsSearchedOnlyAtTheStart() {
    #expect(LetterTitle.find(in: String(repeating: "Ред без заглавие на писмо.\n", count: 80) + "ЖАЛБА") == nil)
  }

  private func identifiers(_ text: String) -> [LabelledIdentifier] { LabelledIdentifier.find(in: text) }

  @Test func labelledIdentifiers() {
    #expect(identifiers("ЕГН 00 9900 0000, гр. Балчик") == [LabelledIdentifier(value: "0099000000", isLabelled: true, isRepaired: false)])
    #expect(identifiers("с ЕГН: 0001010003.").map(\.value) == ["0001010003"])
    #expect(identifiers("ЕИК/БУЛСТАТ № 999990003").map(\.value) == ["999990003"])
    #expect(identifiers("ЛНЧ9999999999").map(\.value) == ["9999999999"])
    #expect(identifiers("ЕГН ОО01О10003") == [LabelledIdentifier(value: "0001010003", isLabelled: true, isRepaired: true)])
    #expect(identifiers("EГH 0001010003").map(\.value) == ["0001010003"])
    #expect(identifiers("ЕГН …………").isEmpty)
    #expect(identifiers("ЕГН на детето 0001010003").map(\.value) == ["0001010003"])
  }

  @Test func bareIdentifiersNeedTheirCheckDigit() {
    #expect(identifiers("Проба, 0001010003, живуща").map(\.value) == ["0001010003"])
    #expect(identifiers("0001010004").isEmpty)
    // Telephones, cases, accounts, longer numbers.
    for text in ["тел. 0888000000", "дело 20237050701675", "BG80BNBA96611020345678", "12345-0001010003", "0001010003/2026", "А0001010003"] {
      #expect(identifiers(text).isEmpty, "\(text)")
    }
  }

  @Test func factsOfALetter() {
    let reading = reading(
      of:
        "Изх. № 123-45/01.07.2026\nНа Ваш изх. № ЗСП/Д-В/77/02.06.2026 г.\n\nМОЛБА\n\nКъм вх.№ ЗСПД/Д-К/3197 / 21.07.2025 г. прилагам. ЕГН 0001010003"
    )
    #expect(reading.form == .letter)
    #expect(reading.value("letter.reference") == "123-45/01.07.2026")
    #expect(reading.values("cited.number") == ["ЗСП/Д-В/77/02.06.2026", "ЗСПД/Д-К/3197/21.07.2025"])
    #expect(reading.values("identifier") == ["0001010003"])
    #expect(reading.facts.allSatisfy { $0.certainty == .found })
  }

  @Test func htmlIsStripped() {
    let reading = reading(
      of:
        "<html><head><style>p{}</style><title>x</title></head><body><p>ЖАЛБА</p><p>от&nbsp;мен &amp; &#1089;ин</p><script>alert(1)</script></body></html>"
    )
    #expect(reading.kind == .html)
    #expect(reading.text?.contains("alert") == false)
    #expect(reading.text?.contains("от мен & син") == true)
    #expect(reading.title == "ЖАЛБА")
  }
}

struct TextLayerTests {
  @Test func shiftIsRepaired() {
    let original = "Заявление до директора"
    let shifted = String(String.UnicodeScalarView(original.unicodeScalars.map { $0.value >= 0x400 ? Unicode.Scalar($0.value - 0x1D6) ?? $0 : $0 }))
    let layer = TextLayer.prepare(shifted)
    #expect(layer.text == original)
    #expect(layer.notes == ["text-shift-repaired"])
    #expect(TextLayer.repairShift(original) == nil)
  }

  @Test func controlsAndOverridesGo() {
    #expect(TextLayer.clean("а\u{0}б\r\nв\rг\u{202E}д\u{FEFF}\tе\u{C}ж") == "аб\nв\nгд\tе\nж")
  }

  @Test func lengthIsBoundedAtACharacter() {
    let layer = TextLayer.prepare(String(repeating: "ж", count: ReadingLimits.textBytes))
    #expect(layer.isTruncated)
    #expect(layer.text.utf8.count <= ReadingLimits.textBytes)
    #expect(layer.text.allSatisfy { $0 == "ж" })
    #expect("жж".prefix(utf8Bytes: 3) == "ж")
  }

  @Test func quality() {
    #expect(TextLayer.quality(of: "Моля да ми бъде издадена бележка") == .good)
    #expect(TextLayer.quality(of: "12 34 – 5") == .none)
    #expect(TextLayer.quality(of: "\u{E001}\u{E002}\u{E003} нещо") == .poor)
    #expect(TextLayer.quality(of: String(repeating: "ghjkl qwrtp zxcvb ", count: 20)) == .poor)
    #expect(TextLayer.quality(of: String(repeating: "молба за помощ на детето ", count: 20)) == .good)
  }
}

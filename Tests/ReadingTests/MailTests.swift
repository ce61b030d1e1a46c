import Model
import Testing

@testable import Reading

struct MailTests {
  private func mail(_ lines: String...) -> DocumentReading { reading(of: lines.joined(separator: "\r\n")) }

  private static let head =
    "From: =?utf-8?Q?=D0=9F=D1=80=D0=BE=D0=B1=D0=B0?= <test@example.bg>\r\nDate: Wed, 1 Jul 2026 10:00:00 +0300\r\nMIME-Version: 1.0"

  @Test func plainLetter() {
    let reading = mail(
      Self.head, "Subject: =?windows-1251?B?zO7r4eA=?=", "Content-Type: text/plain; charset=windows-1251",
      "Content-Transfer-Encoding: quoted-printable", "",
      "=C6=C0=CB=C1=C0", "=EF=EE =E2=F5. =B9 =C7=D1=CF/=C4-=C2/5/01.01.2=", "026")
    #expect(reading.kind == .mail)
    #expect(reading.status == .read)
    #expect(reading.form == .letter)
    #expect(reading.title?.hasPrefix("ЖАЛБА") == true)
    #expect(reading.value("mail.subject") == "Молба")
    #expect(reading.value("mail.from") == "Проба <test@example.bg>")
    #expect(reading.value("mail.date") == "Wed, 1 Jul 2026 10:00:00 +0300")
    #expect(reading.value("cited.number") == "ЗСП/Д-В/5/01.01.2026")
  }

  @Test func subjectIsTheTitleWhereTheTextHasNone() {
    let reading = mail(Self.head, "Subject: Допълнение", "", "здравейте, пращам ви го.")
    #expect(reading.title == "Допълнение")
  }

  /// The plain form is the text; the other form of the same is not said twice, and what is attached beside it stays.
  @Test func alternatives() {
    let reading = mail(
      Self.head, "Subject: x", "Content-Type: multipart/alternative; boundary=\"b\"", "", "preamble", "--b",
      "Content-Type: text/plain; charset=utf-8", "",
      "Само веднъж.", "--b", "Content-Type: multipart/related; boundary=bb", "", "--bb", "Content-Type: text/html; charset=utf-8", "",
      "<p>Само&nbsp;веднъж.</p>", "--bb", "Content-Type: image/png; name=a.png", "Content-Transfer-Encoding: base64", "", "iVBORw0KGgo=", "--bb--",
      "--b--",
      "epilogue")
    #expect(reading.text == "Само веднъж.")
    #expect(reading.nested.map(\.kind) == [.image])
    #expect(reading.nested.first?.name == "a.png")
    let html = mail(
      Self.head, "Subject: x", "Content-Type: multipart/alternative; boundary=b", "", "--b", "Content-Type: text/plain", "", " ", "--b",
      "Content-Type: text/html; charset=windows-1251", "Content-Transfer-Encoding: base64", "", "PHA+xODk7jwvcD4=", "--b--")
    #expect(html.text?.contains("Дадо") == true)
  }

  /// Every way in which programs write a Cyrillic file name.
  @Test(arguments: [
    "attachment; filename=\"=?utf-8?B?0JzQvtC70LHQsA==?=.txt\"",
    "attachment; filename=\"=?windows-1251?Q?=CC=EE=EB=E1=E0.txt?=\"",
    "attachment;\r\n filename*=UTF-8''%D0%9C%D0%BE%D0%BB%D0%B1%D0%B0.txt",
    "attachment; filename*0*=windows-1251''%CC%EE;\r\n filename*1*=%EB%E1%E0; filename*2=.txt",
    "attachment; filename=\"Молба.txt\"",
    // One letter split between two words.
    "attachment; filename=\"=?utf-8?B?0JzQvtC70LHQ?= =?utf-8?B?sC50eHQ=?=\"",
  ])
  func fileNames(disposition: String) {
    let reading = mail(
      Self.head, "Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "тяло", "--b", "Content-Type: application/octet-stream",
      "Content-Disposition: \(disposition)", "", "Молба", "--b--")
    #expect(reading.nested.map(\.name) == ["Молба.txt"])
    #expect(reading.nested.first?.text == "Молба")
  }

  @Test func mailInsideMail() {
    let reading = mail(
      Self.head, "Subject: Fwd", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; charset=utf-8", "", "Препращам.",
      "--b",
      "Content-Type: message/rfc822", "", "From: a@example.bg", "Subject: =?utf-8?B?0JzQvtC70LHQsA==?=", "Date: x", "MIME-Version: 1.0",
      "Content-Type: multipart/mixed; boundary=bb", "", "--bb", "Content-Type: text/plain", "", "ЕГН 0001010003", "--bb",
      "Content-Type: text/plain; name=c.txt",
      "Content-Disposition: attachment", "", "вътре", "--bb--", "--b--")
    #expect(reading.nested.map(\.kind) == [.mail])
    #expect(reading.nested.first?.name == "Молба.eml")
    #expect(reading.nested.first?.values("identifier") == ["0001010003"])
    #expect(reading.nested.first?.nested.first?.name == "c.txt")
    #expect(reading.nested.first?.nested.first?.text == "вътре")
  }

  @Test func damagedAndHostile() {
    #expect(
      mail(Self.head, "Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", "без край").text
        == "без край")
    var deep = Self.head + "\r\nSubject: x"
    for level in 0..<60 { deep += "\r\nContent-Type: multipart/mixed; boundary=b\(level)\r\n\r\n--b\(level)" }
    #expect(reading(of: deep).notes.contains("mail-too-many-parts"))
    let many = String(repeating: "--b\r\n\r\nx\r\n", count: 5_000)
    let flood = reading(of: Self.head + "\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + many)
    #expect(flood.status == .read)
    let header = reading(of: Self.head + "\r\nSubject: " + String(repeating: "=?utf-8?B?0JzQ?= ", count: 20_000) + "\r\n\r\nтекст")
    #expect((header.value("mail.subject")?.utf8.count ?? 0) <= ReadingLimits.factBytes)
  }
}

/// Compound files made here: streams large and small, in one directory.
enum CompoundBuilder {
  indirect enum Node {
    case stream(String, [UInt8])
    case storage(String, [Node])
  }

  private struct Entry {
    var name: String
    var kind: UInt8
    var child = UInt32.max
    var right = UInt32.max
    var start = UInt32.max
    var size: UInt32 = 0
  }

  /// Version 3: sectors of 512 bytes; streams below 4096 bytes in the small stream.
  static func bytes(_ nodes: [Node]) -> [UInt8] {
    var entries = [Entry(name: "Root Entry", kind: 5)]
    var small: [UInt8] = []
    var smallTable: [UInt32] = []
    var large: [(entry: Int, bytes: [UInt8])] = []
    func add(_ nodes: [Node]) -> UInt32 {
      var first = UInt32.max
      var previous: Int?
      for node in nodes {
        let index = entries.count
        switch node {
        case .stream(let name, let bytes):
          entries.append(Entry(name: name, kind: 2, size: UInt32(bytes.count)))
          if bytes.count >= 4096 {
            large.append((index, bytes))
          } else if !bytes.isEmpty {
            entries[index].start = UInt32(small.count / 64)
            small += bytes + [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64)
            let count = (bytes.count + 63) / 64
            for step in 0..<count { smallTable.append(step == count - 1 ? 0xFFFF_FFFE : UInt32(smallTable.count + 1)) }
          }
        case .storage(let name, let children):
          entries.append(Entry(name: name, kind: 1))
          entries[index].child = add(children)
        }
        if let previous { entries[previous].right = UInt32(index) } else { first = UInt32(index) }
        previous = index
      }
      return first
    }
    entries[0].child = add(nodes)
    entries[0].size = UInt32(small.count)

    var sectors: [[UInt8]] = []
    var table: [UInt32] = []
    func place(_ bytes: [UInt8]) -> UInt32 {
      guard !bytes.isEmpty else { return 0xFFFF_FFFE }
      let start = sectors.count
      for offset in stride(from: 0, to: bytes.count, by: 512) {
        let piece = Array(bytes[offset..<min(bytes.count, offset + 512)])
        sectors.append(piece + [UInt8](repeating: 0, count: 512 - piece.count))
        table.append(UInt32(sectors.count))
      }
      table[table.count - 1] = 0xFFFF_FFFE
      return UInt32(start)
    }
    entries[0].start = place(small)
    for (entry, bytes) in large { entries[entry].start = place(bytes) }
    let smallTableStart = place(smallTable.flatMap { little($0, 4) })
    var directory: [UInt8] = []
    for entry in entries {
      let name = entry.name.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      directory += name + [UInt8](repeating: 0, count: 64 - name.count) + little(UInt32(name.count + 2), 2) + [entry.kind, 1]
      directory += little(.max, 4) + little(entry.right, 4) + little(entry.child, 4) + [UInt8](repeating: 0, count: 36)
      directory += little(entry.start, 4) + little(entry.size, 4) + little(0, 4)
    }
    let directoryStart = place(directory)
    // One sector of the table holds 128 entries: enough for 64 KiB.
    let tableStart = UInt32(sectors.count)
    let tableSectors = (table.count + 1 + 127) / 128
    for _ in 0..<tableSectors { table.append(0xFFFF_FFFD) }
    let tableBytes = table.flatMap { little($0, 4) }
    var header: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 16)
    header += little(0x3E, 2) + little(3, 2) + little(0xFFFE, 2) + little(9, 2) + little(6, 2) + [UInt8](repeating: 0, count: 10)
    header += little(UInt32(tableSectors), 4) + little(directoryStart, 4) + little(0, 4) + little(4096, 4) + little(smallTableStart, 4)
    header += little(UInt32((smallTable.count + 127) / 128), 4) + little(0xFFFF_FFFE, 4) + little(0, 4)
    for index in 0..<109 { header += little(index < tableSectors ? tableStart + UInt32(index) : .max, 4) }
    let padding = [UInt8](repeating: 0xFF, count: (512 - tableBytes.count % 512) % 512)
    return header + sectors.flatMap { $0 } + tableBytes + padding
  }

  private static func little(_ value: UInt32, _ length: Int) -> [UInt8] { (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}

struct OutlookTests {
  private func wide(_ tag: String, _ text: String) -> CompoundBuilder.Node {
    .stream("__substg1.0_\(tag)001F", text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
  }

  private func attachment(_ number: Int, _ nodes: [CompoundBuilder.Node]) -> CompoundBuilder.Node {
    .storage("__attach_version1.0_#0000000\(number)", nodes)
  }

  private func message(_ more: [CompoundBuilder.Node]) -> [CompoundBuilder.Node] {
    [
      .stream("__properties_version1.0", [UInt8](repeating: 0, count: 32)), wide("0037", "Молба"), wide("0C1A", "Проба Тестова"),
      wide("5D01", "test@example.bg"),
    ]
      + more
  }

  @Test func messageWithAttachments() {
    let long = String(repeating: "Дълъг текст на файла. ", count: 400)
    let inner = CompoundBuilder.Node.storage("__substg1.0_3701000D", message([wide("1000", "ЕГН 0001010003 вътре")]))
    let reading = reading(
      of: CompoundBuilder.bytes(
        message([
          wide("1000", "ЖАЛБА\r\nпо вх. № ЗСП/Д-В/5/01.01.2026"), wide("007D", "Date: Wed, 1 Jul 2026 10:00:00 +0300\r\n\r\n"),
          attachment(0, [wide("3707", "Файл дълъг.txt"), .stream("__substg1.0_37010102", Array(long.utf8))]),
          attachment(1, [wide("3704", "KRATAK.TXT"), .stream("__substg1.0_37010102", Array("Кратък".utf8))]),
          attachment(2, [inner]),
        ])))
    #expect(reading.kind == .msg)
    #expect(reading.status == .read)
    #expect(reading.title?.hasPrefix("ЖАЛБА") == true)
    #expect(reading.value("mail.subject") == "Молба")
    #expect(reading.value("mail.from") == "Проба Тестова <test@example.bg>")
    #expect(reading.value("mail.date") == "Wed, 1 Jul 2026 10:00:00 +0300")
    #expect(reading.value("cited.number") == "ЗСП/Д-В/5/01.01.2026")
    #expect(reading.nested.map(\.name) == ["Файл дълъг.txt", "KRATAK.TXT", "Молба.eml"])
    #expect(reading.nested[0].text?.hasPrefix("Дълъг текст") == true)
    #expect(reading.nested[0].text?.utf8.count == long.utf8.count)
    #expect(reading.nested[1].text == "Кратък")
    #expect(reading.nested[2].kind == .mail)
    #expect(reading.nested[2].values("identifier") == ["0001010003"])
  }

  @Test func eightBitStrings() {
    let body: [UInt8] = [0xC6, 0xC0, 0xCB, 0xC1, 0xC0, 0x20, 0xE7, 0xE0, 0x20, 0xEF, 0xEE, 0xEC, 0xEE, 0xF9]
    let reading = reading(of: CompoundBuilder.bytes([.stream("__properties_version1.0", []), .stream("__substg1.0_1000001E", body)]))
    #expect(reading.text == "ЖАЛБА за помощ")
    #expect(reading.notes == ["encoding-guessed-windows-1251"])
  }

  /// Chains that run in circles, sectors that are not there.
  @Test func damagedFiles() {
    let whole = CompoundBuilder.bytes(
      message([wide("1000", "Текст"), attachment(0, [.stream("__substg1.0_37010102", [UInt8](repeating: 0x41, count: 9000))])]))
    var random = SeededGenerator(seed: 7)
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<4 { bytes[Int.random(in: 30..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random) }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 1..<bytes.count / 2, using: &random)) }
      if let file = CompoundFile(bytes) {
        for entry in file.children() { #expect(file.stream(entry).count <= bytes.count) }
      }
      #expect(reading(of: bytes).readerVersion == DocumentReading.currentReaderVersion)
    }
  }
}

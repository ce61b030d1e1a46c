/// The service number and РНУ that the e-forms platform writes into subjects and file names (submissions.md 2.1-2.3).
///
/// РНУ and service names hold hyphens, so nothing is split at them: a known РНУ is matched first, then a UUID, then looser forms.
enum NamePatterns {
  struct Match: Equatable {
    var rnu: String?
    var service: String
    var serviceName: String?
  }

  /// `РНУ-номер-име`; with the other path of the platform's code `номер-име-РНУ`. `known` are the РНУ that the documents name.
  static func subject(_ subject: String, known: [String]) -> Match? {
    let text = trimmed(subject)
    for rnu in known where text.hasPrefix(rnu + "-") {
      // With the РНУ known, what follows up to the next hyphen is the number, even one of a test system that is no number.
      let rest = text.dropFirst(rnu.count + 1)
      let service = rest.prefix { $0 != "-" }
      if !service.isEmpty, service.count <= 32 { return match(rnu, service, rest.dropFirst(service.count + 1)) }
    }
    if let rnu = uuid(text), text.dropFirst(36).first == "-" { return numbered(text.dropFirst(37), rnu) }
    let first = text.prefix { $0 != "-" }
    if isPlatformCode(first), let found = numbered(text.dropFirst(first.count + 1), first) { return found }
    return trailing(text)
  }

  /// `номер-РНУ-КОД.pdf`; for forms of 2018-21 `номер_Zayavlenie_….pdf`.
  static func fileName(_ name: String) -> Match? {
    let text = trimmed(name)
    let number = text.prefix { isDigit($0) }
    guard (1...6).contains(number.count) else { return nil }
    let rest = text.dropFirst(number.count)
    if rest.first == "-" {
      let tail = String(rest.dropFirst())
      if let rnu = uuid(tail), tail.dropFirst(36).first == "-" { return match(rnu, number, "") }
      let code = tail.prefix { $0 != "-" }
      if isPlatformCode(code), tail.dropFirst(code.count).first == "-" { return match(code, number, "") }
      return nil
    }
    return rest.lowercased().hasPrefix("_zayavlenie") ? Match(rnu: nil, service: String(number), serviceName: nil) : nil
  }

  /// Digits, a hyphen and a name.
  private static func numbered(_ text: Substring, _ rnu: some StringProtocol) -> Match? {
    let number = text.prefix { isDigit($0) }
    guard (1...6).contains(number.count), text.dropFirst(number.count).first == "-" else { return nil }
    return match(rnu, number, text.dropFirst(number.count + 1))
  }

  private static func trailing(_ text: String) -> Match? {
    let number = text.prefix { isDigit($0) }
    guard (1...6).contains(number.count), text.dropFirst(number.count).first == "-", text.count > number.count + 38,
      let rnu = uuid(String(text.suffix(36))), text.dropLast(36).last == "-"
    else { return nil }
    return match(rnu, number, text.dropFirst(number.count + 1).dropLast(37))
  }

  private static func match(_ rnu: some StringProtocol, _ service: some StringProtocol, _ name: some StringProtocol) -> Match {
    let name = trimmed(String(name))
    return Match(rnu: String(rnu), service: String(service), serviceName: name.isEmpty ? nil : name)
  }

  /// The first 36 characters, when they are a UUID.
  private static func uuid(_ text: String) -> String? {
    let head = text.prefix(36)
    guard head.utf8.count == 36 else { return nil }
    for (offset, byte) in head.utf8.enumerated() {
      let isHyphen = [8, 13, 18, 23].contains(offset)
      guard isHyphen ? byte == 0x2D : isHexadecimal(byte) else { return nil }
    }
    return String(head)
  }

  /// The older РНУ: `BGES9d5798b`.
  private static func isPlatformCode(_ text: some StringProtocol) -> Bool {
    text.hasPrefix("BG") && (8...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { isHexadecimal($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
      && text.utf8.contains { (0x30...0x39).contains($0) }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static func isDigit(_ character: Character) -> Bool { "0"..."9" ~= character }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}

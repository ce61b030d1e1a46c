/// An encoding of one byte a character that Bulgarian documents come in. The lower half is ASCII.
enum SingleByteEncoding: String, CaseIterable {
  case windows1251 = "windows-1251"
  case iso88595 = "iso-8859-5"
  case cp866 = "cp866"
  case koi8r = "koi8-r"

  /// By the name that a declaration uses, in any case.
  init?(declared name: String) {
    switch name.lowercased() {
    case "windows-1251", "cp1251", "win-1251", "windows1251": self = .windows1251
    case "iso-8859-5", "iso8859-5", "iso_8859-5", "cyrillic": self = .iso88595
    case "cp866", "ibm866", "866": self = .cp866
    case "koi8-r", "koi8r": self = .koi8r
    default: return nil
    }
  }

  func decode(_ bytes: some Sequence<UInt8>) -> String {
    let upper = SingleByteEncoding.upperHalf[self] ?? []
    var scalars = String.UnicodeScalarView()
    for byte in bytes { scalars.append(byte < 0x80 ? Unicode.Scalar(byte) : upper[Int(byte) - 0x80]) }
    return String(scalars)
  }

  /// Bytes 0x80 to 0xFF; U+FFFD where the encoding has no character or a control.
  private static let upperHalf: [SingleByteEncoding: [Unicode.Scalar]] = [
    .windows1251: Array(
      ("ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{FFFD}™љ›њќћџ\u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї"
        + "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя").unicodeScalars),
    .iso88595: Array(
      (String(repeating: "\u{FFFD}", count: 32) + "\u{A0}ЁЂЃЄЅІЇЈЉЊЋЌ\u{AD}ЎЏАБВГДЕЖЗИЙКЛМНОП"
        + "РСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя№ёђѓєѕіїјљњћќ§ўџ").unicodeScalars),
    .cp866: Array(
      ("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u{A0}")
        .unicodeScalars),
    .koi8r: Array(
      ("─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{A0}⌡°²·÷═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©" + "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ")
        .unicodeScalars),
  ]
}

/// The unique token in the subject of every reply: `[ir1-production-1xk3f9qa-500123-a-7h]`.
///
/// It names environment, epoch, message and kind of reply, survives `RE:` before it and text after it, and lets the robot recognise in an
/// outbox what it has sent, and in an inbox an answer of any intake-robot. It is no secret and proves nothing: the two check characters only
/// tell a mark from a damaged one. The form never changes; a new form gets a new prefix (`ir2`) beside this one.
package struct Mark: Hashable, Sendable, CustomStringConvertible {
  package let environment: EnvironmentName
  package let epoch: Epoch
  package let messageId: Int64
  package let reply: ReplyKind

  package init(environment: EnvironmentName, epoch: Epoch, messageId: Int64, reply: ReplyKind) {
    self.environment = environment
    self.epoch = epoch
    self.messageId = messageId
    self.reply = reply
  }

  package var description: String { "[\(content)-\(Mark.check(content))]" }

  private var content: String { "ir1-\(environment)-\(epoch)-\(messageId)-\(reply.rawValue)" }

  /// The first sound mark in a text, wherever it stands. Cost is linear in the text.
  package static func first(in text: some StringProtocol) -> Mark? {
    let bytes = Array(text.utf8)
    var start = 0
    while let open = bytes[start...].firstIndex(of: UInt8(ascii: "[")) {
      let end = bytes[open...].prefix(maximumLength).firstIndex(of: UInt8(ascii: "]"))
      if let end, let mark = parse(String(decoding: bytes[(open + 1)..<end], as: UTF8.self)) { return mark }
      start = open + 1
    }
    return nil
  }

  private static let maximumLength = 96

  private static func parse(_ inner: String) -> Mark? {
    let inner = inner.lowercased()
    let parts = inner.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[0] == "ir1", let environment = EnvironmentName(parts[1]), let epoch = Epoch(parts[2]),
      let messageId = Int64(parts[3]), messageId >= 0, let reply = ReplyKind(rawValue: parts[4])
    else { return nil }
    let mark = Mark(environment: environment, epoch: epoch, messageId: messageId, reply: reply)
    // Written anew it must be the same text: the check characters, and no second spelling such as leading zeros.
    return mark.description == "[\(inner)]" ? mark : nil
  }

  /// Two characters from FNV-1a (32 bit) over the content.
  private static func check(_ content: String) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in content.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let first = Epoch.alphabet[Int(hash >> 27)]
    let second = Epoch.alphabet[Int(hash >> 22 & 31)]
    return String(decoding: [first, second], as: UTF8.self)
  }
}

/// A stretch of time in which one database was the only one that numbered: its ordinal and six random characters. A restored or cloned
/// database opens a new epoch, so marks of the old one are recognised as foreign.
package struct Epoch: Hashable, Sendable, Codable, CustomStringConvertible {
  package let ordinal: Int
  package let token: String

  /// Digits and letters without i, l, o, u: 32 characters that survive being read aloud.
  package static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  /// Takes the six characters from 30 random bits.
  package init(ordinal: Int, random: UInt64) {
    self.ordinal = ordinal
    token = String(decoding: (0..<6).map { Epoch.alphabet[Int(random >> (5 * $0) & 31)] }, as: UTF8.self)
  }

  package init?(_ text: String) {
    guard let separator = text.firstIndex(of: "x"), text[..<separator].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let ordinal = Int(text[..<separator]), ordinal > 0
    else { return nil }
    let token = text[text.index(after: separator)...]
    guard token.utf8.count == 6, token.utf8.allSatisfy(Epoch.alphabet.contains) else { return nil }
    self.ordinal = ordinal
    self.token = String(token)
  }

  /// `1xk3f9qa`.
  package var description: String { "\(ordinal)x\(token)" }
}

/// The kinds of reply of domain.md 6.3, by the Latin letter that stands in the mark.
package enum ReplyKind: String, Sendable, Codable, CaseIterable {
  /// А: confirmation of receipt with the number (АПК чл. 29а, ал. 7; ЗЕУ чл. 34, ал. 2).
  case confirmation = "a"
  /// В: receipt is not confirmed, and why.
  case notConfirmed = "v"
  /// Г: forwarded to the competent unit.
  case forwarded = "g"
  /// Д: the same document already has a number.
  case duplicate = "d"
}

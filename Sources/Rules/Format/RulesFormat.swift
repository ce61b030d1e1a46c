/// The one way in which rules are laid out: `rules fmt`. Changes white space only, keeps comments, line ends, order and everything in quotes; applied
/// twice it gives the same as once.
///
/// - two spaces for each block, two more for a statement that goes on behind a comma;
/// - one space between words; none before `,` and `;`; a block in one line as `{ a; b }`;
/// - in `ruleset`, `journal`, `unit`, `then` and `otherwise`, values of neighbouring lines stand below each other;
/// - at most one empty line, none at the beginning or end of a block.
package enum RulesFormat {
  /// The text laid out, or `nil` when it cannot be parsed: a mistake is to be mended first.
  package static func format(_ source: SourceText) -> String? {
    guard !Syntax.parse(source).diagnostics.contains(where: { $0.severity == .error }) else { return nil }
    var lines = FormatLine.lines(of: source.text)
    FormatLine.joinOpeningBraces(&lines)
    var layout = Layout()
    for line in lines { layout.add(line) }
    return layout.finish()
  }

  private struct Layout {
    private struct Row {
      let indent: Int
      var text: String
      /// The first word, when what follows it is to stand below its neighbours.
      var key: String?
      var rest = ""
      var comment: String?
    }

    private var rows: [Row?] = []
    /// The word that opened each block.
    private var blocks: [String] = []
    private var goesOn = false

    private static let aligned: Set<String> = ["ruleset", "journal", "unit", "then", "otherwise"]

    mutating func add(_ line: FormatLine) {
      guard !line.pieces.isEmpty || line.comment != nil else {
        rows.append(nil)
        return
      }
      let leading = line.pieces.prefix { $0 == .close }.count
      let indent = max(0, blocks.count - leading) + (goesOn ? 1 : 0)
      let text = FormatLine.text(line.pieces[...])
      var row = Row(indent: indent, text: text, key: nil, comment: line.comment)
      let isPlain = !line.pieces.contains { $0 == .open || $0 == .close || $0 == .semicolon }
      if !goesOn, isPlain, line.pieces.count > 1, let block = blocks.last, Layout.aligned.contains(block), case .text(let key) = line.pieces[0] {
        row.key = key
        row.rest = FormatLine.text(line.pieces[1...])
      }
      rows.append(row)
      follow(line.pieces)
    }

    private mutating func follow(_ pieces: [FormatLine.Piece]) {
      var word: String?
      for piece in pieces {
        switch piece {
        case .open:
          blocks.append(word ?? "")
          word = nil
        case .close:
          if !blocks.isEmpty { blocks.removeLast() }
          word = nil
        case .semicolon: word = nil
        case .text(let text): if word == nil { word = text }
        case .comma: break
        }
      }
      if let last = pieces.last { goesOn = last == .comma }
    }

    mutating func finish() -> String {
      align()
      var result = ""
      var isEmpty = true
      for (index, row) in rows.enumerated() {
        guard let row else {
          let next = rows[index...].lazy.compactMap(\.self).first
          // None at the beginning and end of a file or block, and never two.
          if isEmpty || next == nil || next?.text.hasPrefix("}") == true { continue }
          result += "\n"
          isEmpty = true
          continue
        }
        let indent = String(repeating: "  ", count: row.indent)
        result += indent + row.text + (row.comment.map { (row.text.isEmpty ? "" : "  ") + $0 } ?? "") + "\n"
        isEmpty = row.text.hasSuffix("{")
      }
      return result
    }

    private mutating func align() {
      var index = 0
      while index < rows.count {
        guard let first = rows[index], first.key != nil else {
          index += 1
          continue
        }
        // Neighbours, with lines that only go on from them between.
        var end = index
        var width = 0
        var members: [Int] = []
        while end < rows.count, let row = rows[end], row.indent > first.indent || (row.indent == first.indent && row.key != nil) {
          if row.indent == first.indent, let key = row.key {
            width = max(width, key.count)
            members.append(end)
          }
          end += 1
        }
        for member in members {
          guard let row = rows[member], let key = row.key else { continue }
          rows[member]?.text = key + String(repeating: " ", count: width - key.count + 1) + row.rest
        }
        index = max(end, index + 1)
      }
    }
  }
}

/// One line of a source in pieces.
struct FormatLine {
  enum Piece: Equatable {
    case text(String)
    case comma, semicolon, open, close
  }

  var pieces: [Piece] = []
  var comment: String?

  static func lines(of text: String) -> [FormatLine] {
    var bytes = Array(text.utf8)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { FormatLine($0) }
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    var word: [UInt8] = []
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    func endWord(_ pieces: inout [Piece]) {
      if !word.isEmpty { pieces.append(.text(String(decoding: word, as: UTF8.self))) }
      word = []
    }
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "#"):
        endWord(&pieces)
        var end = rest.endIndex
        while end > rest.startIndex, isSpace(rest[end - 1]) { end -= 1 }
        comment = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        return
      case UInt8(ascii: "\""), UInt8(ascii: "`"):
        endWord(&pieces)
        let quoted = FormatLine.quoted(rest)
        pieces.append(.text(String(decoding: quoted, as: UTF8.self)))
        rest = rest.dropFirst(quoted.count)
        continue
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        endWord(&pieces)
        pieces.append(byte == UInt8(ascii: ",") ? .comma : byte == UInt8(ascii: ";") ? .semicolon : byte == UInt8(ascii: "{") ? .open : .close)
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ")"):
        // A sign ends a word as the lexer has it; `<=` stays whole.
        if let last = word.last, !FormatLine.isSign(last) { endWord(&pieces) }
        word.append(byte)
        let next = rest.dropFirst().first
        if !(byte != UInt8(ascii: "(") && byte != UInt8(ascii: ")") && next == UInt8(ascii: "=") && word.count == 1) { endWord(&pieces) }
      default: if isSpace(byte) { endWord(&pieces) } else { word.append(byte) }
      }
      rest = rest.dropFirst()
    }
    endWord(&pieces)
  }

  private static func isSign(_ byte: UInt8) -> Bool { [0x3C, 0x3E, 0x3D, 0x21].contains(byte) }

  /// A string or pattern with its quotes; to the end of the line when it is not closed.
  private static func quoted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let quote = bytes.first else { return bytes }
    var index = bytes.startIndex + 1
    while index < bytes.endIndex {
      if bytes[index] == quote { return bytes[bytes.startIndex...index] }
      if quote == UInt8(ascii: "\""), bytes[index] == UInt8(ascii: "\\") { index += 1 }
      index += 1
    }
    return bytes
  }

  /// A `{` on a line of its own goes to the end of the statement before it.
  static func joinOpeningBraces(_ lines: inout [FormatLine]) {
    var index = 1
    while index < lines.count {
      if lines[index].pieces.first == .open {
        var before = index - 1
        while before > 0, lines[before].pieces.isEmpty, lines[before].comment == nil { before -= 1 }
        let last = lines[before].pieces.last
        if lines[before].comment == nil, let last, last != .open, last != .close, last != .semicolon, last != .comma {
          lines[before].pieces.append(.open)
          lines[index].pieces.removeFirst()
          if lines[index].pieces.isEmpty, lines[index].comment == nil { lines.remove(at: index) }
          continue
        }
      }
      index += 1
    }
  }

  static func text(_ pieces: ArraySlice<Piece>) -> String {
    var result = ""
    var before: Piece?
    for piece in pieces {
      switch piece {
      case .text(let text): result += (before == nil ? "" : " ") + text
      case .comma: result += ","
      case .semicolon: result += ";"
      case .open: result += before == nil ? "{" : " {"
      case .close: result += before == nil || before == .close && result.allSatisfy({ $0 == "}" }) ? "}" : " }"
      }
      before = piece
    }
    return result
  }
}

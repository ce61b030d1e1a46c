/// A text to be parsed, with the path that diagnostics show.
package struct SourceText: Sendable, Equatable {
  package let path: String
  package let text: String

  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// One source with its line starts. Offsets are bytes of UTF-8; lines and columns (both from 1, columns in characters) are computed only when a
/// diagnostic is made, so that positions cost nothing while parsing.
package final class SourceFile: Sendable {
  package let path: String
  /// Empty when the source is larger than `Syntax.maximumBytes`.
  let bytes: [UInt8]
  let size: Int
  private let lineStarts: [Int]

  package init(_ source: SourceText) {
    path = source.path
    size = source.text.utf8.count
    bytes = size > Syntax.maximumBytes ? [] : Array(source.text.utf8)
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
    lineStarts = starts
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func lineIndex(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  func location(of offset: Int) -> (line: Int, column: Int, sourceLine: String) {
    let index = lineIndex(of: offset)
    let start = lineStarts[index]
    var end = index + 1 < lineStarts.count ? lineStarts[index + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    let column = text(start..<max(start, min(offset, end))).count + 1
    return (index + 1, column, text(start..<max(start, end)))
  }
}

/// A stretch of a source.
package struct Span: Sendable {
  package let file: SourceFile
  package let start: Int
  package let end: Int

  package init(file: SourceFile, start: Int, end: Int) {
    self.file = file
    self.start = start
    self.end = max(start, end)
  }

  /// What stands there.
  package var text: String { file.text(start..<min(end, file.bytes.count)) }

  /// From the start of this one to the end of another in the same file.
  func through(_ other: Span) -> Span { Span(file: file, start: start, end: other.end) }

  /// 1-based.
  package var line: Int { file.location(of: start).line }
}

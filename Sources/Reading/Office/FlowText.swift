/// Running text out of the elements of a word processor's document: a line for a paragraph, a line for a row of a table with tabs between its
/// cells, text boxes and notes after the paragraph they hang on.
struct FlowText {
  private struct Row {
    var cells: [String] = []
  }

  /// Text that is being written: the document, then each text box or cell inside it.
  private var layers: [String] = [""]
  private var rows: [Row] = []
  /// Boxes of paragraphs not yet ended, one list for each layer.
  private var boxes: [[String]] = [[]]

  /// Deeper boxes and cells than any document has are taken as part of the one around them.
  private static let maximumLayers = 64
  private var ignored = 0

  var text: String { layers.first ?? "" }

  mutating func append(_ text: String) { layers[layers.count - 1] += text }

  mutating func endParagraph() {
    append("\n")
    let waiting = boxes[boxes.count - 1]
    boxes[boxes.count - 1] = []
    for box in waiting { append(box.hasSuffix("\n") ? box : box + "\n") }
  }

  mutating func beginRow() { rows.append(Row()) }

  mutating func beginCell() { push() }

  mutating func endCell() {
    guard let cell = pop() else { return }
    if rows.isEmpty { append(cell) } else { rows[rows.count - 1].cells.append(cell) }
  }

  mutating func endRow() {
    guard let row = rows.popLast() else { return }
    var cells = row.cells.map { String($0[...].trimmingSpaces()) }
    while cells.last?.isEmpty == true { cells.removeLast() }
    guard !cells.isEmpty else { return }
    // A table that only lays out a page has paragraphs in its cells; those stay lines.
    let isLayout = cells.contains { $0.contains("\n") }
    append(cells.filter { !isLayout || !$0.isEmpty }.joined(separator: isLayout ? "\n" : "\t") + "\n")
  }

  mutating func beginBox() { push() }

  mutating func endBox() {
    if let box = pop(), !box.allSatisfy(\.isWhitespace) { boxes[boxes.count - 1].append(box) }
  }

  private mutating func push() {
    guard layers.count < Self.maximumLayers else {
      ignored += 1
      return
    }
    layers.append("")
    boxes.append([])
  }

  private mutating func pop() -> String? {
    guard ignored == 0 else {
      ignored -= 1
      return nil
    }
    guard layers.count > 1, let text = layers.popLast() else { return nil }
    let waiting = boxes.popLast() ?? []
    return waiting.isEmpty ? text : text + "\n" + waiting.joined(separator: "\n")
  }
}

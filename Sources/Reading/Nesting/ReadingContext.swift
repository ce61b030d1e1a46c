import Model

/// What a format's reader is given besides the bytes: the tools, the place for files, and the way to have the files inside read, within the one
/// budget of the whole attachment.
struct ReadingContext {
  let budget: ReadingBudget
  /// Levels above this document.
  let depth: Int
  let workspace: Workspace
  let pages: PageLimits
  private let toolbox: Toolbox
  private let reader: DocumentReader

  init(reader: DocumentReader, budget: ReadingBudget, depth: Int) {
    self.reader = reader
    self.budget = budget
    self.depth = depth
    toolbox = reader.tools
    workspace = reader.workspace
    pages = reader.pages
  }

  /// The tools, each with no more time than the whole reading has left.
  var tools: Toolbox {
    var tools = toolbox
    tools.deadline = min(tools.deadline, max(.milliseconds(1), budget.remaining))
    return tools
  }

  /// Whether files inside this document may be opened at all. A container without content of its own is `unread` with `limit-depth` otherwise.
  var canDescend: Bool { depth < budget.limits.depth }

  /// Reads files inside this document, in order, each under its name. What is beyond a limit is `unread` and says which; files beyond the number
  /// that may be named at all end in one last such reading. Empty when `canDescend` is false.
  ///
  /// The sequence may be lazy, so that only one part's bytes need be there at a time.
  func read(_ parts: some Sequence<Part>) -> [DocumentReading] {
    guard canDescend else { return [] }
    var readings: [DocumentReading] = []
    var named = 0
    for part in parts {
      if let reason = budget.take(bytes: part.bytes.count) {
        // A list of names helps whoever opens the file by hand; a million of them do not.
        named += 1
        let isLast = named > ReadingContext.maximumUnreadNames || reason == "limit-time"
        readings.append(DocumentReading(kind: .unknown, name: isLast ? nil : part.name, status: .unread, reason: reason, notes: part.notes))
        if isLast { break }
        continue
      }
      var reading = reader.read(part.bytes, .anything, ReadingContext(reader: reader, budget: budget, depth: depth + 1))
      reading.name = part.name
      reading.notes = part.notes + reading.notes
      readings.append(reading)
    }
    return readings
  }

  /// Reads files inside a document and puts them there. A limit reached makes the document read in part.
  func attach(_ parts: some Sequence<Part>, to reading: inout DocumentReading) {
    guard canDescend else {
      if parts.contains(where: { _ in true }) { reading.readInPart("limit-depth") }
      return
    }
    reading.nested += read(parts)
    if let limit = reading.nested.first(where: { $0.status == .unread && $0.reason.hasPrefix("limit-") })?.reason { reading.readInPart(limit) }
  }

  private static let maximumUnreadNames = 20
}

extension DocumentReading {
  /// Notes that something of the document was left out. The first reason stands as the document's, the others as notes.
  mutating func readInPart(_ reason: String) {
    if status == .read {
      status = .partly
      self.reason = reason
    }
    if self.reason != reason, !notes.contains(reason) { notes.append(reason) }
  }
}

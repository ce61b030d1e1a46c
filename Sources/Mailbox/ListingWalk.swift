import Model

/// Reads a listing page by page while rows move in it (contract section 4.4): which page comes next, and what has been found.
///
/// Every page but the first begins on the last row of the page before, the anchor. New messages move rows down: the anchor is then found
/// further down, and rows come twice, which is harmless. A message that somebody opens leaves its place and rows after it move up: the anchor
/// is then not in the page, rows may have been skipped, and the walk begins again, keeping what it has.
struct ListingWalk<Row: Sendable> {
  private(set) var rows: [Row] = []
  /// What to read next; `nil` at the end.
  private(set) var next: (offset: Int, limit: Int)?
  private let limit: Int
  private let isComplete: Bool
  private let id: (Row) -> Int64
  private var places: [Int64: Int] = [:]
  private var anchor: Int64?
  private var restarts = 0

  private static var maximumRestarts: Int { 4 }
  /// When the position is so many pages beyond the rows that were found, no burst of new messages explains it: the server does not obey
  /// `offset`, and the walk would never end.
  private static var maximumPagesWithoutNews: Int { 8 }

  /// - Parameter isComplete: whether to fail rather than to end with rows missing.
  init(pageSize: Int, isComplete: Bool = true, id: @escaping (Row) -> Int64) {
    limit = max(2, pageSize)
    self.isComplete = isComplete
    self.id = id
    next = (0, limit)
  }

  mutating func take(_ page: Page<Row>, isLast: Bool = false, _ errors: MailboxErrors) throws(OperatorError) {
    guard let offset = next?.offset else { return }
    let hasMoved = anchor.map { wanted in !page.rows.contains { id($0) == wanted } } ?? false
    for row in page.rows { keep(row) }
    if hasMoved {
      restarts += 1
      if restarts <= ListingWalk.maximumRestarts {
        next = (0, limit)
        anchor = nil
        return
      }
      if isComplete { throw errors.listingMoved() }
    }
    guard let last = page.rows.last, !isLast, offset + page.rows.count < page.length else {
      next = nil
      return
    }
    guard offset - rows.count < limit * ListingWalk.maximumPagesWithoutNews else { throw errors.badResponse("length") }
    // A page that is nothing but the anchor must not stand still.
    next = (offset + max(1, page.rows.count - 1), limit)
    anchor = id(last)
  }

  /// The newest reading of a row counts: it may have been opened meanwhile.
  private mutating func keep(_ row: Row) {
    if let place = places[id(row)] {
      rows[place] = row
    } else {
      places[id(row)] = rows.count
      rows.append(row)
    }
  }
}

/// One switch that makes the server misbehave, for instance `503:route=inbox,count=2` or `late-commit:answer=cut,seconds=90`.
package struct Fault: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    // The connection.
    case down
    case resetBefore = "reset-before"
    case closeBefore = "close-before"
    case resetAfter = "reset-after"
    case cutAfter = "cut-after"
    case stallBefore = "stall-before"
    case stall
    // The answer as bytes.
    case cutBody = "cut-body"
    case corruptBody = "corrupt-body"
    case malformedJSON = "malformed-json"
    case truncatedJSON = "truncated-json"
    case dribble, oversized
    // The answer as HTTP.
    case status, redirect
    case wrongDate = "wrong-date"
    // Lists.
    case pageNewMessage = "page-new-message"
    case pageOpen = "page-open"
    case duplicateRows = "duplicate-rows"
    case swapTies = "swap-ties"
    case lateRow = "late-row"
    // Sending and files.
    case lateCommit = "late-commit"
    case wrongHash = "wrong-hash"
    case wrongSize = "wrong-size"
    case linkExpired = "link-expired"
    case blobGone = "blob-gone"
    case uploadMalicious = "upload-malicious"
    case uploadQuota = "upload-quota"
    case uploadNotScanned = "upload-not-scanned"

    /// The routes on which the kind means something; a fault without `route` is limited to them.
    var routes: Set<Route> {
      switch self {
      case .pageNewMessage, .pageOpen: [.inbox]
      case .duplicateRows, .swapTies: [.inbox, .outbox]
      case .lateCommit: [.send]
      case .wrongHash, .wrongSize: [.open, .openForwarded, .view, .blob, .blobs]
      case .linkExpired, .blobGone, .corruptBody: [.download]
      case .uploadMalicious, .uploadQuota, .uploadNotScanned: [.upload]
      case .malformedJSON, .truncatedJSON: Set(Route.allCases).subtracting([.download, .other])
      case .lateRow: []
      default: Set(Route.allCases)
      }
    }
  }

  package var kind: Kind
  /// Empty: every route the kind is meant for.
  package var routes: Set<Route> = []
  /// Identifier of the mailbox it is limited to.
  package var mailbox: String?
  /// How many times it strikes; nil is always.
  package var count: Int?
  /// How many requests that would match pass before it can strike.
  package var skip = 0
  /// Chance of each request, 0…1.
  package var rate = 1.0
  /// Seconds of simulated time, from its first strike, after which it is over.
  package var lasting: Double?
  /// What is particular to the kind, by name.
  package var values: [String: String] = [:]

  package init(_ kind: Kind) { self.kind = kind }

  func number(_ name: String) -> Double? { values[name].flatMap { Double($0) } }

  var appliesTo: Set<Route> { routes.isEmpty ? kind.routes : routes }
}

extension Fault {
  /// Reads a switch: `KIND[:NAME=VALUE,…]`; an HTTP status as the kind is `status` with that `code`.
  package init(_ text: String) throws(SimulatorError) {
    let parts = text.split(separator: ":", maxSplits: 1)
    let name = parts.first.map { String($0) } ?? ""
    if let code = Int(name), (300...599).contains(code) {
      self.init(.status)
      values["code"] = name
    } else {
      guard let kind = Kind(rawValue: name), kind != .status else {
        let known = Kind.allCases.filter { $0 != .status }.map(\.rawValue).joined(separator: ", ")
        throw SimulatorError("fault \"\(text)\": unknown kind \"\(name)\"; write an HTTP status or one of \(known)")
      }
      self.init(kind)
    }
    guard parts.count > 1 else { return }
    for piece in parts[1].split(separator: ",") {
      let pair = piece.split(separator: "=", maxSplits: 1).map { String($0) }
      try set(pair[0], pair.count > 1 ? pair[1] : "yes", in: text)
    }
  }

  private mutating func set(_ name: String, _ value: String, in text: String) throws(SimulatorError) {
    func wrong(_ expected: String) -> SimulatorError {
      SimulatorError("fault \"\(text)\": \(name) is \"\(value)\"; \(expected) is expected")
    }
    switch name {
    case "route":
      for part in value.split(separator: "+") {
        guard let route = Route(rawValue: String(part)) else {
          throw wrong("one or more (joined by +) of \(Route.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        routes.insert(route)
      }
    case "mailbox": mailbox = value
    case "count":
      guard let number = Int(value), number > 0 else { throw wrong("a positive whole number") }
      count = number
    case "skip":
      guard let number = Int(value), number >= 0 else { throw wrong("a whole number") }
      skip = number
    case "rate":
      guard let number = Double(value), (0...1).contains(number) else { throw wrong("a number from 0 to 1") }
      rate = number
    case "for":
      guard let number = Double(value), number > 0, number < 1e9 else { throw wrong("a positive number of seconds") }
      lasting = number
    case "ms", "seconds", "retry-after", "retry-date", "mb":
      guard let number = Double(value), number >= 0, number < 1e9 else { throw wrong("a number from 0") }
      values[name] = value
    case "at":
      guard let number = Double(value), (0...1).contains(number) else { throw wrong("a number from 0 to 1") }
      values[name] = value
    case "by":
      guard let number = Double(value), abs(number) < 1e9 else { throw wrong("a number of seconds, also negative") }
      values[name] = value
    case "when":
      guard ["before", "after"].contains(value) else { throw wrong("before or after") }
      values[name] = value
    case "body":
      guard ["html", "json", "none"].contains(value) else { throw wrong("html, json or none") }
      values[name] = value
    case "answer":
      guard ["cut", "reset", "stall", "ok"].contains(value) || Int(value) != nil else {
        throw wrong("cut, reset, stall, ok or an HTTP status")
      }
      values[name] = value
    case "to", "beyond": values[name] = value
    default:
      throw SimulatorError(
        "fault \"\(text)\": unknown limit \"\(name)\"; known are route, mailbox, count, skip, rate, for, "
          + "ms, seconds, at, retry-after, retry-date, mb, by, when, body, answer, to, beyond")
    }
  }
}

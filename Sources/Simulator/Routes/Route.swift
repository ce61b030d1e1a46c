/// The routes by the names that fault switches and the log use.
package enum Route: String, Sendable, CaseIterable {
  case inbox, outbox, open
  case openForwarded = "open-forwarded"
  case view, send, templates, template
  case targetGroups = "target-groups"
  case profile, profiles, search, check, blobs, blob
  case deleteBlob = "delete-blob"
  case upload, download, token
  /// No such route.
  case other

  /// Served by the blob application.
  var isOfBlobs: Bool { self == .upload || self == .download }
}

/// Which of the two applications a listener stands for.
enum Application: Sendable {
  case both, api, blobs

  func serves(_ route: Route) -> Bool {
    switch self {
    case .both: true
    case .api: !route.isOfBlobs
    case .blobs: route.isOfBlobs
    }
  }
}

/// Where a request leads.
struct Target: Sendable {
  var route: Route
  /// Numbers in the path, in order.
  var ids: [Int] = []
  /// Under `/api/v1/obo`.
  var onBehalf = false
  /// `/profile?t=` rather than `/message?t=`.
  var isStorageLink = false

  enum Failure: Error {
    case notFound
    case methodNotAllowed(allow: String)
    case unsupportedVersion(String)
  }

  /// Paths are matched in any case; numbers must be 32-bit integers (contract 1).
  static func find(_ request: HTTPRequest) throws(Failure) -> Target {
    let original = request.pathParts
    var parts = original.map { $0.lowercased() }
    let method = request.method
    if parts == ["token"] { return try only("POST", method, Target(route: .token)) }
    if parts == ["message"] || parts == ["profile"] {
      return try only("GET", method, Target(route: .download, isStorageLink: parts == ["profile"]))
    }
    guard parts.count >= 3, parts[0] == "api", parts[1].first == "v" else { throw .notFound }
    let version = parts[1].dropFirst()
    guard version == "1" || version == "1.0" else {
      guard !version.isEmpty, version.allSatisfy({ $0.isNumber || $0 == "." }) else { throw .notFound }
      throw .unsupportedVersion(String(version))
    }
    parts.removeFirst(2)
    let onBehalf = parts.first == "obo"
    if onBehalf { parts.removeFirst() }
    var target = try api(parts, method: method)
    if onBehalf {
      guard [.inbox, .outbox, .send, .blobs, .blob, .deleteBlob, .upload, .templates, .template, .search].contains(target.route) else {
        throw .notFound
      }
      target.onBehalf = true
    }
    return target
  }

  private static func api(_ parts: [String], method: String) throws(Failure) -> Target {
    let number = parts.count > 1 ? Int32(parts[1]).map { Int($0) } : nil
    switch (parts.first, parts.count) {
    case ("messages", 1): return try only("POST", method, Target(route: .send))
    case ("messages", 2) where parts[1] == "inbox": return try only("GET", method, Target(route: .inbox))
    case ("messages", 2) where parts[1] == "outbox": return try only("GET", method, Target(route: .outbox))
    case ("messages", 3):
      guard let number else { throw .notFound }
      if parts[2] == "open" { return try only("GET", method, Target(route: .open, ids: [number])) }
      if parts[2] == "view" { return try only("GET", method, Target(route: .view, ids: [number])) }
      throw .notFound
    case ("messages", 4) where parts[2] == "open-forwarded":
      guard let number, let inner = Int32(parts[3]) else { throw .notFound }
      return try only("GET", method, Target(route: .openForwarded, ids: [number, Int(inner)]))
    case ("templates", 1): return try only("GET", method, Target(route: .templates))
    case ("templates", 2):
      guard let number else { throw .notFound }
      return try only("GET", method, Target(route: .template, ids: [number]))
    case ("target-groups", 1): return try only("GET", method, Target(route: .targetGroups))
    case ("profiles", 1): return try only("GET", method, Target(route: .profiles))
    case ("profiles", 2) where parts[1] == "search": return try only("GET", method, Target(route: .search))
    case ("profiles", 2) where parts[1] == "check": return try only("GET", method, Target(route: .check))
    case ("profiles", 2):
      guard let number else { throw .notFound }
      return try only("GET", method, Target(route: .profile, ids: [number]))
    case ("blobs", 1):
      if method == "POST" { return Target(route: .upload) }
      guard method == "GET" else { throw .methodNotAllowed(allow: "GET, POST") }
      return Target(route: .blobs)
    case ("blobs", 2):
      guard let number else { throw .notFound }
      if method == "DELETE" { return Target(route: .deleteBlob, ids: [number]) }
      guard method == "GET" else { throw .methodNotAllowed(allow: "DELETE, GET") }
      return Target(route: .blob, ids: [number])
    default: throw .notFound
    }
  }

  private static func only(_ allowed: String, _ method: String, _ target: Target) throws(Failure) -> Target {
    guard method == allowed else { throw .methodNotAllowed(allow: allowed) }
    return target
  }
}

/// One request on its way through the server: where it leads, who asks, and the faults that hit it.
struct Call: Sendable {
  var request: HTTPRequest
  var target: Target
  /// Nobody for the anonymous routes.
  var caller: Caller
  var faults: [Fault]

  func fault(_ kind: Fault.Kind) -> Fault? { faults.first { $0.kind == kind } }

  func has(_ kind: Fault.Kind) -> Bool { fault(kind) != nil }
}

extension World {
  /// Authenticates, authorizes what holds for the whole route, and answers; opens are done by `Simulation` in two halves.
  mutating func answer(_ request: HTTPRequest, _ target: Target, _ faults: [Fault]) throws(Failure) -> HTTPResponse {
    switch target.route {
    case .download: return try download(request, target, faults)
    case .token: return try token(request)
    default: break
    }
    let call = try admit(request, target, faults)
    switch target.route {
    case .inbox: return try inbox(call)
    case .outbox: return try outbox(call)
    case .open: return try finishOpen(call, nil)
    case .openForwarded: return try openForwarded(call)
    case .view: return try view(call)
    case .send: return try send(call)
    case .templates: return templateList()
    case .template: return try template(call)
    case .targetGroups: return targetGroups()
    case .profile: return try profile(call)
    case .profiles: return try profileList(call)
    case .search: return try search(call)
    case .check: return check(call)
    case .blobs: return try blobList(call)
    case .blob: return try blob(call)
    case .deleteBlob: return try deleteBlob(call)
    case .upload: return try upload(call)
    case .download, .token, .other: throw .notFound
    }
  }

  /// Authentication, and the rules of acting for others (contract 2.3, 2.4).
  func admit(_ request: HTTPRequest, _ target: Target, _ faults: [Fault]) throws(Failure) -> Call {
    guard var caller = caller(of: request) else { throw .unauthorized }
    if target.onBehalf {
      guard caller.represented != nil else {
        switch target.route {
        case .template, .send: throw .forbidden
        case .upload: throw .blobUnhandled
        default: throw .unhandled
        }
      }
      guard caller.profile.maySendOnBehalf || target.route == .template else { throw .forbidden }
    } else {
      // A represented person changes nothing on the routes of one's own.
      caller.represented = nil
    }
    return Call(request: request, target: target, caller: caller, faults: faults)
  }
}

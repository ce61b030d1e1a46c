import Synchronization

/// The world behind its lock, and the way of one request through it. Knows nothing of sockets.
final class Simulation: Sendable {
  /// What the connection has to do in the end.
  enum Outcome: Sendable {
    case answer(Delivery)
    /// Nothing more is sent.
    case drop(reset: Bool)
  }

  private let world: Mutex<World>

  init(_ configuration: Configuration) throws(SimulatorError) {
    world = Mutex(try World(configuration))
  }

  /// Short, never blocking work on the state.
  func with<Result>(_ body: (inout World) -> sending Result) -> sending Result { world.withLock { body(&$0) } }

  /// Answers one request. `wait` passes real milliseconds (nil: for ever) and returns false when the peer or the server is gone.
  func handle(_ request: HTTPRequest, on application: Application = .both, wait: (Double?) -> Bool) -> Outcome {
    if request.pathParts.first == "_simulator" { return .answer(Delivery(control(request))) }
    var found: Result<Target, Target.Failure>
    do { found = .success(try Target.find(request)) } catch { found = .failure(error) }
    var route = (try? found.get())?.route ?? .other
    if !application.serves(route) { (found, route) = (.failure(.notFound), .other) }

    let faults = with { $0.strike(request, route) }
    if let fault = faults.first(where: { $0.kind == .resetBefore || $0.kind == .closeBefore }) {
      return .drop(reset: fault.kind == .resetBefore)
    }
    if let fault = faults.first(where: { $0.kind == .stallBefore }) {
      guard wait(fault.number("ms")) else { return .drop(reset: false) }
    }
    var response: HTTPResponse
    if let early = early(faults) {
      response = early
    } else {
      response = process(request, found, faults, wait: wait)
      if let late = with({ $0.lateResponse(faults, request.method) }) { response = late }
    }
    with { $0.requestCounts[route, default: 0] += 1 }

    var delivery = Delivery(response)
    // A message that was refused is refused in time.
    if response.status == 200, let commit = faults.first(where: { $0.kind == .lateCommit }) {
      switch commit.values["answer"] ?? "504" {
      case "cut": return .drop(reset: false)
      case "reset": return .drop(reset: true)
      case "stall":
        _ = wait(nil)
        return .drop(reset: false)
      case "ok": break
      case "405": delivery.response = .empty(405, [("Allow", "GET")])
      case let code: delivery.response = .gateway(Int(code) ?? 504)
      }
    }
    if let fault = faults.first(where: { $0.kind == .stall }) {
      guard wait(fault.number("ms")) else { return .drop(reset: false) }
    }
    if let fault = faults.first(where: { $0.kind == .cutAfter || $0.kind == .resetAfter }) {
      return .drop(reset: fault.kind == .resetAfter)
    }
    delivery.apply(faults)
    return .answer(delivery)
  }

  private func process(
    _ request: HTTPRequest, _ found: Result<Target, Target.Failure>, _ faults: [Fault], wait: (Double?) -> Bool
  ) -> HTTPResponse {
    do throws(Target.Failure) {
      let target = try found.get()
      if target.route == .open { return open(request, target, faults, wait: wait) }
      return with { $0.respond(request, target, faults) }
    } catch {
      switch error {
      case .notFound: return .empty(404)
      case .methodNotAllowed(let allow): return .empty(405, [("Allow", allow)])
      case .unsupportedVersion(let version):
        let host = request.header("Host") ?? "localhost"
        let message =
          "The HTTP resource that matches the request URI 'http://\(host)\(request.target)' does not support the API version '\(version)'."
        return .json(
          .members(["error": .members(["code": "UnsupportedApiVersion", "message": .string(message), "innerError": .null])]), status: 400)
      }
    }
  }

  /// The two halves of an open, with the time-stamp authority between them (contract 5.1): a second first open meets a 500.
  private func open(_ request: HTTPRequest, _ target: Target, _ faults: [Fault], wait: (Double?) -> Bool) -> HTTPResponse {
    enum Half: Sendable {
      case going(Call, World.Opening?)
      case done(HTTPResponse)
    }
    let first: Half = with { world in
      do throws(Failure) {
        let call = try world.admit(request, target, faults)
        return .going(call, try world.beginOpen(call))
      } catch {
        return .done(world.response(to: error, method: request.method))
      }
    }
    switch first {
    case .done(let response): return response
    case .going(let call, let opening):
      let pause = with { $0.configuration.timestampMilliseconds }
      // The server finishes its work even when the client has gone.
      if opening != nil && pause > 0 { _ = wait(Double(pause)) }
      return with { world in
        do throws(Failure) { return try world.finishOpen(call, opening) } catch { return world.response(to: error, method: request.method) }
      }
    }
  }

  /// An answer given in the place of any work.
  private func early(_ faults: [Fault]) -> HTTPResponse? {
    for fault in faults {
      if fault.kind == .redirect { return .empty(307, [("Location", fault.values["to"] ?? "https://example.invalid/elsewhere")]) }
      if fault.kind == .status, fault.values["when"] != "after" { return Self.status(fault, at: with { $0.now }) }
    }
    return nil
  }

  static func status(_ fault: Fault, at now: Instant) -> HTTPResponse {
    let code = fault.values["code"].flatMap { Int($0) } ?? 500
    var headers = fault.values["retry-after"].map { [(name: "Retry-After", value: $0)] } ?? []
    if let seconds = fault.number("retry-date") { headers.append(("Retry-After", now.advanced(bySeconds: seconds).httpDate)) }
    switch fault.values["body"] ?? ((401...405).contains(code) ? "none" : "html") {
    case "none": return .empty(code, headers + (code == 405 ? [("Allow", "GET")] : []))
    case "json":
      var response = HTTPResponse.problem(
        .members(["title": .string(HTTPResponse.reason(code)), "status": .int(code)]), status: code)
      response.headers += headers
      return response
    default: return .gateway(code, headers: headers)
    }
  }
}

extension World {
  /// The faults that strike this request; also does what they do to the state before it is answered.
  mutating func strike(_ request: HTTPRequest, _ route: Route) -> [Fault] {
    let mailbox = caller(of: request)?.profile
    let paging = (Int(request.query("offset") ?? "") ?? 0) > 0
    let taken = faults.take(at: now, &chance) { fault in
      guard fault.appliesTo.contains(route), fault.kind != .down else { return false }
      if let wanted = fault.mailbox, wanted != mailbox?.identifier { return false }
      return paging || ![.pageNewMessage, .pageOpen, .duplicateRows].contains(fault.kind)
    }
    for fault in taken {
      record("fault", ["kind": .string(fault.values["code"] ?? fault.kind.rawValue), "route": .string(route.rawValue)])
    }
    if let mailbox {
      if taken.contains(where: { $0.kind == .pageNewMessage }) { addShiftingMessage(to: mailbox) }
      if taken.contains(where: { $0.kind == .pageOpen }) { openFirstUnopened(of: mailbox) }
    }
    return taken
  }

  /// A status said after the work is done: the client must not take it for a refusal.
  func lateResponse(_ faults: [Fault], _ method: String) -> HTTPResponse? {
    faults.first { $0.kind == .status && $0.values["when"] == "after" }.map { Simulation.status($0, at: now) }
  }

  mutating func respond(_ request: HTTPRequest, _ target: Target, _ faults: [Fault]) -> HTTPResponse {
    do throws(Failure) { return try answer(request, target, faults) } catch { return response(to: error, method: request.method) }
  }

  /// Everything moves one row down.
  private mutating func addShiftingMessage(to mailbox: Profile) {
    let draft = JSON.members([
      "mailbox": .string(mailbox.identifier), "subject": "Съобщение между две страници", "body": "Тест",
      "sender": .members(["name": "Тест Междинен", "identifier": "0001010001", "kind": "person"]),
    ])
    // Only a mistake in the draft above could fail here; then the list simply does not shift.
    _ = try? add(draft: draft, folder: nil)
  }

  /// A person opens a message: its row leaves the unopened block.
  private mutating func openFirstUnopened(of mailbox: Profile) {
    let newest = inbox(of: mailbox.profileId).filter { $0.recipient(mailbox.profileId)?.receivedAt == nil }.max { $0.sentAt < $1.sentAt }
    guard let newest else { return }
    markOpened(newest.id, by: mailbox.profileId, loginId: World.personLogin, loginName: "Служител", at: localNow)
    record("openedByPerson", ["mailbox": .string(mailbox.identifier), "messageId": .int(newest.id)])
  }
}

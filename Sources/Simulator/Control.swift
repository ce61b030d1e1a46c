/// The control routes under `/_simulator/`: not part of ССЕВ, never hit by faults, open to whoever reaches the loopback port.
extension Simulation {
  func control(_ request: HTTPRequest) -> HTTPResponse {
    let parts = Array(request.pathParts.dropFirst())
    do throws(SimulatorError) {
      let answer: JSON = try with { world -> Result<JSON, SimulatorError> in
        do throws(SimulatorError) { return .success(try world.control(request, parts)) } catch { return .failure(error) }
      }.get()
      return .blobJSON(answer)
    } catch {
      return .blobJSON(.members(["error": .string(error.description)]), status: 400)
    }
  }
}

extension World {
  mutating func control(_ request: HTTPRequest, _ parts: [String]) throws(SimulatorError) -> JSON {
    switch (request.method, parts.first ?? "", parts.count) {
    case ("GET", "state", 1): return dump()
    case ("GET", "credentials", 1): return credentials()
    case ("GET", "log", 1):
      let event = request.query("event")
      return .array(log.entries.filter { event == nil || $0.event == event }.map(\.json))
    case ("GET", "sent", 1): return .array(log.entries.filter { $0.event == "sent" }.map(\.json))
    case ("POST", "messages", 1):
      let json = try body(request)
      return .members(["messageId": .int(try add(draft: json, folder: request.query("folder")))])
    case ("POST", "messages", 3) where parts[2] == "opened":
      guard let id = Int(parts[1]) else { throw SimulatorError("\"\(parts[1])\" is no message number") }
      let json = request.body.isEmpty ? JSON.object([]) : try body(request)
      try openByPerson(id, name: json["by"]?.string ?? "Служител")
      return .members(["messageId": .int(id)])
    case ("GET", "faults", 1): return dump()["faults"] ?? .null
    case ("POST", "faults", 1):
      guard let items = try body(request)["faults"]?.array else { throw SimulatorError("write {\"faults\": [\"503:count=2\"]}") }
      for item in items { faults.add(try Fault(item.string ?? item.text)) }
      return dump()["faults"] ?? .null
    case ("DELETE", "faults", 1):
      faults.set([])
      return .array([])
    case ("POST", "clock", 1):
      let json = try body(request)
      if let text = json["set"]?.string {
        guard let instant = Instant(text) else {
          throw SimulatorError("\"set\" is \"\(text)\"; a time such as 2026-07-03T10:15:02+03:00 is expected")
        }
        clock.set(to: instant)
      } else if case .number(let text) = json["advance"] ?? .null, let seconds = Double(text) {
        clock.set(to: now.advanced(bySeconds: seconds))
      } else {
        throw SimulatorError("write {\"advance\": seconds} or {\"set\": \"time\"}")
      }
      return .members(["now": .string(localNow.text)])
    default:
      throw SimulatorError("\(request.method) \(request.target): no such control route; see Deploy/SIMULATOR.md")
    }
  }

  private func body(_ request: HTTPRequest) throws(SimulatorError) -> JSON {
    do { return try JSON.parse(request.body) } catch { throw SimulatorError("body:\(error)") }
  }

  func credentials() -> JSON {
    .array(
      profiles.values.filter { $0.oid != nil }.sorted { $0.identifier < $1.identifier }.map {
        .members([
          "identifier": .string($0.identifier), "profileId": .int($0.profileId), "name": .string($0.name), "oid": .text($0.oid),
          "cn": .text($0.clientName),
        ])
      })
  }
}

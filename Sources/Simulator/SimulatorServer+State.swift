/// What a test or a script may do to a running simulator, beside talking HTTP to it.
extension SimulatorServer {
  // MARK: Messages

  /// Adds a message in the format of `Samples/`; files are looked for in `folder`, or given in place as `text` or `base64`.
  /// `visibleAfter` (seconds) makes the row appear later with its older `dateSent`. Returns its number.
  @discardableResult
  package func addMessage(_ json: String, folder: String? = nil) throws(SimulatorError) -> Int {
    let draft: JSON
    do { draft = try JSON.parse(json) } catch { throw SimulatorError("message: \(error)") }
    return try get { world throws(SimulatorError) in try world.add(draft: draft, folder: folder) }
  }

  /// Adds every message below a folder. Returns their numbers in ascending order.
  @discardableResult
  package func loadMessages(folder: String) throws(SimulatorError) -> [Int] {
    try get { world throws(SimulatorError) in try world.load(folder: folder) }
  }

  /// Makes the mailbox with this identifier, with the documented credential, where there is none yet.
  package func addMailbox(_ identifier: String) throws(SimulatorError) {
    try get { world throws(SimulatorError) in _ = try world.mailbox(identifier) }
  }

  package func addProfile(_ profile: Profile) throws(SimulatorError) {
    try get { world throws(SimulatorError) in try world.add(profile) }
  }

  /// A person opens the message in the portal; for a reply of the client, its recipient does.
  package func markOpened(_ messageId: Int, by name: String = "Служител") throws(SimulatorError) {
    try get { world throws(SimulatorError) in try world.openByPerson(messageId, name: name) }
  }

  /// The file behind a blob is gone: links to it answer 404.
  package func removeBlob(_ blobId: Int) { simulation.with { $0.blobs[blobId]?.isGone = true } }

  // MARK: Clock and faults

  package var now: Instant { simulation.with { $0.now } }

  /// Moves the simulated clock; negative goes back.
  package func advanceClock(seconds: Double) {
    simulation.with { $0.clock.set(to: $0.now.advanced(bySeconds: seconds)) }
  }

  package func setClock(_ instant: Instant) { simulation.with { $0.clock.set(to: instant) } }

  /// Replaces the faults in force; an empty list clears them.
  package func setFaults(_ specifications: [String]) throws(SimulatorError) {
    var faults: [Fault] = []
    for text in specifications { faults.append(try Fault(text)) }
    let parsed = faults
    simulation.with { $0.faults.set(parsed) }
  }

  package func addFault(_ specification: String) throws(SimulatorError) {
    let fault = try Fault(specification)
    simulation.with { $0.faults.add(fault) }
  }

  /// How often each fault has struck, in the order they were set.
  package var faultStrikes: [Int] { simulation.with { $0.faults.strikes.map(\.count) } }

  // MARK: Looking

  package var log: [LogEntry] { simulation.with { $0.log.entries } }

  /// The log entries of one event, e.g. `sent`.
  package func log(_ event: String) -> [LogEntry] { log.filter { $0.event == event } }

  /// How many requests a route has answered, whatever the answer.
  package func requestCount(_ route: Route) -> Int { simulation.with { $0.requestCounts[route] ?? 0 } }

  /// The mailboxes with their credentials, by identifier.
  package var mailboxes: [Profile] {
    simulation.with { world in world.profiles.values.filter { $0.oid != nil }.sorted { $0.identifier < $1.identifier } }
  }

  /// Everything, as JSON: profiles, messages, blobs, faults, counts.
  package var stateDump: JSON { simulation.with { $0.dump() } }

  private func get<Value: Sendable>(_ body: (inout World) throws(SimulatorError) -> Value) throws(SimulatorError) -> Value {
    let result: Result<Value, SimulatorError> = simulation.with { world in
      do throws(SimulatorError) { return .success(try body(&world)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

extension World {
  mutating func openByPerson(_ id: Int, name: String) throws(SimulatorError) {
    guard let message = message(id) else { throw SimulatorError("there is no message \(id)") }
    for recipient in message.recipients {
      markOpened(id, by: recipient.profileId, loginId: World.personLogin, loginName: name, at: localNow)
      record("openedByPerson", ["mailbox": .text(profiles[recipient.profileId]?.identifier), "messageId": .int(id)])
    }
  }

  /// The fault `down`, when it strikes the connection that comes in now.
  mutating func refusal() -> Fault? {
    faults.take(at: now, &chance) { $0.kind == .down }.first
  }

  func dump() -> JSON {
    let people = profiles.values.sorted { $0.profileId < $1.profileId }.map { profile in
      JSON.members([
        "profileId": .int(profile.profileId), "identifier": .string(profile.identifier), "name": .string(profile.name),
        "kind": .string(profile.kind.rawValue), "oid": .text(profile.oid), "cn": .text(profile.clientName),
      ])
    }
    let letters = messages.values.sorted { $0.id < $1.id }.map { message in
      JSON.members([
        "messageId": .int(message.id), "dateSent": .string(message.sentAt.text), "senderProfileId": .int(message.senderId),
        "subject": .string(message.subject), "rnu": .string(message.rnu), "templateId": .int(message.templateId),
        "visible": .bool(isVisible(message)), "forwardedMessageId": .int(message.forwardedId),
        "blobIds": .array(message.files.map { .int($0) }),
        "recipients": .array(
          message.recipients.map {
            .members(["profileId": .int($0.profileId), "dateReceived": .text($0.receivedAt?.text), "login": .string($0.loginName)])
          }),
      ])
    }
    let files = blobs.values.sorted { $0.id < $1.id }.map { blob in
      JSON.members([
        "blobId": .int(blob.id), "ownerProfileId": .int(blob.ownerId), "fileName": .string(blob.fileName), "size": .int(blob.length),
        "storage": .bool(blob.isStorage),
      ])
    }
    let counts = requestCounts.sorted { $0.key.rawValue < $1.key.rawValue }.map { JSON.Member($0.key.rawValue, .int($0.value)) }
    let strikes = faults.strikes.map { strike in
      JSON.members(["kind": .string(strike.fault.values["code"] ?? strike.fault.kind.rawValue), "struck": .int(strike.count)])
    }
    return .members([
      "now": .string(SofiaTime(now).text), "profiles": .array(people), "messages": .array(letters), "blobs": .array(files),
      "requests": .object(counts), "faults": .array(strikes),
    ])
  }
}

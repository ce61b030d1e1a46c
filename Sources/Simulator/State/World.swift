/// Everything the simulated ССЕВ knows. One lock guards it (see `Simulation`); nothing in it blocks or waits.
struct World {
  let configuration: Configuration
  var clock: Clock
  var chance: Chance
  var faults: FaultBook
  var log: EventLog

  private(set) var profiles: [Int: Profile] = [:]
  var templates: [Template] = Template.builtIn
  var blobs: [Int: Blob] = [:]
  /// Messages by number, and the numbers of each profile's boxes.
  private(set) var messages: [Int: Message] = [:]
  private(set) var received: [Int: [Int]] = [:]
  private(set) var sent: [Int: [Int]] = [:]
  var links: [String: Link] = [:]
  var tokens: [String: BearerToken] = [:]
  /// How many requests each route has answered.
  var requestCounts: [Route: Int] = [:]
  /// Scheme, host and port of the two applications, once they listen; the same when one port serves both.
  var apiHost = "http://127.0.0.1"
  var blobHost = "http://127.0.0.1"

  private var nextBlobId: Int
  private var nextMessageId: Int?

  init(_ configuration: Configuration) throws(SimulatorError) {
    self.configuration = configuration
    clock = Clock(start: configuration.clockStart, standsStill: configuration.clockStandsStill)
    chance = Chance(seed: configuration.seed)
    faults = FaultBook(configuration.faults)
    log = try EventLog(file: configuration.logFile)
    nextBlobId = configuration.firstBlobId
    nextMessageId = configuration.nextMessageId
    for profile in configuration.profiles { try add(profile) }
    for json in configuration.templates { templates.append(try Template(json: json)) }
  }

  var now: Instant { clock.now }

  var localNow: SofiaTime { SofiaTime(clock.now) }

  /// A time as the API writes it.
  func time(_ time: SofiaTime?) -> JSON {
    guard let time else { return .null }
    return .string(configuration.asDocumented ? time.textWithoutOffset : time.text)
  }

  mutating func record(_ event: String, _ details: KeyValuePairs<String, JSON>) { log.append(event, at: now, details) }
}

// MARK: - Profiles

extension World {
  mutating func add(_ profile: Profile) throws(SimulatorError) {
    if let other = profiles[profile.profileId] { throw SimulatorError("profile \(other.profileId) is there twice") }
    if let oid = profile.oid, let name = profile.clientName, profiles.values.contains(where: { $0.oid == oid && $0.clientName == name }) {
      throw SimulatorError("profile \(profile.profileId): its credential (\(oid), \(name)) belongs to another profile")
    }
    profiles[profile.profileId] = profile
  }

  /// The mailbox with this identifier. Without a list of profiles it is made on the spot, with the documented credential.
  mutating func mailbox(_ identifier: String) throws(SimulatorError) -> Profile {
    if let known = profiles.values.first(where: { $0.identifier == identifier && $0.oid != nil }) { return known }
    guard configuration.profiles.isEmpty else { throw SimulatorError("mailbox \"\(identifier)\" is in no profile with a credential") }
    let number = profiles.values.count { $0.oid != nil } + 1
    let profile = Profile(
      profileId: 800_000 + number, identifier: identifier, name: "Поделение \(identifier)", kind: .institution,
      oid: "2.16.100.1.1.999.\(number)",
      clientName: "intake-\(identifier)")
    try add(profile)
    return profile
  }

  func freeProfileId() -> Int { (profiles.keys.filter { (900_000..<1_000_000).contains($0) }.max() ?? 900_000) + 1 }
}

// MARK: - Messages and blobs

extension World {
  func isVisible(_ message: Message) -> Bool { message.visibleFrom <= now }

  /// A committed message.
  func message(_ id: Int) -> Message? {
    guard let message = messages[id], isVisible(message) else { return nil }
    return message
  }

  mutating func change(_ id: Int, _ body: (inout Message) -> Void) {
    guard var message = messages[id] else { return }
    body(&message)
    messages[id] = message
  }

  mutating func takeMessageId() -> Int {
    let id = nextMessageId ?? (messages.keys.max() ?? 700_000) + 1
    nextMessageId = id + 1
    return messages[id] == nil ? id : takeMessageId()
  }

  mutating func takeBlobId() -> Int {
    defer { nextBlobId += 1 }
    return nextBlobId
  }

  /// Puts a message into the boxes of everybody concerned.
  mutating func insert(_ message: Message) throws(SimulatorError) {
    guard messages[message.id] == nil else { throw SimulatorError("message \(message.id) is there twice") }
    messages[message.id] = message
    sent[message.senderId, default: []].append(message.id)
    for recipient in message.recipients { received[recipient.profileId, default: []].append(message.id) }
  }

  func inbox(of profileId: Int) -> [Message] {
    (received[profileId] ?? []).compactMap { messages[$0] }.filter { isVisible($0) }
  }

  func outbox(of profileId: Int) -> [Message] {
    (sent[profileId] ?? []).compactMap { messages[$0] }.filter { isVisible($0) }
  }

  /// Records an opening, by the client or by a person.
  mutating func markOpened(_ id: Int, by profileId: Int, loginId: Int, loginName: String, at time: SofiaTime) {
    change(id) { message in
      for index in message.recipients.indices where message.recipients[index].profileId == profileId {
        message.recipients[index].isOpening = false
        guard message.recipients[index].receivedAt == nil else { continue }
        message.recipients[index].receivedAt = time
        message.recipients[index].loginId = loginId
        message.recipients[index].loginName = loginName
      }
    }
  }
}

extension Message {
  func recipient(_ profileId: Int) -> Recipient? { recipients.first { $0.profileId == profileId } }
}

/// The simulated clock.
struct Clock: Sendable {
  private var offset: Int64
  private var standing: Instant?

  init(start: Instant?, standsStill: Bool) {
    let system = Instant.systemNow()
    offset = start.map { $0.ticks - system.ticks } ?? 0
    standing = standsStill ? start ?? system : nil
  }

  var now: Instant { standing ?? Instant(ticks: Instant.systemNow().ticks + offset) }

  mutating func set(to instant: Instant) {
    if standing != nil { standing = instant } else { offset = instant.ticks - Instant.systemNow().ticks }
  }
}

/// A download link: what its token stands for (contract 6.2).
struct Link: Sendable {
  var blobId: Int
  var expires: Instant
}

/// What the bus bound into a token (contract 2.2).
struct BearerToken: Sendable {
  var miscinfo: String
  var expires: Instant
}

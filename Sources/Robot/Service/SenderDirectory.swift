import Mailbox
import Model

/// Who stands behind a sender's profile: its identifier and kind. Messages tell only the profile id (contract section 8.4).
///
/// Answers are kept for the life of the process, the newest few thousand. What ССЕВ cannot say (a profile in two target groups makes its own
/// search fail) is unknown and stops nothing.
actor SenderDirectory {
  struct Sender: Sendable, Equatable {
    var identifier: String?
    /// A word of the fact `sender.kind`.
    var kind: String
  }

  private var known: [Int64: Sender] = [:]
  private static let capacity = 4_000

  /// Throws only what may pass (unreachable, no token): the step is tried again.
  func sender(_ profileId: Int64, _ client: MailboxClient) async throws(OperatorError) -> Sender {
    if let sender = known[profileId] { return sender }
    let sender = try await ask(profileId, client)
    if known.count >= SenderDirectory.capacity { known.removeAll() }
    known[profileId] = sender
    return sender
  }

  private func ask(_ profileId: Int64, _ client: MailboxClient) async throws(OperatorError) -> Sender {
    guard let profile = try await lasting({ () async throws(OperatorError) in try await client.profile(profileId) }) else {
      return Sender(identifier: nil, kind: "unknown")
    }
    let identifier = profile.identifier.filter(\.isASCII).filter { $0.isNumber || $0.isLetter }
    guard !identifier.isEmpty else { return Sender(identifier: nil, kind: "unknown") }
    // Ten digits are a person (ЕГН, ЛНЧ), and never stand in an address.
    if identifier.count == 10 { return Sender(identifier: identifier, kind: "person") }
    // Groups of contract section 3.5; a company can be told from an administration only by asking.
    let groups: [(id: Int64, kind: String)] = [(3, "institution"), (2, "company"), (4, "social")]
    for group in groups {
      let found = try await lasting { () async throws(OperatorError) in try await client.profile(identifier: identifier, targetGroup: group.id) }
      if found != nil { return Sender(identifier: identifier, kind: group.kind) }
    }
    return Sender(identifier: identifier, kind: "unknown")
  }

  /// `nil` for a failure that would come again each time.
  private func lasting(_ call: () async throws(OperatorError) -> Profile?) async throws(OperatorError) -> Profile? {
    do {
      return try await call()
    } catch  where ["mailbox.not-found-or-broken", "mailbox.forbidden", "mailbox.rejected", "mailbox.not-found"].contains(error.code) {
      return nil
    }
  }
}

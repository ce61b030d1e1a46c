import HTTPTransport
import LoopbackServer
import Mailbox
import Model
import Runtime
import Synchronization
import Testing

/// The client of the golden world: profile 8101, clock standing at 2026-02-03 14:30 in Sofia.
func makeClient(
  _ server: LoopbackServer, oid: String = "2.16.100.1.1.999.1", clientId: String = "intake.robot.test", transport: HTTPTransport = HTTPTransport(),
  limits: MailboxEndpoint.Limits = MailboxEndpoint.Limits(), time: any TimeSource = ManualTime(goldenNow)
) -> MailboxClient {
  MailboxClient(
    recipient: "1210150561306", endpoint: MailboxEndpoint(api: server.base, upload: server.base, limits: limits),
    authentication: .direct(oid: oid, clientId: clientId), transport: transport, surroundings: surroundings(time))
}

func surroundings(_ time: any TimeSource = ManualTime(goldenNow)) -> Surroundings {
  Surroundings(time: time, random: SeededRandom(seed: 1), log: .disabled(time: time))
}

let goldenNow = at("2026-02-03T14:30:00+02:00")

/// A moment written in a test.
func at(_ text: String) -> Timestamp {
  guard let moment = Timestamp(iso8601: text) else { preconditionFailure("\(text) is no time") }
  return moment
}

/// The error of a call that must fail.
func failure<Value>(_ run: () async throws -> Value, _ location: SourceLocation = #_sourceLocation) async throws -> OperatorError {
  do {
    _ = try await run()
  } catch let error as OperatorError {
    return error
  }
  Issue.record("the call succeeded", sourceLocation: location)
  throw Missing()
}

struct Missing: Error {}

final class CollectingSink: ByteSink {
  private let stored = Mutex<[UInt8]>([])
  var bytes: [UInt8] { stored.withLock { $0 } }
  func write(_ bytes: UnsafeRawBufferPointer) throws { stored.withLock { $0.append(contentsOf: bytes) } }
}

extension SendOutcome {
  /// `sent 500200`, `not-sent mailbox.rejected`, `uncertain mailbox.unreachable`.
  var word: String {
    switch self {
    case .sent(let id): "sent \(id)"
    case .notSent(let error): "not-sent \(error.code)"
    case .uncertain(let error): "uncertain \(error.code)"
    }
  }
}

let reply = OutgoingMessage(
  recipientProfileIds: [7001], subject: "Потвърждение за получаване", rnu: nil, templateId: 1,
  fields: [BuiltInTemplate.messageBody: "Вашето заявление е регистрирано."])

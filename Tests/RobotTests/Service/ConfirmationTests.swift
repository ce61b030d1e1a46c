import Model
import Registry
import Runtime
import Simulator
import Synchronization
import Testing

@testable import Robot

@Suite("Confirmations that nobody is sure of", .timeLimit(.minutes(8)))
struct ConfirmationTests {
  /// Faults of sending after which ССЕВ has the message, or has not; either way there is one at the end.
  @Test(
    "one reply, whatever happens to the answer",
    arguments: [
      "405:route=send,when=after,count=1", "405:route=send,when=before,count=1", "reset-after:route=send,count=1", "cut-after:route=send,count=1",
      "reset-before:route=send,count=1", "503:route=send,count=2", "429:route=send,retry-after=0,count=1", "close-before:route=send,count=1",
      "truncated-json:route=send,count=1", "401:route=send,count=1", "late-commit:route=send,answer=504,seconds=0.05,count=1",
    ])
  func oneReply(fault: String) async throws {
    let installation = try TestInstallation()
    let id = try installation.send()
    try installation.simulator.setFaults([fault])
    try await installation.run()
    #expect(installation.simulator.log("sent").count == 1, "\(installation.log.all.suffix(6))")
    #expect(try await installation.message(id)?.state == .settled)
  }

  @Test("a crash between sending and its record ends in one reply, found in the outbox")
  func crashAfterSend() async throws {
    let installation = try TestInstallation()
    let id = try installation.send()
    await #expect(throws: (any Error).self) {
      try await installation.run(faults: Crash("robot.send.after"))
    }
    #expect(installation.simulator.log("sent").count == 1)
    try await installation.run()
    #expect(installation.simulator.log("sent").count == 1)
    #expect(installation.log.count(of: "reply.found") == 1)
    #expect(try await installation.message(id)?.state == .settled)
  }

  @Test("a wall clock that jumps forward does not end the horizon")
  func clockJump() async throws {
    let installation = try TestInstallation()
    _ = try installation.send()
    // ССЕВ answers at once that it failed, and commits the message a moment later.
    try installation.simulator.setFaults(["late-commit:route=send,answer=504,seconds=0.12,count=1"])
    let time = JumpingTime()
    let service = RobotService(
      configuration: installation.configuration, rulesets: installation.rulesets, notifier: SystemdNotifier(environment: [:]),
      surroundings: installation.surroundings(time: time))
    async let end: Void = service.run(.untilIdle(patience: nil), signals: AsyncStream { _ in })
    await installation.log.wait(for: "reply.uncertain")
    time.jump(by: .seconds(7200))
    try await end
    #expect(installation.simulator.log("sent").count == 1)
    #expect(installation.log.count(of: "reply.found") == 1)
  }

  @Test("K confirmations an hour to one sender; the rest waits for a person, and the messages are numbered all the same")
  func storm() async throws {
    let installation = try TestInstallation(replies: "per sender and hour 2")
    let ids = try (0..<4).map { try installation.send(subject: "Молба \($0)") }
    try await installation.run()
    #expect(installation.simulator.log("sent").count == 2)
    for id in ids { #expect(try await installation.message(id)?.entry != nil) }
    let parked = try await installation.look { try $0.jobs(JobFilter(states: [.parked])) }
    #expect(parked.map(\.lastCode) == ["reply.storm", "reply.storm"])
  }

  @Test("a confirmation in the outbox that this database never sent stops numbering and sending")
  func foreignMark() async throws {
    let installation = try TestInstallation()
    let foreign = Mark(environment: installation.configuration.environment, epoch: Epoch(ordinal: 7, random: 99), messageId: 5, reply: .confirmation)
    try await installation.sendAsMailbox(subject: ReplySubject.render(number: "П/Д-БЧ/9/01.07.2026", mark: foreign))
    let id = try installation.send()
    try await installation.run(.untilIdle(patience: .zero))
    #expect(try await installation.message(id)?.entry == nil)
    #expect(installation.simulator.log("sent").count == 1, "only the foreign one")
    #expect(installation.log.count(of: "outbox.unknown-mark") >= 1)
    guard case .stopped = try await installation.look({ try $0.numbering() }) else { throw TestFailure("numbering goes on") }
  }

  @Test("an outbox that cannot be read keeps numbers and replies back, parks nothing, and is forgotten once it can")
  func outboxUnreadable() async throws {
    let installation = try TestInstallation()
    let id = try installation.send()
    try installation.simulator.setFaults(["503:route=outbox"])
    // After five failures in a row the host is left alone, its lists too.
    try await installation.run(.untilIdle(patience: .zero), mayEndWith: "robot.mailboxes-not-polled")
    #expect(try await installation.message(id)?.entry == nil)
    #expect(try await installation.look { try $0.jobs(JobFilter(states: [.parked])) }.isEmpty)
    try installation.simulator.setFaults([])
    try await installation.run()
    #expect(try await installation.message(id)?.state == .settled)
    // Registered before, restarted with the outbox away: the reply waits its turn too.
    let second = try installation.send(subject: "Молба втора")
    try await installation.run(.untilIdle(patience: .zero), faults: Crash("robot.send.before"), expectsCrash: true)
    try installation.simulator.setFaults(["503:route=outbox"])
    try await installation.run(.untilIdle(patience: .zero), mayEndWith: "robot.mailboxes-not-polled")
    #expect(try await installation.look { try $0.jobs(JobFilter(states: [.parked])) }.allSatisfy { $0.lastCode != "robot.outbox-unknown-mark" })
    try installation.simulator.setFaults([])
    try await installation.run()
    #expect(try await installation.message(second)?.entry != nil && installation.simulator.log("sent").count == 2)
  }

  @Test("an answer that a clerk wrote to a confirmation, and another administration's mark, stop nothing")
  func harmlessMarks() async throws {
    let installation = try TestInstallation()
    let own = installation.configuration.environment
    let quoted = Mark(environment: own, epoch: Epoch(ordinal: 7, random: 99), messageId: 5, reply: .confirmation)
    try await installation.sendAsMailbox(subject: "RE: Потвърждение за получаване – вх. № 1 \(quoted)")
    let other = Mark(environment: try #require(EnvironmentName("other")), epoch: Epoch(ordinal: 7, random: 99), messageId: 5, reply: .confirmation)
    try await installation.sendAsMailbox(subject: "Потвърждение за получаване – вх. № 1 \(other)")
    let id = try installation.send()
    try await installation.run()
    #expect(try await installation.message(id)?.state == .settled)
  }

  @Test("a clock that is off stops registration, not reading; when it is right again the message is numbered")
  func clockOff() async throws {
    let installation = try TestInstallation()
    let id = try installation.send()
    installation.simulator.advanceClock(seconds: 7200)
    try await installation.run(.untilIdle(patience: .zero))
    #expect(try await installation.message(id)?.state == .decided)
    #expect(installation.log.count(of: "clock.off") == 1)
    installation.simulator.advanceClock(seconds: -7200)
    try await installation.run()
    #expect(try await installation.message(id)?.state == .settled)
  }
}

/// Ends the run at a point as a crash would: the process-ending error leaves everything as the disk has it.
final class Crash: FaultInjector {
  private let point: String

  init(_ point: String) { self.point = point }

  func reach(_ reached: FaultPoint) throws {
    guard reached.name.description == point else { return }
    throw OperatorError("test.crash", "the process ends here", remedy: "none", disposition: .restart)
  }
}

/// The machine's clocks, with a wall clock that can be set forward.
final class JumpingTime: TimeSource {
  private let system = SystemTime()
  private let offset = Mutex(Duration.zero)

  func jump(by duration: Duration) { offset.withLock { $0 += duration } }
  func now() -> Timestamp { system.now() + offset.withLock { $0 } }
  func elapsed() -> Duration { system.elapsed() }
  func uptime() -> Duration { system.uptime() }
  func sleep(for duration: Duration) async throws { try await system.sleep(for: duration) }
}

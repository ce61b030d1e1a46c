import Model
import Robot
import Testing

@Suite("Guards")
struct GuardTests {
  @Test("an answer to any robot's confirmation gets none")
  func loop() throws {
    let mark = Mark(
      environment: try #require(EnvironmentName("other")), epoch: Epoch(ordinal: 3, random: 5), messageId: 1, reply: .duplicate)
    #expect(!LoopGuard.allowsReply(toSubject: "RE: FW: Потвърждение \(mark) благодаря"))
    #expect(LoopGuard.allowsReply(toSubject: "Молба [ir1-не-е-белег]"))
  }

  @Test("K confirmations a sender and hour, not one more")
  func storm() {
    let storm = StormGuard(perSenderAndHour: 3)
    #expect(storm.refusal(alreadySent: 2, senderProfile: 5) == nil)
    #expect(storm.refusal(alreadySent: 3, senderProfile: 5)?.code == "reply.storm")
    #expect(storm.refusal(alreadySent: 3, senderProfile: 5)?.disposition == .park)
  }

  @Test("the clock may differ by the bound, in both directions")
  func clock() throws {
    let clock = ClockGuard(bound: .seconds(60))
    let server = Timestamp(seconds: 1_000_000)
    #expect(clock.refusal(server: server, local: server + .seconds(61)) == nil)
    #expect(clock.refusal(server: server, local: server + .seconds(62))?.code == "robot.clock-off")
    #expect(clock.refusal(server: server, local: server - .seconds(62))?.summary.contains("behind") == true)
  }

  @Test("an uncertain reply is sent again only after two looks and the horizon")
  func uncertain() {
    let waits = ConfirmationWaits(firstLook: .seconds(90), secondLook: .seconds(120), horizon: .seconds(600))
    var reply = UncertainReply(since: .seconds(1000))
    #expect(reply.step(now: .seconds(1000), waits: waits) == .wait(.seconds(90)))
    #expect(reply.step(now: .seconds(1090), waits: waits) == .look)
    reply = UncertainReply(since: .seconds(1000), looks: 1, lastLook: .seconds(1090))
    #expect(reply.step(now: .seconds(1300), waits: waits) == .wait(.seconds(300)), "the horizon counts, not the second wait alone")
    #expect(reply.step(now: .seconds(1600), waits: waits) == .look)
    reply = UncertainReply(since: .seconds(1000), looks: 2, lastLook: .seconds(1600))
    #expect(reply.step(now: .seconds(1600), waits: waits) == .sendAgain)
    // A robot that was away for long finds the horizon passed at its first look: one look is not enough all the same.
    reply = UncertainReply(since: .seconds(1000), looks: 1, lastLook: .seconds(9000))
    #expect(reply.step(now: .seconds(9000), waits: waits) == .wait(.seconds(120)))
    #expect(reply.step(now: .seconds(9120), waits: waits) == .look)
    #expect(UncertainReply(since: .seconds(1000)).step(now: .seconds(9000), waits: waits) == .look)
  }

  @Test("a look before the horizon never counts as the last")
  func uncertainShortWaits() {
    let waits = ConfirmationWaits(firstLook: .seconds(1), secondLook: .seconds(1), horizon: .seconds(100))
    let early = UncertainReply(since: .zero, looks: 2, lastLook: .seconds(2))
    #expect(early.step(now: .seconds(99), waits: waits) == .wait(.seconds(1)))
    #expect(early.step(now: .seconds(100), waits: waits) == .look)
    let late = UncertainReply(since: .zero, looks: 3, lastLook: .seconds(100))
    #expect(late.step(now: .seconds(100), waits: waits) == .sendAgain)
  }

  @Test("after the machine was started anew only the time since then counts towards the horizon")
  func uncertainAfterReboot() {
    let waits = ConfirmationWaits(firstLook: .seconds(90), secondLook: .seconds(120), horizon: .seconds(600))
    var reply = UncertainReply(since: .seconds(50_000))
    #expect(reply.step(now: .seconds(10), waits: waits) == .wait(.seconds(80)))
    reply = UncertainReply(since: .seconds(50_000), looks: 2, lastLook: .seconds(599))
    #expect(reply.step(now: .seconds(600), waits: waits) == .wait(.seconds(119)))
    reply.lastLook = .seconds(600)
    #expect(reply.step(now: .seconds(600), waits: waits) == .sendAgain)
  }
}

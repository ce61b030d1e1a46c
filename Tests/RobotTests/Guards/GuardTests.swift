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
    func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }
    var reply = UncertainReply(since: at(1000))
    #expect(reply.step(now: at(1000), waits: waits) == .wait(until: at(1090)))
    #expect(reply.step(now: at(1090), waits: waits) == .look)
    reply = UncertainReply(since: at(1000), looks: 1, lastLook: at(1090))
    #expect(reply.step(now: at(1300), waits: waits) == .wait(until: at(1600)), "the horizon counts, not the second wait alone")
    #expect(reply.step(now: at(1600), waits: waits) == .look)
    reply = UncertainReply(since: at(1000), looks: 2, lastLook: at(1600))
    #expect(reply.step(now: at(1600), waits: waits) == .sendAgain)
  }

  @Test("a look before the horizon never counts as the last")
  func uncertainShortWaits() {
    let waits = ConfirmationWaits(firstLook: .seconds(1), secondLook: .seconds(1), horizon: .seconds(100))
    let early = UncertainReply(since: Timestamp(seconds: 0), looks: 2, lastLook: Timestamp(seconds: 2))
    #expect(early.step(now: Timestamp(seconds: 99), waits: waits) == .wait(until: Timestamp(seconds: 100)))
    #expect(early.step(now: Timestamp(seconds: 100), waits: waits) == .look)
    let late = UncertainReply(since: Timestamp(seconds: 0), looks: 3, lastLook: Timestamp(seconds: 100))
    #expect(late.step(now: Timestamp(seconds: 100), waits: waits) == .sendAgain)
  }
}

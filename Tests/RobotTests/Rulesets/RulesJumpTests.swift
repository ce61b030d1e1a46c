import Registry
import Testing

@testable import Robot

@Suite struct RulesJumpTests {
  private func decisions(_ digest: String, _ count: Int, review: Int = 0, rules: [String: Int] = [:]) -> [RecentDecision] {
    (0..<count).map { number in
      RecentDecision(digest: digest, isReview: number < review, rules: rules.filter { number < $0.value }.keys.sorted())
    }
  }

  private func jumps(_ newest: [RecentDecision], _ older: [RecentDecision], _ change: (inout WatchSettings) -> Void = { _ in }) -> [RulesJump] {
    var settings = WatchSettings()
    change(&settings)
    return RulesJump.find(in: newest + older, settings)
  }

  @Test func `a share of reviews that jumps is told, in either direction`() {
    let jump = RulesJump(share: .review, before: 10, after: 40, decidedBefore: 100, decidedAfter: 50)
    #expect(jumps(decisions("n", 50, review: 20), decisions("o", 100, review: 10)) == [jump])
    #expect(jump.sentence == "documents for review: 10 % of 100 before these rules, 40 % of 50 since")
    #expect(jumps(decisions("n", 50), decisions("o", 100, review: 30)).map(\.after) == [0])
    #expect(jumps(decisions("n", 50, review: 14), decisions("o", 100, review: 10)).isEmpty, "18 points")
  }

  @Test func `so is that of one rule, new ones and vanished ones among them`() {
    let found = jumps(decisions("n", 40, rules: ["а": 36, "б": 20]), decisions("o", 40, rules: ["а": 36, "в": 16]))
    #expect(found.map(\.share) == [.rule("б"), .rule("в")])
    #expect(found.map(\.before) == [0, 40] && found.map(\.after) == [50, 0])
  }

  @Test func `too few decisions say nothing, and only so many are looked at`() {
    #expect(jumps(decisions("n", 29, review: 29), decisions("o", 100)).isEmpty)
    #expect(jumps(decisions("n", 100, review: 100), decisions("o", 29)).isEmpty)
    #expect(jumps(decisions("n", 100, review: 100), []).isEmpty)
    #expect(jumps([], []).isEmpty)
    // Only the newest fifty of each side: there the shares are equal.
    let calm = jumps(decisions("n", 60, review: 60), decisions("o", 50, review: 50) + decisions("o", 500)) { $0.messages = 50 }
    #expect(calm.isEmpty)
  }
}

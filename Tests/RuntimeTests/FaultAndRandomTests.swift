import Runtime
import Testing

@Suite struct FaultAndRandomTests {
  private static let point = FaultPoint("registry.commit")

  @Test func failsAtTheNamedPassageOnly() throws {
    let plan = FaultPlan(point: "registry.commit", passage: 3, kills: false)
    try plan.reach(Self.point)
    try plan.reach(FaultPoint("registry.other"))
    try plan.reach(Self.point)
    #expect(throws: InjectedFault.self) { try plan.reach(Self.point) }
    try plan.reach(Self.point)
  }

  @Test func readsItsText() throws {
    let plan = try #require(FaultPlan("registry.commit:1:fail"))
    #expect(throws: InjectedFault.self) { try plan.reach(Self.point) }
  }

  @Test(arguments: ["", "a", "a:1", "a:0:kill", "a:-1:fail", "a:x:fail", ":1:fail", "a:1:burn", "a:1:fail:b"]) func refusesOtherTexts(text: String) {
    #expect(FaultPlan(text) == nil)
  }

  @Test func killsTheProcess() async {
    await #expect(processExitsWith: .signal(9)) {
      try FaultPlan(point: "a", passage: 1, kills: true).reach(FaultPoint("a"))
    }
  }

  @Test func seededRandomRepeats() {
    let one = SeededRandom(seed: 42)
    let other = SeededRandom(seed: 42)
    let third = SeededRandom(seed: 43)
    let drawn = (0..<100).map { _ in one.next() }
    #expect(drawn == (0..<100).map { _ in other.next() })
    #expect(drawn != (0..<100).map { _ in third.next() })
    // SplitMix64's published first output for seed 0.
    #expect(SeededRandom(seed: 0).next() == 0xE220_A839_7B1D_CDAF)
  }

  @Test func boundsAndHex() {
    let random = SeededRandom(seed: 7)
    var seen: Set<UInt64> = []
    for _ in 0..<1_000 {
      let value = random.below(6)
      #expect(value < 6)
      seen.insert(value)
    }
    #expect(seen.count == 6)
    #expect(random.below(1) == 0)
    let text = random.hex(bytes: 64)
    #expect(text.utf8.count == 128)
    #expect(text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    #expect(SystemRandom().bytes(32) != SystemRandom().bytes(32))
  }
}

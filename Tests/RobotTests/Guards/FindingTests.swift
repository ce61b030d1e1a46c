import Testing

@testable import Robot

@Suite("What check prints")
struct FindingTests {
  @Test("hundreds of things are counted, three are named, and the way to all is told")
  func counted() {
    let items = (1...165).map { "12101505\($0) Д-?\($0)" }
    let text = Finding.counted(items, "units have a fictitious index")
    #expect(
      text
        == "165 units have a fictitious index: 121015051 Д-?1, 121015052 Д-?2, 121015053 Д-?3 and 162 more (`intake-robot check --json` lists them)")
    #expect(Finding.counted(Array(items.prefix(2)), "units").hasSuffix("121015051 Д-?1, 121015052 Д-?2"))
  }
}

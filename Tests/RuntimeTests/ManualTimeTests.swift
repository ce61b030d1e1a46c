import Model
import Runtime
import Testing

@Suite(.timeLimit(.minutes(8))) struct ManualTimeTests {
  private let start = Timestamp(seconds: 1_770_000_000)

  @Test func bothClocksMoveTogetherUntilTheWallClockIsSet() {
    let time = ManualTime(start)
    time.advance(by: .seconds(90))
    #expect(time.now() == start + .seconds(90))
    #expect(time.elapsed() == .seconds(90))
    time.set(start - .seconds(3600))
    #expect(time.now() == start - .seconds(3600))
    #expect(time.elapsed() == .seconds(90))
  }

  @Test func sleepersWakeWhenTheirTimeHasCome() async throws {
    let time = ManualTime(start)
    let long = Task { try await time.sleep(for: .seconds(10)) }
    let short = Task { try await time.sleep(for: .seconds(5)) }
    while time.sleeping < 2 { await Task.yield() }
    time.advance(by: .seconds(4))
    #expect(time.sleeping == 2)
    time.advance(by: .seconds(1))
    try await short.value
    #expect(time.sleeping == 1)
    time.advance(by: .seconds(5))
    try await long.value
    try await time.sleep(for: .zero)
  }

  @Test func cancellationWakesAtOnce() async {
    let time = ManualTime(start)
    let task = Task { try await time.sleep(for: .seconds(10)) }
    while time.sleeping < 1 { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(time.sleeping == 0)
  }

  /// The machine's clock is UTC and its other clock does not stand still.
  @Test func systemTime() async throws {
    let time = SystemTime()
    let before = time.elapsed()
    try await time.sleep(for: .milliseconds(2))
    #expect(time.elapsed() - before >= .milliseconds(2))
    #expect(time.now() > Timestamp(seconds: 1_700_000_000))
  }
}

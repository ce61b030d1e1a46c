import Testing

/// Every message of `Samples/` through the real programs, to the end it must have; a second run changes nothing.
@Suite struct SamplesTests {
  @Test func everySampleComesToItsEnd() async throws {
    let run = try await WholeRun.value()
    #expect(run.trace.end == .exited(0), "\(run.trace.error.suffix(2_000))")
    #expect(run.expectations.count >= 60)
    for problem in run.ends.problems(run.expectations, .exact) { Issue.record("\(problem)") }
  }

  @Test func aSecondRunChangesNothing() async throws {
    let run = try await WholeRun.value()
    #expect(run.second.end == .exited(0), "\(run.second.error.suffix(2_000))")
    #expect(run.endsAfter.messages == run.ends.messages)
    #expect(run.endsAfter.sent == run.ends.sent)
    #expect(run.exportsAreEqual)
  }
}

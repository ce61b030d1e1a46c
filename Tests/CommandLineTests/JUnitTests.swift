import Testing

@testable import CommandLine

@Suite struct JUnitTests {
  @Test func `passes, failures and signs that XML cannot hold`() {
    let text = JUnitReport.make(
      "rules",
      [
        JUnitReport.Case(name: "letters/а", group: "samples", failures: []),
        JUnitReport.Case(name: "letters/\"б\" & <в>\u{1}", group: "samples", failures: ["journal: - А + Б", "type: - x + y"]),
      ])
    #expect(
      text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="rules" tests="2" failures="1">
          <testcase classname="samples" name="letters/а"/>
          <testcase classname="samples" name="letters/&quot;б&quot; &amp; &lt;в&gt;\u{FFFD}">
            <failure message="journal: - А + Б">journal: - А + Б&#10;type: - x + y</failure>
          </testcase>
        </testsuite>

        """)
  }
}

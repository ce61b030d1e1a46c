import Model
import Testing

@testable import Rules

@Suite struct SettingsTests {
  private func read(_ text: String) -> (SettingsBlock, DiagnosticCollector) {
    let collector = DiagnosticCollector()
    let (statements, found) = Syntax.parse(SourceText(path: "robot.conf", text: text))
    collector.add(found)
    let head = Span(file: SourceFile(SourceText(path: "robot.conf", text: text)), start: 0, end: 1)
    return (SettingsBlock(statements, title: "robot.conf", head: head, diagnostics: collector), collector)
  }

  @Test func `every kind of value is read`() throws {
    let (root, found) = read(
      """
      # a comment
      database "/var/lib/intake" ; poll every 30 s
      mailbox "Балчик" { serve from 2026-07-01T09:00:00+03:00; mode active }
      mailbox "Варна"
      {
        mode shadow
      }
      limit 50 MB
      statement at 06:15
      names "a",
            "b"
      loud
      """)
    #expect(root.text("database")?.value == "/var/lib/intake")
    #expect(root.duration("poll every", in: .seconds(1) ... .seconds(60))?.value == .seconds(30))
    #expect(root.size("limit", in: 0...1 << 40)?.value == 50 << 20)
    #expect(root.clock("statement at")?.value == 375)
    #expect(root.texts("names").map(\.value) == ["a", "b"])
    #expect(root.flag("loud")?.value == true)
    let mailboxes = root.blocks("mailbox")
    #expect(mailboxes.map(\.name.value) == ["Балчик", "Варна"])
    #expect(mailboxes[0].block.time("serve from")?.value == Timestamp(iso8601: "2026-07-01T06:00:00Z"))
    #expect(mailboxes.map { $0.block.word("mode", of: ["active", "shadow"])?.value } == ["active", "shadow"])
    mailboxes.forEach { $0.block.finish() }
    root.finish()
    #expect(found.sorted.map(\.rendered) == [])
  }

  @Test func `all mistakes are reported with their place`() {
    let (root, found) = read("poll evry 30 s\ndatabase 5\nlimit 50MB\ndatabase \"x\"\nstart 2026-07-01T09:00:00\n}\nblock {\n")
    _ = root.duration("poll every", in: .seconds(1) ... .seconds(60), required: true)
    _ = root.text("database")
    _ = root.size("limit", in: 0...100)
    _ = root.time("start")
    root.finish()
    #expect(
      found.sorted.map { "\($0.line):\($0.column) \($0.code)" } == [
        "1:1 syntax.E022", "1:1 syntax.E020", "2:10 syntax.E023", "3:7 syntax.E004", "4:1 syntax.E021", "5:7 syntax.E023",
        "6:1 syntax.E005", "7:1 syntax.E020", "7:7 syntax.E006",
      ])
    #expect(found.sorted[1].help == "write `poll every`")
  }
}

import Model
import Rules
import Testing

@testable import Robot

@Suite("robot.conf")
struct ConfigurationTests {
  static let whole = """
    environment    test
    administration "Агенция за социално подпомагане"
    database "data/registry.sqlite"
    archive  "/srv/archive"
    mirror   "/mnt/mirror/journal.jsonl"
    rules    "asp/asp.rules"
    handoff  directory "handoff"
    poll every 30 s
    ssev {
      api "http://127.0.0.1:8080/"
    }
    mailbox "1210150561306" {
      name       "ДСП – Балчик"
      serve from 2026-07-01T00:00:00+03:00
      credential {
        oid "2.16.100.1.1.999.1"
        cn  "intake.robot.test"
      }
    }
    """

  private func read(_ text: String, credentials: String? = nil) -> ConfigurationReader.Result {
    ConfigurationReader.read(
      SourceText(path: "/etc/ir/robot.conf", text: text),
      places: .init(file: "/etc/ir/robot.conf", credentials: credentials, programs: "/usr/bin"))
  }

  @Test("a whole file, with the documented defaults for the rest")
  func whole() throws {
    let result = read(Self.whole)
    #expect(result.diagnostics.isEmpty)
    let configuration = try #require(result.configuration)
    #expect(configuration.database == "/etc/ir/data/registry.sqlite")
    #expect(configuration.archive == "/srv/archive")
    #expect(configuration.handOff == .directory("/etc/ir/handoff"))
    #expect(configuration.ssev.api == "http://127.0.0.1:8080" && configuration.ssev.upload == configuration.ssev.api)
    #expect(configuration.limits == LimitSettings())
    #expect(configuration.reader == ReaderSettings(program: "/usr/bin/intake-reader"))
    let mailbox = try #require(configuration.mailboxes.first)
    #expect(mailbox.mode == .active && !mailbox.registersOpenedByPerson && mailbox.credential.gateway == nil)
    #expect(mailbox.serveFrom == Timestamp(iso8601: "2026-06-30T21:00:00Z"))
  }

  @Test("how far files inside attachments are opened")
  func nesting() throws {
    let text = Self.whole + "\nreader {\n  levels inside 2\n  files inside 10\n  unpacked 5 MB\n  expansion 20\n}\n"
    #expect(try #require(read(text).configuration).reader.nesting == NestingLimits(depth: 2, files: 10, bytes: 5 << 20, expansion: 20))
    for wrong in ["levels inside 4", "files inside 501", "unpacked 5 KB", "expansion 1"] {
      #expect(read(Self.whole + "\nreader {\n  \(wrong)\n}\n").diagnostics.count == 1, "\(wrong)")
    }
  }

  @Test("every wait is a setting, down to milliseconds")
  func waits() throws {
    let text =
      Self.whole + """

        attachment wait 50 ms
        order wait 1 ms
        retry first 5 ms
        replies {
          first look after 1 ms
          second look after 2 ms
          horizon 3 ms
        }
        """
    let configuration = try #require(read(text).configuration)
    #expect(configuration.limits.attachmentWait == .milliseconds(50))
    #expect(
      configuration.replies.waits == ConfirmationWaits(firstLook: .milliseconds(1), secondLook: .milliseconds(2), horizon: .milliseconds(3))
    )
  }

  @Test("all mistakes at once, each with its place and what to write")
  func mistakes() {
    let text = """
      environment Test-1
      database "x"
      archive "y"
      mirror "x"
      polll every 30 s
      workers 0
      ssev { api "http://example.bg" }
      mailbox "12" {
        serve from 2026-07-01T00:00:00
        mode activ
        credential { oid "a|b" }
      }
      """
    let result = read(text)
    #expect(result.configuration == nil)
    let found = result.diagnostics.map { "\($0.line) \($0.code)" }
    for expected in [
      "1 syntax.E023", "4 syntax.E023", "5 syntax.E020", "6 syntax.E024", "7 syntax.E023", "8 syntax.E023", "9 syntax.E023",
      "10 syntax.E023",
      "11 syntax.E023",
    ] {
      #expect(found.contains(expected), "\(expected) not in \(found)")
    }
    let missing = result.diagnostics.filter { $0.code == "syntax.E022" }.map(\.message).joined()
    for name in ["administration", "rules", "name", "cn"] { #expect(missing.contains("`\(name)`"), "\(name)") }
    #expect(result.diagnostics.first { $0.line == 5 }?.help == "write `poll every`")
    #expect(result.diagnostics.allSatisfy { $0.file == "/etc/ir/robot.conf" })
  }

  @Test("credentials of the bus are files, found in $CREDENTIALS_DIRECTORY when relative")
  func gateway() throws {
    let text = Self.whole.replacing(
      "cn  \"intake.robot.test\"",
      with: """
        cn "intake.robot.test"
        token "https://integr-test.egov.bg:5050"
        scope "/edelivery"
        certificate "balchik.pem"
        key "/keys/balchik.key"
        """)
    let inDirectory = try #require(read(text, credentials: "/run/credentials/ir").configuration?.mailboxes.first?.credential.gateway)
    #expect(inDirectory.certificate == "/run/credentials/ir/balchik.pem" && inDirectory.key == "/keys/balchik.key")
    let beside = try #require(read(text).configuration?.mailboxes.first?.credential.gateway)
    #expect(beside.certificate == "/etc/ir/balchik.pem")
  }

  @Test("one credential opens one mailbox: the same for two is a mistake, and so is a mailbox twice")
  func twice() {
    let block = Self.whole.components(from: "mailbox")
    #expect(read(Self.whole + "\n" + block).diagnostics.map(\.code) == ["syntax.E021", "syntax.E021"])
    let other = block.replacing("1210150561306", with: "1210150561307")
    let result = read(Self.whole + "\n" + other)
    #expect(result.diagnostics.map(\.code) == ["syntax.E021"])
  }

  @Test("the horizon does not end before the first look")
  func horizon() {
    let result = read(Self.whole + "\nreplies { first look after 90 s; horizon 60 s }")
    #expect(result.diagnostics.map(\.code) == ["syntax.E024"])
  }
}

extension String {
  /// From the first occurrence of a text to the end; empty when there is none.
  fileprivate func components(from text: String) -> String {
    var rest = Substring(self)
    while !rest.isEmpty, !rest.hasPrefix(text) { rest = rest.dropFirst() }
    return String(rest)
  }
}

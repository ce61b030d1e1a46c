import Model
import Runtime
import Synchronization
import Testing

@Suite struct LogTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private func log(minimum: Log.Level = .debug, _ write: (Log) -> Void) -> [String] {
    let lines = Lines()
    write(Log(time: ManualTime(Timestamp(seconds: 1_770_121_800)), minimum: minimum) { line in lines.all.withLock { $0.append(line) } })
    return lines.all.withLock { $0 }
  }

  @Test func lines() throws {
    let key = MessageKey(environment: try #require(EnvironmentName("test")), recipient: "1210150561306", messageId: 7)
    let lines = log { log in
      log.info("message.registered", ["message": .message(key), "number": .journalNumber("ЗСПД/Д-В/7 03.02.2026"), "files": .count(2)])
      log.error("disk.full", ["after": .seconds(.milliseconds(1_050)), "again": .flag(true), "why": .word("no-space")])
    }
    #expect(
      lines == [
        "2026-02-03T12:30:00.000000Z info message.registered message=test/1210150561306/7 number=ЗСПД/Д-В/703.02.2026 files=2",
        "2026-02-03T12:30:00.000000Z error disk.full after=1.050s again=yes why=no-space",
      ])
  }

  @Test func levels() {
    let lines = log(minimum: .warning) { log in
      log.debug("a")
      log.info("b")
      log.warning("c")
      log.error("d")
    }
    #expect(lines.map { $0.split(separator: " ")[1] } == ["warning", "error"])
  }

  /// What could carry personal data is cut to its shape.
  @Test func valuesKeepTheirShape() {
    #expect(LogValue.mailbox("1210150561306").text == "1210150561306")
    #expect(LogValue.mailbox("121015056").text == "121015056")
    #expect(LogValue.mailbox("0001010003").text == "?")
    #expect(LogValue.mailbox("Тест Тестов").text == "?")
    #expect(LogValue.code("mailbox.rate-limited").text == "mailbox.rate-limited")
    #expect(LogValue.code("Тест Тестов Пробев").text == "?")
    #expect(LogValue.code("a b").text == "?")
    #expect(LogValue.code(String(repeating: "a", count: 65)).text == "?")
    #expect(LogValue.digest("0123456789abcdef0123").text == "0123456789abcdef")
    #expect(LogValue.digest("Тест").text == "?")
    #expect(LogValue.journalNumber("1\n2026-01-01 error forged").text == "12026-01-01errorforged")
  }
}

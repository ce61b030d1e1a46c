import Glibc
import Model
import Registry
import Runtime
import Synchronization

/// What the process counts about itself, for the metrics file.
final class Counters: Sendable {
  private struct State {
    var polls: [String: (ok: Int, failed: Int, lastSuccess: Timestamp?)] = [:]
    var failures: [String: Int] = [:]
    var imbalance: [String: Int] = [:]
    var jumps = 0
  }

  private let state = Mutex(State())

  func polled(_ recipient: String, succeeded: Bool, at moment: Timestamp) {
    state.withLock { state in
      var count = state.polls[recipient] ?? (0, 0, nil)
      if succeeded {
        count.ok += 1
        count.lastSuccess = moment
      } else {
        count.failed += 1
      }
      state.polls[recipient] = count
    }
  }

  /// `code` is a stable code of ours.
  func failed(_ code: String) { state.withLock { $0.failures[code, default: 0] += 1 } }

  /// What the newest statement could not account for, by mailbox.
  func stated(_ statement: Statement) {
    let counts = statement.mailboxes.map { ($0.recipient, $0.unknown.count + $0.vanished.count + ($0.unread == nil ? 0 : 1)) }
    state.withLock { $0.imbalance = Dictionary(counts, uniquingKeysWith: +) }
  }

  /// What the watch over the rules found the last time.
  func jumped(_ jumps: [RulesJump]) { state.withLock { $0.jumps = jumps.count } }

  fileprivate var jumps: Int { state.withLock { $0.jumps } }

  fileprivate var imbalance: [(recipient: String, count: Int)] {
    state.withLock { $0.imbalance.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } }
  }

  fileprivate var polls: [(recipient: String, ok: Int, failed: Int, lastSuccess: Timestamp?)] {
    state.withLock { $0.polls.map { ($0.key, $0.value.ok, $0.value.failed, $0.value.lastSuccess) }.sorted { $0.0 < $1.0 } }
  }

  fileprivate var failures: [(code: String, count: Int)] { state.withLock { $0.failures.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } } }
}

/// Writes the metrics as a text file for node_exporter's textfile collector, whole by one rename. Labels are mailbox identifiers, states and
/// stable codes: nothing of a message.
struct MetricsFile: Sendable {
  let path: String

  func write(_ text: String) throws(OperatorError) {
    let draft = path + ".draft"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure("create") }
    let bytes = Array(text.utf8)
    let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count
    close(file)
    guard isWritten, rename(draft, path) == 0 else { throw failure("write") }
  }

  private func failure(_ call: String) -> OperatorError {
    OperatorError(
      "metrics.file", "\(call) failed for the metrics: \(String(cString: strerror(errno)))", remedy: "check the folder that `metrics` names",
      context: [.init("file", path)], disposition: .retry)
  }
}

/// The text of the metrics (Prometheus exposition format).
struct MetricsText {
  private var lines: [String] = []

  static func make(counts: [MailboxCounts], isNumbering: Bool, counters: Counters, clockRefused: Bool, residentBytes: Int64, now: Timestamp) -> String
  {
    var text = MetricsText()
    text.family("intake_messages", "gauge", "messages by state")
    for mailbox in counts {
      for (state, count) in mailbox.byState.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        text.value("intake_messages", ["mailbox": mailbox.recipient, "state": state.rawValue], Int64(count))
      }
    }
    text.family("intake_waiting", "gauge", "messages that wait for a person, by reason")
    for mailbox in counts {
      for (reason, count) in mailbox.waiting.sorted(by: { $0.key < $1.key }) {
        text.value("intake_waiting", ["mailbox": mailbox.recipient, "reason": reason], Int64(count))
      }
    }
    text.family("intake_parked_jobs", "gauge", "steps out of automatic retries")
    for mailbox in counts { text.value("intake_parked_jobs", ["mailbox": mailbox.recipient], Int64(mailbox.parkedJobs)) }
    text.family("intake_polls_total", "counter", "polls of a mailbox")
    for poll in counters.polls {
      text.value("intake_polls_total", ["mailbox": poll.recipient, "result": "ok"], Int64(poll.ok))
      text.value("intake_polls_total", ["mailbox": poll.recipient, "result": "failed"], Int64(poll.failed))
    }
    text.family("intake_last_poll_seconds", "gauge", "time of the last poll that succeeded, since 1970")
    for poll in counters.polls {
      if let moment = poll.lastSuccess { text.value("intake_last_poll_seconds", ["mailbox": poll.recipient], moment.seconds) }
    }
    text.family("intake_failures_total", "counter", "failed attempts by code")
    for failure in counters.failures { text.value("intake_failures_total", ["code": failure.code], Int64(failure.count)) }
    text.family("intake_statement_imbalance", "gauge", "messages that the newest daily statement could not account for")
    for mailbox in counters.imbalance { text.value("intake_statement_imbalance", ["mailbox": mailbox.recipient], Int64(mailbox.count)) }
    text.single("intake_numbering", "gauge", "1 while numbers are given", isNumbering ? 1 : 0)
    text.single("intake_rules_jumps", "gauge", "shares of decisions that jumped when the rules were changed", Int64(counters.jumps))
    text.single("intake_clock_off", "gauge", "1 while the clock keeps registration back", clockRefused ? 1 : 0)
    text.single("intake_resident_bytes", "gauge", "memory of the process", residentBytes)
    text.single("intake_written_seconds", "gauge", "when this file was written, since 1970", now.seconds)
    return text.lines.joined(separator: "\n") + "\n"
  }

  private mutating func family(_ name: String, _ type: String, _ help: String) {
    lines.append("# HELP \(name) \(help)")
    lines.append("# TYPE \(name) \(type)")
  }

  private mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int64) {
    family(name, type, help)
    lines.append("\(name) \(value)")
  }

  private mutating func value(_ name: String, _ labels: KeyValuePairs<String, String>, _ value: Int64) {
    lines.append("\(name){\(labels.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ","))} \(value)")
  }
}

/// The resident memory of this process, 0 where the kernel does not say.
func residentBytes() -> Int64 {
  guard let text = try? TextFile.read("/proc/self/statm"), let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int64($0) }) else {
    return 0
  }
  return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
}

import FoundationEssentials
import Glibc
import Model
import Rules
import Spawn

/// Generated rule sets over messages of 2.5 kB, on one thread: how long a set takes to compile, how many messages it decides in a second, how much
/// memory that takes. Each set is measured in a process of its own, for its memory.
struct RulesBench {
  /// `realistic-2000`: in this process. Without it all sets, each in a child.
  let only: String?

  private static let least: Duration = .seconds(2)

  func run() async throws -> [Figure] {
    if let only {
      for kind in RuleSetGenerator.Kind.allCases {
        for size in RuleSetExport.sizes where only == "\(kind.rawValue)-\(size)" { return try Self.measure(kind, size) }
      }
      throw BenchError("there is no set `\(only)`: friendly, realistic or hostile, with 200, 2000 or 20000 rules, as in realistic-2000")
    }
    var figures: [Figure] = []
    for size in RuleSetExport.sizes {
      for kind in RuleSetGenerator.Kind.allCases { figures += try await Self.child("\(kind.rawValue)-\(size)") }
    }
    return figures
  }

  private static func child(_ set: String) async throws -> [Figure] {
    guard let path = realpath("/proc/self/exe", nil) else { throw BenchError("no path of this program") }
    defer { free(path) }
    let result = try await Spawner(name: "rules-bench").run(Command(String(cString: path), ["rules", "--set", set, "--json"]))
    guard result.succeeded else { throw BenchError("\(set) ended with \(result.status): \(String(decoding: result.errorOutput, as: UTF8.self))") }
    return try JSONDecoder().decode([String: Double].self, from: Data(result.output)).sorted { $0.key < $1.key }
      .map { Figure(name: $0.key, value: $0.value, places: $0.key.hasSuffix("_rules_true") ? 0 : 1) }
  }

  private static func measure(_ kind: RuleSetGenerator.Kind, _ size: Int) throws -> [Figure] {
    let set = RuleSetGenerator(kind, rules: size, messages: RuleSetExport.messages)
    let source = RuleSetExport.source(set)
    let submissions = try set.messages.enumerated().map { try submission($0.element, number: $0.offset) }
    let before = memory()
    let clock = ContinuousClock()
    var compiling = Duration.seconds(3_600)
    var compiled: Ruleset?
    // The first one also pays for tables that are made once in a process.
    for _ in 0..<(size > 2_000 ? 1 : 3) {
      let start = clock.now
      compiled =
        RulesCompiler.compile(
          RulesetFiles(main: SourceText(path: "set.rules", text: source)) { _ in .failure(LoadError("none")) }, digest: "bench"
        ).ruleset
      compiling = min(compiling, start.duration(to: clock.now))
    }
    guard let ruleset = compiled else { throw BenchError("the set does not compile") }
    // Counted apart from the time: whether the engine finds what another one finds.
    let isTrue = submissions.prefix(20).reduce(0) { count, submission in count + ruleset.trace(submission).filter(\.isTrue).count }
    for submission in submissions.prefix(20) { _ = ruleset.decide(submission) }
    var decided = 0
    let start = clock.now
    while start.duration(to: clock.now) < least {
      for submission in submissions { _ = ruleset.decide(submission) }
      decided += submissions.count
    }
    let duration = start.duration(to: clock.now)
    let name = "\(kind.rawValue)_\(size)"
    return [
      .perSecond("\(name)_messages", decided, in: duration), Figure(name: "\(name)_compile_ms", value: compiling.seconds * 1_000, places: 1),
      .mebibytes("\(name)_memory", bytes: memory() - before), .count("\(name)_rules_true", isTrue),
    ]
  }

  private static func submission(_ text: String, number: Int) throws -> Submission {
    guard let environment = EnvironmentName("bench"), let received = Timestamp(iso8601: "2026-07-03T10:00:00Z") else {
      throw BenchError("no environment")
    }
    let reading = DocumentReading(
      kind: .text, status: .read, form: .letter, title: String(text.prefix(60)), text: text, textQuality: .good)
    return Submission(
      key: MessageKey(environment: environment, recipient: "1", messageId: Int64(number + 1)), receivedAt: received, subject: "Документ",
      senderProfileId: 1, senderName: "Проба", documents: [SubmissionDocument(path: "body", fileName: "", size: 1, digest: "0", reading: reading)],
      facts: [])
  }

  /// Bytes resident.
  private static func memory() -> Int64 {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = Int64(text.split(separator: " ").dropFirst().first ?? "")
    else { return 0 }
    return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }
}

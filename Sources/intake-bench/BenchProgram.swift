import FoundationEssentials
import Glibc

/// The program `intake-bench`: how fast the parts and the whole are on this machine, each beside something to compare it with.
enum BenchProgram {
  static let help = """
    intake-bench: how fast intake-robot is on this machine.

    usage: intake-bench [BENCHMARK…] [options]

      messages        end to end: intake-robot against ssev-simulator, from the list to the confirmed reply; its greatest memory
      registrations   the registration transaction beside a bare SQLite loop that writes the same rows, one by one in turn
      queue           claim to done, one by one and under a backlog, beside bare SQLite with three commits a message and one for fifty
      decisions       the rules of --rules over the messages of --samples, read beforehand
      history         does a message cost more when much is stored: registrations one by one at the beginning and behind --count stored ones (default
                      100000); then the start of the registry, and `journal verify` beside a bare read-and-hash of the same bytes
      archive         `test-rules --archive` over --count stored messages (default 100000), made out of those that the samples become; --keep DIR leaves
                      them there with their robot.conf
      reading         files through the confined reader beside the bare tool, by kind; --files names other files than the samples
      rules           200, 2000 and 20000 generated rules, friendly, realistic and hostile, over messages of 2.5 kB: decided per second, compile time,
                      memory; Sources/intake-bench/re2.py runs RE2 over the same
      simulation      the life of --count messages (default 20000), one world of --world messages (default 2000) after the other: the whole service
                      with simulated clock, network and scheduler and a disk that fails; ends with 1 at the first thing that is wrong
      (messages, registrations and decisions when none is named)

      --count N       messages and registrations (default 1000), messages of `archive` (default 100000)
      --samples DIR   default Samples
      --files PATH    a file, or a folder with everything below it (default: that of --samples)
      --seed N        of the first world of `simulation` (default 1)
      --world N       messages of one world of `simulation`
      --rounds N      times that each file is read (default 5; the median counts)
      --rules FILE    default Rules/asp/ruleset.rules
      --folder DIR    where databases go: measure on the disk that will be used (default /tmp)
      --set NAME      only this set of `rules`: realistic-2000
      --export DIR    write the sets of `rules` there instead of measuring
      --keep DIR      a new folder for what `archive` makes
      --json          print one JSON object
      --help          this text

    Loads of one machine at one moment: compare ratios, and repeat. Exit codes: 0 done, 1 a benchmark failed, 64 wrong command line.

    """

  struct Options: Sendable {
    var benchmarks: [String] = []
    /// Each benchmark has its own default.
    var count: Int?
    var keep: String?
    var samples = "Samples"
    var rules = "Rules/asp/ruleset.rules"
    var folder = "/tmp"
    var isFolderChosen = false
    var files: String?
    var rounds = 5
    var seed: UInt64 = 1
    var world = 2_000
    var set: String?
    var export: String?
    var wantsJSON = false
  }

  struct UsageError: Error {
    let text: String
  }

  static func run(_ words: [String]) async -> Int32 {
    let options: Options
    do {
      guard let parsed = try parse(words) else {
        print(help, terminator: "")
        return 0
      }
      options = parsed
    } catch {
      say("error: \(error.text)\n  try: intake-bench --help\n")
      return 64
    }
    if options.benchmarks.contains("simulation") { SimulationBench.fixHashing() }
    do {
      if let folder = options.export {
        try RuleSetExport.write(to: folder)
        return 0
      }
      var figures: [Figure] = []
      for name in options.benchmarks { figures += try await measure(name, options) }
      try report(figures, options)
      return 0
    } catch {
      say("error: \(error)\n")
      return 1
    }
  }

  private static func measure(_ name: String, _ options: Options) async throws -> [Figure] {
    try await withFolder(below: options.folder) { folder in
      switch name {
      case "reading": try await ReadingBench(files: options.files ?? options.samples, rounds: options.rounds).run()
      case "rules": try await RulesBench(only: options.set).run()
      case "registrations": try await RegistrationBench(count: options.count ?? 1_000, folder: folder).run()
      case "queue": try await QueueBench(count: options.count ?? 1_000, folder: folder).run()
      case "history": try await HistoryBench(count: options.count ?? 100_000, folder: folder).run()
      case "archive":
        try await ArchiveBench(count: options.count ?? 100_000, samples: options.samples, rules: options.rules, folder: options.keep ?? folder).run()
      case "simulation":
        try await SimulationBench(
          messages: options.count ?? 20_000, messagesInAWorld: options.world, seed: options.seed,
          folder: options.isFolderChosen || access("/dev/shm", W_OK) != 0 ? folder : "/dev/shm"
        ).run()
      case "decisions": try await DecisionBench(samples: options.samples, rules: options.rules, folder: folder).run()
      default: try await MessageBench(count: options.count ?? 1_000, samples: options.samples, rules: options.rules, folder: folder).run()
      }
    }
  }

  private static func parse(_ words: [String]) throws(UsageError) -> Options? {
    var options = Options()
    var rest = words[...]
    while let word = rest.popFirst() {
      func value() throws(UsageError) -> String {
        guard let value = rest.popFirst() else { throw UsageError(text: "\(word) needs a value") }
        return value
      }
      switch word {
      case "--help", "-h": return nil
      case "--json": options.wantsJSON = true
      case "--samples": options.samples = try value()
      case "--rules": options.rules = try value()
      case "--folder":
        options.folder = try value()
        options.isFolderChosen = true
      case "--files": options.files = try value()
      case "--rounds":
        let text = try value()
        guard let rounds = Int(text), (1...1_000).contains(rounds) else { throw UsageError(text: "--rounds is `\(text)`; 1 to 1000 is expected") }
        options.rounds = rounds
      case "--set": options.set = try value()
      case "--keep": options.keep = try value()
      case "--export": options.export = try value()
      case "--count":
        let text = try value()
        guard let count = Int(text), (1...10_000_000).contains(count) else {
          throw UsageError(text: "--count is `\(text)`; 1 to 10000000 is expected")
        }
        options.count = count
      case "--world":
        let text = try value()
        guard let world = Int(text), (1...100_000).contains(world) else { throw UsageError(text: "--world is `\(text)`; 1 to 100000 is expected") }
        options.world = world
      case "--seed":
        let text = try value()
        guard let seed = UInt64(text) else { throw UsageError(text: "--seed is `\(text)`; a whole number is expected") }
        options.seed = seed
      case "messages", "registrations", "queue", "decisions", "history", "archive", "reading", "rules", "simulation": options.benchmarks.append(word)
      default: throw UsageError(text: "unknown word `\(word)`")
      }
    }
    if options.benchmarks.isEmpty { options.benchmarks = ["decisions", "registrations", "messages"] }
    return options
  }

  private static func report(_ figures: [Figure], _ options: Options) throws {
    guard options.wantsJSON else {
      let width = (figures.map(\.name.count).max() ?? 0) + 2
      for figure in figures { print(figure.name.padded(width) + figure.shown) }
      return
    }
    let object = Dictionary(figures.map { ($0.name, $0.value) }) { first, _ in first }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    print(String(decoding: try encoder.encode(object), as: UTF8.self))
  }

  static func say(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(2, bytes, bytes.count)
  }

  /// A folder of one benchmark, removed afterwards.
  private static func withFolder<Result>(below parent: String, _ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("\(parent)/intake-bench-XXXXXX".utf8CString)
    guard let created = mkdtemp(&template) else { throw BenchError("no folder below \(parent): \(String(cString: strerror(errno)))") }
    let path = String(cString: created)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }
}

struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

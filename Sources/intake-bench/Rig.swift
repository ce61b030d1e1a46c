import FoundationEssentials
import Glibc
import Model
import Runtime
import Spawn
import Synchronization

/// The real programs, beside this one: a simulator with a folder of messages and a robot that serves it until there is nothing left to do.
struct Rig {
  let folder: String
  let messages: String
  let rules: String

  struct Run: Sendable {
    let duration: Duration
    /// Replies that the simulator received.
    let replies: Int
    /// Greatest resident size of the robot itself, in bytes.
    let robotPeak: Int64
    /// Greatest resident size of any one reader or tool, in bytes; the robot's own when that was greater.
    let greatestPeak: Int64
  }

  var database: String { "\(folder)/registry.db" }

  func run() async throws -> Run {
    let programs = try Self.programFolder()
    let ending = Ending()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let result = try await Spawner(name: "simulator").run(Command("\(programs)/ssev-simulator", simulatorArguments))
        ending.text.withLock { $0 = "\(result.status): \(String(decoding: result.errorOutput.prefix(1_000), as: UTF8.self))" }
      }
      defer { group.cancelAll() }
      return try await measure(programs, port: try await portOfSimulator { ending.text.withLock { $0 } })
    }
  }

  private func measure(_ programs: String, port: Int) async throws -> Run {
    let configuration = try await writeConfiguration(programs, port: port)

    let peak = Task { await watchPeak() }
    let robot = try await Spawner(name: "robot").run(
      Command(
        "\(programs)/intake-robot", ["run", "--until-idle", "--config", configuration], maximumErrorOutput: 1 << 20, limits: ResourceLimits(core: nil)
      ))
    peak.cancel()
    guard robot.succeeded else {
      throw BenchError("intake-robot ended with \(robot.status): \(String(decoding: robot.errorOutput.suffix(1_000), as: UTF8.self))")
    }
    let log = try String(contentsOfFile: "\(folder)/ssev.jsonl", encoding: .utf8)
    let replies = log.split(separator: "\n").filter { $0.contains("\"event\":\"sent\"") }.count
    return Run(duration: robot.duration, replies: replies, robotPeak: await peak.value, greatestPeak: robot.peakMemory)
  }

  private var simulatorArguments: [String] { ["--messages", messages, "--port-file", "\(folder)/port", "--log", "\(folder)/ssev.jsonl"] }

  static func programFolder() throws -> String {
    guard let path = realpath("/proc/self/exe", nil) else { throw BenchError("no path of this program") }
    defer { free(path) }
    return String(String(cString: path).prefix { _ in true }.reversed().drop { $0 != "/" }.dropFirst().reversed())
  }

  /// `ending` tells how the simulator ended, once it has.
  private func portOfSimulator(_ ending: () -> String?) async throws -> Int {
    for _ in 0..<2_400 {
      if let ending = ending() { throw BenchError("the simulator \(ending)") }
      if let text = try? String(contentsOfFile: "\(folder)/port", encoding: .utf8), let port = Int(text.filter(\.isNumber)) { return port }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw BenchError("the simulator did not begin to listen")
  }

  /// How the simulator ended, once it has.
  private final class Ending: Sendable {
    let text = Mutex<String?>(nil)
  }

  private struct Credential: Decodable {
    let identifier: String
    let oid: String
    let cn: String
  }

  private func writeConfiguration(_ programs: String, port: Int) async throws -> String {
    let shown = try await Spawner(name: "credentials").run(Command("\(programs)/ssev-simulator", ["--messages", messages, "--print-credentials"]))
    let mailboxes = try JSONDecoder().decode([Credential].self, from: Data(shown.output)).map { credential in
      """
      mailbox "\(credential.identifier)" {
        name "\(credential.identifier)"
        serve from 2026-07-01T00:00:00+03:00
        credential {
          oid "\(credential.oid)"
          cn "\(credential.cn)"
        }
      }
      """
    }
    let text = """
      environment bench
      administration "Агенция за социално подпомагане"
      database "\(database)"
      archive "\(folder)/archive"
      mirror "\(folder)/journals.mirror"
      rules "\(try absolute(rules))"
      poll every 50 ms
      attachment wait 200 ms
      order wait 200 ms
      retry first 20 ms
      retry longest 50 ms
      retry attempts 3
      free space 0 MB
      ssev {
        api "http://127.0.0.1:\(port)"
      }
      reader {
        confinement reduced
      }
      replies {
        per sender and hour 10000
        first look after 50 ms
        second look after 50 ms
        horizon 200 ms
      }
      \(mailboxes.joined(separator: "\n"))

      """
    let path = "\(folder)/robot.conf"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  private func absolute(_ path: String) throws -> String {
    guard let resolved = realpath(path, nil) else { throw BenchError("\(path): \(String(cString: strerror(errno)))") }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The high-water mark of the robot, read until cancelled; its lock file says which process it is.
  private func watchPeak() async -> Int64 {
    var peak: Int64 = 0
    while !Task.isCancelled {
      if let lock = try? String(contentsOfFile: database + ".lock", encoding: .utf8), let pid = lock.firstMatch(of: /pid ([0-9]+)/)?.1,
        let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8), let mark = status.firstMatch(of: /VmHWM:\s+([0-9]+) kB/)?.1,
        let kibibytes = Int64(mark)
      {
        peak = max(peak, kibibytes * 1_024)
      }
      try? await Task.sleep(for: .milliseconds(50))
    }
    return peak
  }
}

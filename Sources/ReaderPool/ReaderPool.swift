import FoundationEssentials
import Glibc
package import Model
package import Runtime
import Spawn
import Synchronization

/// Reads documents: in confined processes (`ReaderPool`), or, in a simulated world, texts of its own making.
package protocol DocumentReaders: Sendable {
  /// Reads a file of the archive. Never throws: whatever goes wrong, with the document or with the reader, is a reading `unread` with its
  /// reason.
  func read(file path: String) async -> DocumentReading
  /// Reads the body of a message, as text whatever it begins with.
  func read(body: String) async -> DocumentReading
}

/// Starts `intake-reader`, one process an attachment, at most so many at once, and believes nothing that comes back before it has been checked.
package final class ReaderPool: DocumentReaders {
  /// Part of the key under which readings are stored: changes whenever the same bytes may read differently.
  package static let readerVersion = DocumentReading.currentReaderVersion

  private let configuration: ReaderConfiguration
  private let log: Log
  private let slots: SlotQueue

  package init(configuration: ReaderConfiguration, concurrency: Int, surroundings: Surroundings) {
    precondition(concurrency > 0)
    self.configuration = configuration
    log = surroundings.log
    slots = SlotQueue((0..<concurrency).map { Spawner(name: "reader-\($0)") })
  }

  package func read(file path: String) async -> DocumentReading { await read(.file(path), []) }

  /// The same, with what it cost: for reports, never for the records.
  package func measure(file path: String) async -> MeasuredReading { await measure(.file(path), []) }

  package func read(body: String) async -> DocumentReading {
    let whole = Array(body.utf8)
    return await read(.bytes(Array(whole.prefix(Int(clamping: configuration.maximumBytes)))), ["--text"])
  }

  /// Lets a reader try to break out of its confinement. `outside` are paths it must not reach: archive, database, credentials.
  package func selfTest(outside: [String] = []) async -> ConfinementReport {
    let input = Array(outside.joined(separator: "\n").utf8)
    do {
      let result = try await run(.bytes(input), ["--self-test"])
      if result.status == .exited(0), let report = try? JSONDecoder().decode(ConfinementReport.self, from: Data(result.output)) {
        return report
      }
      let said = ReaderPool.refusal(result)
      return ConfinementReport(layers: [], missing: [said ?? ReaderPool.reason(of: result.status)])
    } catch {
      return ConfinementReport(layers: [], missing: ["reader-not-started"])
    }
  }

  private func read(_ input: Command.Input, _ options: [String]) async -> DocumentReading { await measure(input, options).reading }

  private func measure(_ input: Command.Input, _ options: [String]) async -> MeasuredReading {
    do {
      let result = try await run(input, options)
      return MeasuredReading(reading: checked(result), duration: result.duration, peakMemory: result.peakMemory)
    } catch SpawnError.input {
      return MeasuredReading(reading: .notRead("input-unreadable"))
    } catch is CancellationError {
      return MeasuredReading(reading: .notRead("reader-cancelled"))
    } catch {
      log.error("reader.not-started")
      return MeasuredReading(reading: .notRead("reader-not-started"))
    }
  }

  private func checked(_ result: SpawnResult) -> DocumentReading {
    guard result.status == .exited(0) else {
      let reason = ReaderPool.reason(of: result.status)
      log.warning(
        "reader.failed",
        ["reason": .code(reason), "memory": .number(result.peakMemory), "time": .seconds(result.duration)])
      return .notRead(reason, notes: ReaderPool.refusal(result).map { ["confinement-\($0)"] } ?? [])
    }
    switch HostileReading.check(result.output) {
    case .success(let reading): return reading
    case .failure(let problem):
      log.error("reader.output-invalid", ["problem": .code(problem.word)])
      return .notRead("reader-output-invalid", notes: [problem.word])
    }
  }

  private func run(_ input: Command.Input, _ options: [String]) async throws -> SpawnResult {
    let nesting = configuration.nesting
    let time = configuration.readingTime.components
    let milliseconds = max(1, time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000)
    let seconds = max(1, configuration.deadline.components.seconds)
    let command = Command(
      configuration.executable,
      [
        "--confinement", configuration.confinement.rawValue, "--parent", String(getpid()), "--memory", String(configuration.memory),
        "--maximum-bytes", String(configuration.maximumBytes), "--processor-seconds", String(seconds),
        "--milliseconds", String(milliseconds), "--nesting", String(nesting.depth), "--files", String(nesting.files), "--unpacked-bytes",
        String(nesting.bytes), "--expansion", String(nesting.expansion), "--pages", String(configuration.pages.pages),
        "--ocr-pages", String(configuration.pages.recognisedPages), "--ocr-seconds",
        String(max(1, configuration.pages.recognitionTime.components.seconds)),
      ] + options,
      // A crash must leave no trace of what was read: no backtrace, no core.
      environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin", "SWIFT_BACKTRACE": "enable=no"], input: input,
      maximumOutput: ReadingLimits.outputBytes, maximumErrorOutput: 4 << 10, deadline: configuration.deadline,
      // It sets its own before the first byte. From outside they would come too late for a reader that has left this user by then, and the
      // kernel lets only some change the limits of another user's process.
      limits: ResourceLimits(core: nil))
    return try await slots.run(command)
  }

  /// The reader's end as a stable word. It reports the kill of its inner process as 128 + signal.
  private static func reason(of status: SpawnResult.Status) -> String {
    switch status {
    case .timedOut: "reader-deadline"
    case .outputTooLarge: "reader-output-too-large"
    case .exited(77): "reader-not-confined"
    case .exited(128 + SIGXCPU): "reader-processor-time"
    case .exited(128 + SIGKILL), .signalled(SIGKILL): "reader-killed"
    case .exited, .signalled: "reader-crashed"
    }
  }

  /// The layer that a reader ending for want of confinement names on standard error: `namespaces-1`.
  private static func refusal(_ result: SpawnResult) -> String? {
    let words = String(decoding: result.errorOutput, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard result.status == .exited(77), words.count == 2, words[0] == "confinement" else { return nil }
    let word = String(words[1].replacing(":", with: "-"))
    return HostileReading.isWord(word) ? word : nil
  }
}

/// A reading with what it cost.
package struct MeasuredReading: Sendable {
  package var reading: DocumentReading
  /// From the start of the reader to its end; zero when none was started.
  package var duration: Duration = .zero
  /// Bytes: the greatest resident size of the reader or of a tool that it started.
  package var peakMemory: Int64 = 0
}

/// Hands out the spawners in the order in which they are asked for.
private final class SlotQueue: Sendable {
  private struct State {
    var free: [Spawner]
    var waiting: [CheckedContinuation<Spawner, Never>] = []
  }

  private let state: Mutex<State>

  init(_ spawners: [Spawner]) { state = Mutex(State(free: spawners)) }

  func run(_ command: Command) async throws -> SpawnResult {
    let spawner = await take()
    defer { giveBack(spawner) }
    return try await spawner.run(command)
  }

  private func take() async -> Spawner {
    await withCheckedContinuation { continuation in
      let spawner = state.withLock { state -> Spawner? in
        if let spawner = state.free.popLast() { return spawner }
        state.waiting.append(continuation)
        return nil
      }
      if let spawner { continuation.resume(returning: spawner) }
    }
  }

  private func giveBack(_ spawner: Spawner) {
    let next = state.withLock { state -> CheckedContinuation<Spawner, Never>? in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.free.append(spawner)
      return nil
    }
    next?.resume(returning: spawner)
  }
}

extension DocumentReading {
  static func notRead(_ reason: String, notes: [String] = []) -> DocumentReading {
    DocumentReading(kind: .unknown, status: .unread, reason: reason, notes: notes)
  }
}

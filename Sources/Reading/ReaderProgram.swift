import FoundationEssentials
import Glibc
import Model
import Spawn

/// The program `intake-reader`: bytes on descriptor 0, one JSON `DocumentReading` on descriptor 1, exit code 0.
///
/// The first thing it does is to confine itself (`Confinement`); only then does it read. Its arguments carry limits, never a name.
package enum ReaderProgram {
  package static func main() -> Never {
    switch ReaderArguments.parse(Array(CommandLine.arguments.dropFirst())) {
    case .failure(let problem): end(64, "usage \(problem.argument)\n")
    case .success(let arguments): run(arguments)
    }
  }

  private static func run(_ arguments: ReaderArguments) -> Never {
    let state = Confinement.enter(
      Confinement.Plan(
        limits: arguments.limits, scratchBytes: UInt64(arguments.maximumBytes) + (8 << 20), parent: arguments.parent,
        allowsMissingLayers: arguments.confinement != .full, layers: arguments.layers))
    if arguments.selfTest { finish(selfTest(arguments, missing: state.missing)) }
    var reading: DocumentReading
    switch readInput(maximum: arguments.maximumBytes) {
    case .bytes(let bytes):
      reading = DocumentReader(hasPrivateRoot: state.hasPrivateRoot, limits: arguments.nesting, pages: arguments.pages, time: arguments.time)
        .read(bytes, as: arguments.expectation)
    case .tooLarge: reading = .unread(.unknown, "too-large")
    case .failed: reading = .unread(.unknown, "input-unreadable")
    }
    reading.notes += state.missing.map { "confinement-missing-\($0.replacing(":", with: "-"))" }
    finish(reading)
  }

  /// The input names, one a line, paths that must be out of reach.
  private static func selfTest(_ arguments: ReaderArguments, missing: [String]) -> ConfinementReport {
    var outside: [String] = []
    if case .bytes(let bytes) = readInput(maximum: 64 << 10) {
      outside = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    let attempts =
      arguments.selfTestTools ? ToolEscapes.run(outside: outside, mark: String(arguments.mark)) : EscapeAttempts.run(outside: outside)
    return ConfinementReport(layers: attempts, missing: missing)
  }

  private enum Input {
    case bytes([UInt8])
    case tooLarge
    case failed
  }

  private static func readInput(maximum: Int) -> Input {
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(0, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      if status.st_size > maximum { return .tooLarge }
      bytes.reserveCapacity(Int(status.st_size))
    }
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(0, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return .failed }
      if count == 0 { return .bytes(bytes) }
      if bytes.count + count > maximum { return .tooLarge }
      bytes.append(contentsOf: buffer.prefix(count))
    }
  }

  private static func finish(_ result: some Encodable) -> Never {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(result) else { end(70, "encoding\n") }
    let bytes = [UInt8](data)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(1, $0.baseAddress.map { $0 + written }, $0.count - written) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { _exit(74) }
      written += count
    }
    // Not `exit`: threads that waited for tools may still be ending, and libraries must not be taken down below them.
    _exit(0)
  }

  private static func end(_ code: Int32, _ message: String) -> Never {
    let bytes = Array(message.utf8)
    _ = write(2, bytes, bytes.count)
    _exit(code)
  }
}

/// The arguments of `intake-reader`.
struct ReaderArguments {
  enum ConfinementLevel: String {
    case full, reduced
  }

  struct Problem: Error { var argument: String }

  var confinement = ConfinementLevel.full
  var selfTest = false
  /// The self test's attempts are made by a tool.
  var selfTestTools = false
  /// A number in the command line of what the self test leaves behind, by which it is found again.
  var mark = 0
  /// Fewer only in the self test, which so shows what each layer does, and that what it tries would succeed without any.
  var layers = Set(Confinement.Layer.allCases)
  var expectation = DocumentReader.Expectation.anything
  var parent: Int32?
  var maximumBytes = 64 << 20
  var nesting = NestingLimits()
  var pages = PageLimits()
  /// Less than the deadline of whoever waits for the reading.
  var time: Duration = .seconds(45)
  var limits = ResourceLimits(processorSeconds: 60, addressSpace: 1 << 30, fileSize: 80 << 20, openFiles: 64, processes: 16, core: 0)

  static func parse(_ arguments: [String]) -> Result<ReaderArguments, Problem> {
    var result = ReaderArguments()
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "--self-test": result.selfTest = true
      case "--tools": result.selfTestTools = true
      case "--text": result.expectation = .text
      default:
        guard let value = rest.popFirst(), result.set(option, value) else { return .failure(Problem(argument: option)) }
      }
    }
    guard result.selfTest || result.layers.count == Confinement.Layer.allCases.count else { return .failure(Problem(argument: "--layers")) }
    result.limits.fileSize = UInt64(result.maximumBytes) + (8 << 20)
    return .success(result)
  }

  private mutating func set(_ option: String, _ value: String) -> Bool {
    if option == "--confinement" {
      guard let level = ConfinementLevel(rawValue: value) else { return false }
      confinement = level
      return true
    }
    if option == "--layers" {
      let names = value == "none" ? [] : value.split(separator: ",").map(String.init)
      layers = Set(names.compactMap(Confinement.Layer.init))
      return layers.count == names.count
    }
    if option == "--ocr-pages", value == "0" {
      pages.recognisedPages = 0
      return true
    }
    guard let number = Int(value), number > 0, number <= 1 << 40 else { return false }
    switch option {
    case "--maximum-bytes": maximumBytes = number
    case "--memory": limits.addressSpace = UInt64(number)
    case "--processor-seconds": limits.processorSeconds = UInt64(number)
    case "--processes": limits.processes = UInt64(number)
    case "--mark": mark = number
    case "--milliseconds": time = .milliseconds(number)
    case "--nesting" where number <= ReadingLimits.nesting: nesting.depth = number
    case "--files" where number <= ReadingLimits.files: nesting.files = number
    case "--unpacked-bytes": nesting.bytes = number
    case "--expansion": nesting.expansion = number
    case "--pages": pages.pages = number
    case "--ocr-pages": pages.recognisedPages = number
    case "--ocr-seconds": pages.recognitionTime = .seconds(number)
    case "--parent": parent = Int32(clamping: number)
    default: return false
    }
    return true
  }
}

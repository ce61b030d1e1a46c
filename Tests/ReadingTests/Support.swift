import Glibc
import Model
import Testing

@testable import Reading

/// Real files that lie beside the repository on some machines. Without them the tests that use them are skipped, and say how many.
enum Corpus {
  static let directory: String? = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    let path = parts.joined(separator: "/") + "/../shared/corpus"
    return access(path, R_OK) == 0 ? path : nil
  }()

  static func bytes(_ name: String) -> [UInt8]? { directory.flatMap { file("\($0)/\(name)") } }

  /// Names of the files in one folder, in order.
  static func names(in folder: String) -> [String] { directory.map { names(at: "\($0)/\(folder)") } ?? [] }

  static func names(at path: String) -> [String] {
    guard let handle = opendir(path) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  static func file(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { return bytes }
      bytes.append(contentsOf: buffer.prefix(count))
    }
  }
}

extension DocumentReading {
  /// The first value of a fact, as text.
  func value(_ name: String) -> String? { facts.first { $0.name == name }?.value.display }

  func values(_ name: String) -> [String] { facts.filter { $0.name == name }.map(\.value.display) }
}

func reading(of text: String) -> DocumentReading { DocumentReader(hasPrivateRoot: false).read(Array(text.utf8)) }

func reading(of bytes: [UInt8]) -> DocumentReading { DocumentReader(hasPrivateRoot: false).read(bytes) }

/// The same seed gives the same numbers.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

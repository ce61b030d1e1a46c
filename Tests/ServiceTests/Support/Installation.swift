import Glibc
import Testing

/// Where this build and this clone lie: the tests of this target run the real programs, from the outside.
enum Installation {
  /// The root of the package, from the place of this file.
  static let root: String = {
    var path = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    path.removeLast(4)
    return path.joined(separator: "/")
  }()

  /// The folder of the built programs: the test bundle's own.
  static let products: String = {
    guard let path = realpath("/proc/self/exe", nil) else { return root + "/.build/debug" }
    defer { free(path) }
    return String(cString: path).split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }()

  static func program(_ name: String) -> String { "\(products)/\(name)" }

  static var samples: String { root + "/Samples" }

  /// `text` without the path of this clone: whoever cloned chose its words, and they may be words of a sample.
  static func withoutPlace(_ text: String) -> String {
    [products, root].reduce(text) { shorter, path in shorter.split(separator: path, omittingEmptySubsequences: false).joined(separator: "…") }
  }

  /// The long form of the suite (`Deploy/test.sh --long`).
  static let isLong = environment("INTAKE_LONG") == "1"

  /// The seed of what is chosen at random; a failed test prints it, `INTAKE_SEED` repeats it.
  static let seed: UInt64 = environment("INTAKE_SEED").flatMap { UInt64($0) } ?? 20_260_703

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

struct SupportError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A folder of one test, removed with everything in it when `body` has returned.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  var template = Array("/tmp/intake-service-XXXXXX".utf8CString)
  guard let created = mkdtemp(&template) else { throw SupportError("mkdtemp: errno \(errno)") }
  let path = String(cString: created)
  defer { Files.removeTree(path) }
  return try await body(path)
}

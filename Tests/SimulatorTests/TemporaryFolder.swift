import Glibc

@testable import Simulator

/// A folder of its own for a test, removed with everything in it.
final class TemporaryFolder {
  let path: String
  private var made: [String] = []

  init() throws {
    var template = Array("/tmp/simulator-tests-XXXXXX".utf8CString)
    guard let name = mkdtemp(&template) else { throw SimulatorError("mkdtemp: \(Socket.errorText())") }
    path = String(cString: name)
  }

  deinit {
    for file in made.reversed() { remove(file) }
    rmdir(path)
  }

  /// Writes a file, making the folders above it.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      if mkdir(folder, 0o700) == 0 { made.append(folder) }
    }
    let file = path + "/" + name
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw SimulatorError("\(file): \(Socket.errorText())") }
    made.append(file)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw SimulatorError("\(file): \(Socket.errorText())") }
    close(descriptor)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func text(_ name: String) throws -> String { String(decoding: try Files.read(path + "/" + name), as: UTF8.self) }
}

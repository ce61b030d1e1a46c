import Glibc
import Model

/// A text file that appears whole or not at all.
final class ExportFile {
  private let path: String
  private let file: Int32
  private var buffer: [UInt8] = []
  private var isFinished = false

  init(_ path: String) throws(OperatorError) {
    self.path = path
    file = open(path + ".temporary", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw DurableFile.failure("open", path) }
  }

  deinit {
    close(file)
    if !isFinished { unlink(path + ".temporary") }
  }

  func write(_ text: String) throws(OperatorError) {
    buffer += text.utf8
    if buffer.count >= 1 << 16 { try empty() }
  }

  func finish() throws(OperatorError) {
    try empty()
    try DurableFile.makeDurable(file, path)
    try DurableFile.rename(path + ".temporary", to: path)
    isFinished = true
  }

  private func empty() throws(OperatorError) {
    try DurableFile.write(buffer, to: file, path)
    buffer.removeAll(keepingCapacity: true)
  }
}

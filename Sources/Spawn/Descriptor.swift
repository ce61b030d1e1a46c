import CLinux
import Glibc

/// A file descriptor that is closed exactly once.
struct Descriptor: ~Copyable {
  let number: Int32

  init?(_ number: Int32) {
    guard number >= 0 else { return nil }
    self.number = number
  }

  deinit { close(number) }

  /// An anonymous memory file holding `bytes`, positioned at its start.
  static func memory(_ bytes: [UInt8]) throws(SpawnError) -> Descriptor {
    guard let file = Descriptor(clinux_memfd_create("input")) else { throw .resources(code: errno) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(file.number, $0.baseAddress.map { $0 + written }, $0.count - written) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .input(code: errno) }
      written += count
    }
    lseek(file.number, 0, SEEK_SET)
    return file
  }

  static func reading(path: String) throws(SpawnError) -> Descriptor {
    guard let file = Descriptor(open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) else { throw .input(code: errno) }
    return file
  }
}

/// Both ends of a pipe, closed on exec; the reading end does not block.
struct Pipe: ~Copyable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(SpawnError) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0, let reading = Descriptor(ends[0]), let writing = Descriptor(ends[1]) else {
      throw .resources(code: errno)
    }
    _ = fcntl(reading.number, F_SETFL, O_NONBLOCK)
    self.reading = reading
    self.writing = writing
  }

  /// Closes the writing end.
  consuming func readingOnly() -> Descriptor { reading }
}

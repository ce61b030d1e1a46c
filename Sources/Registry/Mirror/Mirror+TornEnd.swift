import Database
import Glibc
import Model

extension Mirror {
  /// Cuts off what a crash or a power cut has left of the last append, which was never synced: of what the database would append next, some
  /// bytes, and zeros where the others should be, also before the others and behind them. Nothing is lost by that: every byte of it comes
  /// from the database again. Gives `false`, and leaves the file alone, when anything else stands there.
  func cutTornEnd(_ connection: Connection) throws -> Bool {
    var place = length
    var isTorn = true
    struct Known: Error {}
    do {
      try EventStore.events(after: mirroredID, connection) { _, event in
        let expected = MirrorLine.bytes(of: event)
        let found = try bytes(at: place, count: expected.count)
        isTorn = zip(found, expected).allSatisfy { $0 == $1 || $0 == 0 }
        place += Int64(found.count)
        if !isTorn || found.count < expected.count { throw Known() }
      }
    } catch is Known {}
    while isTorn, case let reserved = try bytes(at: place, count: 1 << 16), !reserved.isEmpty {
      isTorn = reserved.allSatisfy { $0 == 0 }
      place += Int64(reserved.count)
    }
    guard isTorn else { return false }
    guard ftruncate(file, off_t(length)) == 0 else { throw DurableFile.failure("ftruncate", path) }
    try DurableFile.makeDurable(file, path)
    return true
  }

  /// Fewer than `count` at the end of the file.
  private func bytes(at offset: Int64, count: Int) throws -> ArraySlice<UInt8> {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled)) }
      if read < 0 && errno == EINTR { continue }
      guard read >= 0 else { throw DurableFile.failure("read", path) }
      if read == 0 { break }
      filled += read
    }
    return bytes.prefix(filled)
  }
}

import Crypto
import Glibc
package import Model
import Runtime
import Synchronization

/// An object on its way into the archive: a temporary file in it, hashed as it grows. Used by one thread at a time, as `ByteSink` says; the
/// lock makes that safe to rely on.
package final class ArchiveWriter: ByteSink {
  private struct State: ~Copyable {
    var hash = SHA256()
    var size: Int64 = 0
    /// -1 once committed or discarded.
    var file: Int32
  }

  private let archive: Archive
  private let path: String
  private let state: Mutex<State>

  init(_ archive: Archive, path: String) throws(OperatorError) {
    self.archive = archive
    self.path = path
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw DurableFile.failure("open", path) }
    state = Mutex(State(file: file))
  }

  deinit { discard() }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let error = failure(writing: bytes) { throw error }
  }

  func failure(writing bytes: UnsafeRawBufferPointer) -> OperatorError? {
    state.withLock { state -> OperatorError? in
      guard state.file >= 0 else { return ArchiveWriter.over }
      guard state.size + Int64(bytes.count) <= archive.maximumObject else { return archive.tooLarge() }
      do throws(OperatorError) {
        try DurableFile.write(bytes, to: state.file, path)
      } catch {
        return error
      }
      state.hash.update(bytes)
      state.size += Int64(bytes.count)
      return nil
    }
  }

  /// Bytes taken so far.
  package var size: Int64 { state.withLock { $0.size } }

  /// Makes the object durable (fsync, rename, fsync of the folder) and gives its name. Once only. Repeating the whole after a crash gives
  /// the same object.
  package func commit() throws(OperatorError) -> StoredObject {
    let (file, digest, size) = state.withLock { state in
      let file = state.file
      state.file = -1
      return (file, state.hash.finish(), state.size)
    }
    guard file >= 0 else { throw ArchiveWriter.over }
    defer { close(file) }
    do {
      try DurableFile.makeDurable(file, path)
      return try put(StoredObject(digest: digest, size: size))
    } catch {
      unlink(path)
      throw Registry.operatorError(error)
    }
  }

  private func put(_ object: StoredObject) throws -> StoredObject {
    let target = archive.path(of: object.digest)
    // There already and whole: equal by its name. A damaged one is replaced by the good bytes in hand.
    if archive.contains(object.digest), archive.check(object) == nil {
      unlink(path)
      try DurableFile.makeDurable(DurableFile.folder(of: target))
      return object
    }
    try DurableFile.createFolder(DurableFile.folder(of: target))
    try archive.surroundings.faults.reach(DurableStep.object.before)
    try DurableFile.rename(path, to: target)
    try archive.surroundings.faults.reach(DurableStep.object.after)
    return object
  }

  /// Forgets the bytes. Without `commit` the deinitializer does the same.
  package func discard() {
    state.withLock { state in
      guard state.file >= 0 else { return }
      close(state.file)
      unlink(path)
      state.file = -1
    }
  }

  private static let over = OperatorError(
    "archive.writer-finished", "the object was finished before", remedy: "report this: it is an error of the program")
}

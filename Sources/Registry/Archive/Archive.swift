package import Crypto
package import Model
package import Runtime

/// Bytes that are in the archive for good.
package struct StoredObject: Hashable, Sendable, Codable {
  package var digest: Digest
  package var size: Int64

  package init(digest: Digest, size: Int64) {
    self.digest = digest
    self.size = size
  }
}

/// The originals, byte for byte, named by their SHA-256: `sha256/ab/cdef…` below one folder. The same bytes stored twice are one file.
///
/// Every call blocks on the disk: make it on a thread of one's own.
package struct Archive: Sendable {
  package let folder: String
  package let maximumObject: Int64
  package let minimumFree: Int64
  let surroundings: Surroundings

  /// Creates the folder, and removes temporary files that a crash left behind. Call it under the registry's lock.
  package init(folder: String, maximumObject: Int64, minimumFree: Int64, surroundings: Surroundings) throws(OperatorError) {
    self.folder = folder
    self.maximumObject = maximumObject
    self.minimumFree = minimumFree
    self.surroundings = surroundings
  }

  /// Begins an object. Throws `archive.disk-full` when less than `minimumFree` would remain.
  package func writer(expected size: Int64? = nil) throws(OperatorError) -> ArchiveWriter { throw OperatorError("x", "", remedy: "") }

  /// Stores a small object at once.
  package func store(_ bytes: [UInt8]) throws(OperatorError) -> StoredObject { throw OperatorError("x", "", remedy: "") }

  /// Where the object is, or would be. A path of digests only: it holds nothing of a message.
  package func path(of digest: Digest) -> String { folder + "/sha256/" + digest.hex.prefix(2) + "/" + digest.hex.dropFirst(2) }

  package func contains(_ digest: Digest) -> Bool { false }

  /// Reads the object again and compares it with its name: `nil` when it is sound, else `archive.missing` or `archive.damaged`.
  package func check(_ object: StoredObject) -> OperatorError? { nil }

  /// Bytes free on the archive's file system for this user.
  package func freeSpace() throws(OperatorError) -> Int64 { 0 }
}

/// An object on its way into the archive: a temporary file in it, hashed as it grows. Used by one thread at a time, as `ByteSink` says.
package final class ArchiveWriter: ByteSink {
  package func write(_ bytes: UnsafeRawBufferPointer) throws {}

  /// Makes the object durable (fsync, rename, fsync of the folder) and gives its name. Once only. Repeating the whole after a crash gives
  /// the same object.
  package func commit() throws(OperatorError) -> StoredObject { throw OperatorError("x", "", remedy: "") }

  /// Forgets the bytes. Without `commit` the deinitializer does the same.
  package func discard() {}
}

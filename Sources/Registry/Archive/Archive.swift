package import Crypto
import Glibc
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
    try DurableFile.createFolder(temporaryFolder)
    try DurableFile.createFolder(folder + "/sha256")
    for name in try Archive.names(in: temporaryFolder) { unlink(temporaryFolder + "/" + name) }
  }

  var temporaryFolder: String { folder + "/temporary" }

  /// Begins an object. `size` is what is expected, if known.
  /// Errors: `archive.disk-full` when less than `minimumFree` would remain, `archive.too-large`.
  package func writer(expected size: Int64? = nil) throws(OperatorError) -> ArchiveWriter {
    if let size, size > maximumObject { throw tooLarge() }
    let free = try freeSpace()
    guard free - (size ?? 0) >= minimumFree else {
      throw OperatorError(
        "archive.disk-full", "\(free) bytes are free, and \(minimumFree) must remain",
        remedy: "free space on the archive's file system or give it another; nothing was lost: the step is repeated",
        context: [.init("archive", folder)], disposition: .retryAfter(.seconds(300)))
    }
    return try ArchiveWriter(self, path: "\(temporaryFolder)/\(surroundings.random.hex(bytes: 16))")
  }

  /// Stores a small object at once.
  package func store(_ bytes: [UInt8]) throws(OperatorError) -> StoredObject {
    let writer = try writer(expected: Int64(bytes.count))
    if let error = bytes.withUnsafeBytes({ writer.failure(writing: $0) }) { throw error }
    return try writer.commit()
  }

  /// Where the object is, or would be. A path of digests only: it holds nothing of a message.
  package func path(of digest: Digest) -> String {
    let hex = digest.hex
    return "\(folder)/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  package func contains(_ digest: Digest) -> Bool { access(path(of: digest), R_OK) == 0 }

  /// Reads the object again and compares it with its name: `nil` when it is sound, else `archive.missing` or `archive.damaged`.
  package func check(_ object: StoredObject) -> OperatorError? {
    let context: [OperatorError.Field] = [.init("digest", object.digest.hex), .init("archive", folder)]
    let file = open(path(of: object.digest), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      return OperatorError(
        "archive.missing", "an object of the archive cannot be read",
        remedy: "restore it from a backup of the archive; its name is its SHA-256", context: context)
    }
    defer { close(file) }
    var hash = SHA256()
    var size: Int64 = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      size += Int64(count)
    }
    guard hash.finish() == object.digest, size == object.size else {
      return OperatorError(
        "archive.damaged", "an object of the archive is not what it was",
        remedy: "restore it from a backup of the archive; its name is its SHA-256", context: context)
    }
    return nil
  }

  /// Bytes free on the archive's file system for this user.
  package func freeSpace() throws(OperatorError) -> Int64 {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { throw DurableFile.failure("statvfs", folder) }
    return Int64(status.f_bavail) * Int64(status.f_frsize)
  }

  func tooLarge() -> OperatorError {
    OperatorError(
      "archive.too-large", "the object is larger than \(maximumObject) bytes",
      remedy: "raise the limit in robot.conf if such documents are expected, then `intake-robot jobs retry`",
      context: [.init("archive", folder)])
  }

  static func names(in folder: String) throws(OperatorError) -> [String] {
    guard let handle = opendir(folder) else { throw DurableFile.failure("opendir", folder) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}

import Crypto
import Model
import Registry
import Runtime

/// The archive on a thread of its own: every call of it blocks on the disk.
actor ArchiveDesk {
  private let executor: any WorkExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private let archive: Archive

  init(_ archive: Archive, surroundings: Surroundings) {
    self.archive = archive
    executor = surroundings.executor("archive")
  }

  deinit { executor.stop() }

  /// Any other small piece of work on the disk.
  func run(_ work: @Sendable () throws(OperatorError) -> Void) throws(OperatorError) { try work() }

  func begin(expected size: Int64?) throws(OperatorError) -> ArchiveWriter { try archive.writer(expected: size) }

  func commit(_ writer: ArchiveWriter) throws(OperatorError) -> StoredObject { try writer.commit() }

  /// A small object that is text: the body of a message.
  func text(of digest: Digest) throws(OperatorError) -> String {
    String(decoding: try TextFile.readBytes(archive.path(of: digest)), as: UTF8.self)
  }

  func store(_ text: String) throws(OperatorError) -> StoredObject { try archive.store(Array(text.utf8)) }
}

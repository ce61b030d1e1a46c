/// Where bytes of unknown length go as they arrive, so that no file is ever whole in memory.
package protocol ByteSink: Sendable {
  /// Takes the next piece. Called on the thread of whoever delivers the bytes, one piece at a time; a throw ends the delivery.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

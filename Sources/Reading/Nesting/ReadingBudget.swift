import Model

/// What one attachment may cost with everything inside it, and how much of that is spent: one for the whole tree of files inside files, whatever
/// formats they are of.
final class ReadingBudget {
  let limits: NestingLimits
  /// When reading must be over, so that what was read until then can still be handed on.
  let end: ContinuousClock.Instant
  /// Bytes that may be unpacked in all.
  private let allowedBytes: Int
  private(set) var files = 0
  private(set) var bytes = 0
  /// Pages and pictures whose text was recognised, and the time that took.
  private(set) var recognisedPages = 0
  private(set) var recognitionTime = Duration.zero

  /// `size`: bytes of the attachment itself.
  init(limits: NestingLimits, size: Int, end: ContinuousClock.Instant) {
    self.limits = limits
    self.end = end
    let (product, overflow) = max(1, size).multipliedReportingOverflow(by: limits.expansion)
    allowedBytes = min(limits.bytes, max(NestingLimits.freeBytes, overflow ? Int.max : product))
  }

  var remaining: Duration { max(.zero, end - .now) }

  var isOver: Bool { remaining == .zero }

  /// Bytes that may still be unpacked. An unpacker asks first and stops there.
  var remainingBytes: Int { max(0, allowedBytes - bytes) }

  var remainingFiles: Int { max(0, limits.files - files) }

  /// The word for having no bytes left.
  var bytesReason: String { allowedBytes < limits.bytes ? "limit-expansion" : "limit-bytes" }

  /// Takes one more file out of the budget. `nil` when it fits, else the word for the limit that it does not.
  func take(bytes count: Int) -> String? {
    if isOver { return "limit-time" }
    if files >= limits.files { return "limit-files" }
    if count > remainingBytes { return bytesReason }
    files += 1
    bytes += count
    return nil
  }

  /// Notes that one more page or picture went through recognition.
  func addRecognition(time: Duration) {
    recognisedPages += 1
    recognitionTime += time
  }
}

import Crypto
import Database
import Model

/// What a checkpoint signs: the end of every chain at one moment, and the checkpoint before. One text, so that anybody can read and verify it:
///
///     intake-robot checkpoint 1
///     environment: production
///     epoch: 1xk3f9qa
///     at: 2026-07-04T00:00:41.000000Z
///     day: 2026-07-03
///     previous: SHA-256 of the text of the checkpoint before, 64 zeros for the first
///     chain: SEQUENCE HASH NAME        a line for each chain, in the order of their names
///     end
///
/// Each line ends with a line feed. The signature is Ed25519 over the bytes of the text. This format never changes; a later one says `checkpoint 2`.
struct Checkpoint: Equatable {
  struct Head: Equatable {
    var chain: String
    var sequence: Int64
    var hash: Digest
  }

  var environment: String
  var epoch: String
  var at: Timestamp
  /// The day that has ended, Europe/Sofia.
  var day: CivilDate
  var previous: Digest
  var heads: [Head]

  var text: String {
    let lines = heads.map { "chain: \($0.sequence) \($0.hash.hex) \($0.chain)\n" }.joined()
    return "intake-robot checkpoint 1\nenvironment: \(environment)\nepoch: \(epoch)\nat: \(at.iso8601)\nday: \(day)\nprevious: \(previous.hex)\n"
      + lines + "end\n"
  }

  var digest: Digest { SHA256.digest(text) }

  /// The chains that a text names; `nil` when it is no checkpoint of format 1.
  static func heads(of text: String) -> [Head]? {
    let lines = text.split(separator: "\n")
    guard lines.first == "intake-robot checkpoint 1", lines.last == "end" else { return nil }
    var heads: [Head] = []
    for line in lines where line.hasPrefix("chain: ") {
      let parts = line.dropFirst(7).split(separator: " ", maxSplits: 2)
      guard parts.count == 3, let sequence = Int64(parts[0]), let hash = Digest(hex: parts[1]) else { return nil }
      heads.append(Head(chain: String(parts[2]), sequence: sequence, hash: hash))
    }
    return heads
  }
}

/// Names of fields of the events that close a day, a month or a year.
extension EventField {
  static let checkpoint = "checkpoint"
  static let signature = "signature"
  static let statement = "statement"
  static let day = "day"
  static let period = "period"
  static let counters = "counters"
  static let entries = "entries"
}

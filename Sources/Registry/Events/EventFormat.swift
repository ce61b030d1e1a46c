import Crypto

/// Format 1 of the hash chain. Never changes once a journal exists; Registry's golden test holds it to vectors computed elsewhere.
///
///     commitment = SHA-256("intake-robot/field/1\n" ‖ lp(chain) ‖ lp(sequence) ‖ lp(name) ‖ salt ‖ lp(value))
///     hash       = SHA-256("intake-robot/event/1\n" ‖ previous hash ‖ lp(chain) ‖ lp(sequence) ‖ for every field by name: lp(name) ‖ commitment)
///
/// lp(x) is the length of x as four bytes, most significant first, and x; numbers are decimal; names are ordered by their UTF-8 bytes; the
/// predecessor of event 1 is 32 zero bytes. A masked or erased field has lost value and salt, and keeps its commitment, so the hash still verifies.
struct EventHasher: ~Copyable {
  static let fieldMark = "intake-robot/field/1\n"
  static let eventMark = "intake-robot/event/1\n"

  private var hash = SHA256()

  mutating func commitment(chain: String, sequence: Int64, name: String, salt: [UInt8], value: String) -> Digest {
    hash.update(EventHasher.fieldMark)
    add(chain)
    add(String(sequence))
    add(name)
    hash.update(salt)
    add(value)
    return hash.finish()
  }

  /// `fields` in any order.
  mutating func eventHash(previous: Digest, chain: String, sequence: Int64, fields: [(name: String, commitment: Digest)]) -> Digest {
    hash.update(EventHasher.eventMark)
    hash.update(previous.bytes)
    add(chain)
    add(String(sequence))
    for field in fields.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      add(field.name)
      hash.update(field.commitment.bytes)
    }
    return hash.finish()
  }

  private mutating func add(_ text: String) {
    withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { hash.update($0) }
    hash.update(text)
  }
}

import Crypto

/// Format 1 of the hash chain. Never changes once a journal exists; Registry's golden test holds it to vectors computed elsewhere.
///
///     commitment = SHA-256("intake-robot/field/1\n" ‖ lp(chain) ‖ lp(sequence) ‖ lp(name) ‖ salt ‖ lp(value))
///     hash       = SHA-256("intake-robot/event/1\n" ‖ previous hash ‖ lp(chain) ‖ lp(sequence) ‖ for every field by name: lp(name) ‖ commitment)
///
/// lp(x) is the length of x as four bytes, most significant first, and x; numbers are decimal; names are ordered by their UTF-8 bytes; the
/// predecessor of event 1 is 32 zero bytes. A masked or erased field has lost value and salt, and keeps its commitment, so the hash still verifies.
struct EventHasher: ~Copyable {
  private var hash = SHA256()

  mutating func commitment(chain: String, sequence: Int64, name: String, salt: [UInt8], value: String) -> Digest {
    begin(chain: chain, sequence: sequence)
    add(name)
    hash.update(salt)
    add(value)
    return hash.finish()
  }

  /// The parts of a commitment, for one whose bytes lie elsewhere: `begin`, `add` the name, `update` with the salt, `add` the value, `finish`.
  mutating func begin(chain: String, sequence: Int64) {
    hash.update("intake-robot/field/1\n")
    add(chain)
    add(String(sequence))
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { hash.update($0) }
    hash.update(bytes)
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bytes) }

  mutating func finish() -> Digest { hash.finish() }

  /// `fields` in any order.
  mutating func eventHash(previous: Digest, chain: String, sequence: Int64, fields: [(name: String, commitment: Digest)]) -> Digest {
    hash.update("intake-robot/event/1\n")
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

import Crypto
import Testing

@testable import Registry

/// The hash format never changes. The expected values were computed by this program in another language:
///
///     import hashlib
///     def lp(x): b = x.encode(); return len(b).to_bytes(4, 'big') + b
///     def com(chain, seq, name, salt, value):
///         return hashlib.sha256(b"intake-robot/field/1\n" + lp(chain) + lp(str(seq)) + lp(name) + salt + lp(value)).digest()
///     def h(prev, chain, seq, fields):
///         d = b"intake-robot/event/1\n" + prev + lp(chain) + lp(str(seq))
///         for n, c in sorted(fields, key=lambda f: f[0].encode()): d += lp(n) + c
///         return hashlib.sha256(d).digest()
///     s1, s2 = bytes(range(16)), bytes(range(16, 32))
///     first = h(bytes(32), "ЗСПД", 1, [("kind", com("ЗСПД", 1, "kind", s1, "open"))])
///     c1, c2 = com("ЗСПД", 2, "subject", s1, "Молба"), com("ЗСПД", 2, "at", s2, "2026-07-03T07:15:02.000000Z")
///     for d in (c1, c2, first, h(first, "ЗСПД", 2, [("subject", c1), ("at", c2)])): print(d.hex())
@Suite struct EventFormatTests {
  private let salt1 = [UInt8](0..<16)
  private let salt2 = [UInt8](16..<32)

  @Test func commitmentsAndHashesAreThoseOfTheFormat() {
    var hasher = EventHasher()
    let subject = hasher.commitment(chain: "ЗСПД", sequence: 2, name: "subject", salt: salt1, value: "Молба")
    let at = hasher.commitment(chain: "ЗСПД", sequence: 2, name: "at", salt: salt2, value: "2026-07-03T07:15:02.000000Z")
    #expect(subject.hex == "ab5f69c8176dbca5b3b8478142bdb0ecbb6dbb4163074a1395095d981d388213")
    #expect(at.hex == "3a11cee1c57bd9b22ec7fb7cda3314970477292c687aa882cd3ebef36dba6ce7")
    let kind = hasher.commitment(chain: "ЗСПД", sequence: 1, name: "kind", salt: salt1, value: "open")
    let first = hasher.eventHash(previous: .zero, chain: "ЗСПД", sequence: 1, fields: [("kind", kind)])
    #expect(first.hex == "06030678af9c6ff075fd5d5745e0be3d22aa8bae3d968f5f66a2fb6282afa762")
    for fields in [[("subject", subject), ("at", at)], [("at", at), ("subject", subject)]] {
      let second = hasher.eventHash(previous: first, chain: "ЗСПД", sequence: 2, fields: fields)
      #expect(second.hex == "de4447c73bbc432538ac5762575b49fbe9ee1c5dfcb1746bf0b9cf61ebb1d7d3")
    }
  }

  @Test func aLineOfTheMirrorIsReadBackAndNoOther() throws {
    var hasher = EventHasher()
    let value = "Редове\nи \"кавички\" \\ \u{1}"
    let commitment = hasher.commitment(chain: "А\"Б", sequence: 7, name: "subject", salt: salt1, value: value)
    let hash = hasher.eventHash(previous: .zero, chain: "А\"Б", sequence: 7, fields: [("subject", commitment)])
    let event = Event(
      chain: "А\"Б", sequence: 7, previous: .zero, hash: hash,
      fields: [Event.Field(name: "subject", content: .open(value: value, salt: salt1), commitment: commitment)])
    let line = Array(MirrorLine.bytes(of: event).dropLast())
    #expect(!line.contains(UInt8(ascii: "\n")))
    #expect(MirrorLine.event(of: line) == event)
    var closed = event
    closed.fields[0].content = .closed
    #expect(MirrorLine.event(of: Array(MirrorLine.bytes(of: closed).dropLast())) == closed)
    for index in line.indices {
      var changed = line
      changed[index] ^= 1
      #expect(MirrorLine.event(of: changed) == nil)
    }
  }
}

import Crypto
import Model

/// An event as one line of the mirror: JSON with sorted keys, no spaces, one way to write each event.
///
///     {"chain":"ЗСПД","fields":[{"commitment":"…","name":"at","salt":"…","value":"…"},…],"hash":"…","prev":"…","seq":1,"v":1}
///
/// Digests and salts are lower-case hexadecimal; a masked or erased field has no `salt` and no `value`.
enum MirrorLine {
  /// With its line end.
  static func bytes(of event: Event) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 + event.fields.count * 180)
    bytes += #"{"chain":"#.utf8
    append(event.chain, to: &bytes)
    bytes += #","fields":["#.utf8
    for (index, field) in event.fields.enumerated() {
      bytes += (index == 0 ? #"{"commitment":""# : #",{"commitment":""#).utf8
      bytes += field.commitment.hex.utf8
      bytes += #"","name":"#.utf8
      append(field.name, to: &bytes)
      if case .open(let value, let salt) = field.content {
        bytes += #","salt":""#.utf8
        bytes += Hex.text(of: salt).utf8
        bytes += #"","value":"#.utf8
        append(value, to: &bytes)
      }
      bytes += "}".utf8
    }
    bytes += #"],"hash":""#.utf8
    bytes += event.hash.hex.utf8
    bytes += #"","prev":""#.utf8
    bytes += event.previous.hex.utf8
    bytes += "\",\"seq\":\(event.sequence),\"v\":1}\n".utf8
    return bytes
  }

  /// The event of a line given without its line end; `nil` unless it is one of version 1 whose commitments and hash are right.
  static func event(of line: [UInt8]) -> Event? {
    guard let parsed = try? Parsed(line), let previous = Digest(hex: parsed.prev), let hash = Digest(hex: parsed.hash) else { return nil }
    var hasher = EventHasher()
    var fields: [Event.Field] = []
    for field in parsed.fields {
      guard let commitment = Digest(hex: field.commitment) else { return nil }
      switch (field.value, field.salt) {
      case (let value?, let salt?):
        guard let salt = Hex.bytes(of: salt), salt.count == 16,
          hasher.commitment(chain: parsed.chain, sequence: parsed.seq, name: field.name, salt: salt, value: value) == commitment
        else { return nil }
        fields.append(Event.Field(name: field.name, content: .open(value: value, salt: salt), commitment: commitment))
      case (nil, nil): fields.append(Event.Field(name: field.name, content: .closed, commitment: commitment))
      default: return nil
      }
    }
    let computed = hasher.eventHash(
      previous: previous, chain: parsed.chain, sequence: parsed.seq, fields: fields.map { ($0.name, $0.commitment) })
    guard computed == hash else { return nil }
    return Event(chain: parsed.chain, sequence: parsed.seq, previous: previous, hash: hash, fields: fields)
  }

  fileprivate struct Parsed {
    var chain = ""
    var seq: Int64 = 0
    var prev = ""
    var hash = ""
    var fields: [Field] = []

    struct Field {
      var name = ""
      var salt: String?
      var value: String?
      var commitment = ""
    }

    private init() {}

    /// Throws for a line that is not of version 1.
    init(_ line: [UInt8]) throws(StoredJSON.Surprise) {
      var reader = StoredJSON(line)
      var read = Parsed()
      var version: Int64 = 0
      try reader.object { (json, name) throws(StoredJSON.Surprise) in
        switch name {
        case "chain": read.chain = try json.string()
        case "fields": read.fields = try json.array { (json) throws(StoredJSON.Surprise) in try Field(&json) }
        case "hash": read.hash = try json.string()
        case "prev": read.prev = try json.string()
        case "seq": read.seq = try json.integer()
        case "v": version = try json.integer()
        default: throw StoredJSON.Surprise()
        }
      }
      guard reader.isAtEnd, version == 1 else { throw StoredJSON.Surprise() }
      self = read
    }
  }

  /// A JSON string; only what must be escaped is.
  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        bytes += #"\u00"#.utf8
        bytes += Hex.text(of: CollectionOfOne(byte)).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension MirrorLine.Parsed.Field {
  fileprivate init(_ json: inout StoredJSON) throws(StoredJSON.Surprise) {
    var field = MirrorLine.Parsed.Field()
    try json.object { (json, name) throws(StoredJSON.Surprise) in
      switch name {
      case "commitment": field.commitment = try json.string()
      case "name": field.name = try json.string()
      case "salt": field.salt = try json.string()
      case "value": field.value = try json.string()
      default: throw StoredJSON.Surprise()
      }
    }
    self = field
  }
}

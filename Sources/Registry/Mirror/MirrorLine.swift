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
    var line = ByteWriter(capacity: 256 + event.fields.count * 240)
    begin(chain: event.chain, &line)
    for (index, field) in event.fields.enumerated() {
      var name = field.name
      name.withUTF8 { name in
        let name = UnsafeRawBufferPointer(name)
        switch field.content {
        case .open(var value, let salt):
          value.withUTF8 { value in
            salt.withUnsafeBytes { salt in
              Self.field(
                name: name, commitment: field.commitment.bytes, open: (UnsafeRawBufferPointer(value), salt), isFirst: index == 0, &line)
            }
          }
        case .closed: Self.field(name: name, commitment: field.commitment.bytes, open: nil, isFirst: index == 0, &line)
        }
      }
    }
    end(hash: event.hash, previous: event.previous, sequence: event.sequence, &line)
    return [UInt8](line.bytes)
  }

  // MARK: The parts of a line, in order

  static func begin(chain: String, _ line: inout ByteWriter) {
    line.append(#"{"chain":"#)
    var chain = chain
    chain.withUTF8 { line.appendJSON(UnsafeRawBufferPointer($0)) }
    line.append(#","fields":["#)
  }

  /// Without value and salt for a field that was masked or erased.
  static func field(
    name: UnsafeRawBufferPointer, commitment: [UInt8], open: (value: UnsafeRawBufferPointer, salt: UnsafeRawBufferPointer)?, isFirst: Bool,
    _ line: inout ByteWriter
  ) {
    if !isFirst { line.append(UInt8(ascii: ",")) }
    line.append(#"{"commitment":""#)
    commitment.withUnsafeBytes { line.appendHex($0) }
    line.append(#"","name":"#)
    line.appendJSON(name)
    if let open {
      line.append(#","salt":""#)
      line.appendHex(open.salt)
      line.append(#"","value":"#)
      line.appendJSON(open.value)
    }
    line.append(UInt8(ascii: "}"))
  }

  static func end(hash: Digest, previous: Digest, sequence: Int64, _ line: inout ByteWriter) {
    line.append(#"],"hash":""#)
    hash.bytes.withUnsafeBytes { line.appendHex($0) }
    line.append(#"","prev":""#)
    previous.bytes.withUnsafeBytes { line.appendHex($0) }
    line.append(#"","seq":"#)
    line.append(String(sequence))
    line.append(#","v":1}"#)
    line.append(UInt8(ascii: "\n"))
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

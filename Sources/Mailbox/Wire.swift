import FoundationEssentials
import HTTPTransport
import Model

/// JSON in and out.
enum Wire {
  static func decode<Value: Decodable>(_ type: Value.Type, from response: HTTPResponse) throws(WireMistake) -> Value {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let body = response.body.starts(with: mark) ? response.body.dropFirst(3) : response.body[...]
    do {
      return try JSONDecoder().decode(type, from: Data(body))
    } catch let mistake as WireMistake {
      throw mistake
    } catch {
      // Foundation's own description quotes the text: it stays here.
      throw WireMistake(["json"])
    }
  }

  static func encode(_ value: JSONValue) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }
}

/// A query string, percent-encoded: everything but letters, digits and `-._~`, so that the `+` of an offset survives (contract section 3.2).
struct Query {
  let text: String

  init(_ parameters: [(name: String, value: String?)]) {
    let present = parameters.compactMap { name, value in value.map { "\(name)=\(Query.encode($0))" } }
    text = present.isEmpty ? "" : "?" + present.joined(separator: "&")
  }

  static func encode(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }
}

extension Timestamp {
  /// As a filter of ССЕВ: Sofia time with its offset, so that no reading of the server can differ; a fraction only where there is one.
  package var ssevFilter: String {
    let whole = SofiaTime.iso8601(self)
    let fraction = Int(microseconds - seconds * 1_000_000)
    return fraction == 0 ? whole : whole.prefix(19) + "." + padded(fraction, 6) + whole.suffix(6)
  }
}

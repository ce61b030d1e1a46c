import Crypto
import XMLReading

/// A reference to a file by name and digest, as the manifests of ASiC have them.
struct FileReference {
  let name: String
  private let algorithm: String?
  private let digest: [UInt8]?
  private let isTransformed: Bool

  init(_ element: XMLElement) {
    name = FileReference.decoded(element.attribute("URI") ?? "")
    algorithm = element.first("DigestMethod")?.attribute("Algorithm").flatMap(DigestMethod.libraryName)
    digest = element.first("DigestValue")?.content.flatMap(Base64.decode)
    isTransformed = element.first("Transforms")?.children.isEmpty == false
  }

  /// Whether the file is there with this digest; `nil` when it cannot be told.
  func matches(_ file: (String) -> ArraySlice<UInt8>?) -> Bool? {
    guard let bytes = file(name) else { return false }
    guard !isTransformed, let algorithm, let digest, let actual = MessageDigest.compute(algorithm, bytes) else { return nil }
    return actual == digest
  }

  /// Percent signs of a URI as the bytes that they stand for.
  static func decoded(_ uri: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(uri.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let value = Hex.bytes(of: String(decoding: rest.prefix(2), as: UTF8.self)) {
        bytes += value
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension XMLElement {
  /// The value of an attribute without namespace.
  func attribute(_ name: String) -> String? { attributes.first { $0.name == name && $0.namespace.isEmpty }?.value }
}

enum DigestMethod {
  /// `http://www.w3.org/2001/04/xmlenc#sha256` as `sha256`.
  static func libraryName(_ uri: String) -> String? { uri.split(separator: "#").last.map { $0.lowercased() } }
}

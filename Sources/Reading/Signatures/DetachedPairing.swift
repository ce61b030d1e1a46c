import Crypto
import Model

extension DetachedSignature {
  /// Puts signatures among the files of one archive beside what they are about, and checks them with it: the file whose digest the signature
  /// states, else the one that its name names. `readings` are those of `files`, in order.
  static func pair(_ readings: inout [DocumentReading], _ files: [Unpacking.File]) {
    var digests = SiblingDigests(files)
    for index in readings.indices.prefix(files.count) where isDetached(readings[index]) {
      guard let target = target(of: readings[index], at: index, files, &digests), let message = CMSReader.binary(Array(files[index].bytes)),
        case .signed(let signed) = SignedMessage.open(message, detached: Array(files[target].bytes))
      else { continue }
      let signatures = signed.signers.map { signer -> SignatureFacts in
        var facts = SignatureFacts(cades: signer, isDetached: true)
        facts.coversWhole = true
        facts.file = Part.label(files[target].path)
        return facts
      }
      readings[index].facts = SignatureFacts.facts(signatures, method: method)
    }
  }

  private static func isDetached(_ reading: DocumentReading) -> Bool { reading.kind == .cms && reading.notes.contains("detached-signature") }

  private static func target(
    of reading: DocumentReading, at index: Int, _ files: [Unpacking.File], _ digests: inout SiblingDigests
  ) -> Int? {
    let stated = reading.facts.first { $0.name == "signature.digest" }?.value.display
    if let stated, let found = files.indices.first(where: { $0 != index && digests.has(stated, at: $0) }) { return found }
    let names = SignedName.signed(by: Part.label(files[index].path) ?? "")
    return files.indices.first { other in other != index && Part.label(files[other].path).map { names.contains($0.lowercased()) } == true }
  }
}

/// Digests of files beside each other, each made once.
private struct SiblingDigests {
  private let files: [Unpacking.File]
  private var known: [String: String] = [:]

  init(_ files: [Unpacking.File]) { self.files = files }

  mutating func has(_ stated: String, at index: Int) -> Bool {
    guard let colon = stated.firstIndex(of: ":") else { return false }
    let algorithm = String(stated[..<colon])
    let key = "\(index) \(algorithm)"
    if let digest = known[key] { return digest == stated }
    guard let digest = MessageDigest.compute(DetachedSignature.libraryName(algorithm), files[index].bytes) else { return false }
    let text = "\(algorithm):\(Hex.text(of: digest))"
    known[key] = text
    return text == stated
  }
}

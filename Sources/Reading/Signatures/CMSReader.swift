import Crypto
import Model

/// CMS (`.p7m`, `.p7s`): who signed, and the signed file as a part of its own. A detached signature has no file in it; the file it is about is found
/// by the robot among the message's attachments, or here among the files of the same archive (`DetachedSignature`).
struct CMSReader {
  let context: ReadingContext

  func read(_ bytes: [UInt8]) -> DocumentReading {
    guard let message = CMSReader.binary(bytes) else { return .unread(.cms, "damaged") }
    switch SignedMessage.open(message) {
    case .encrypted: return .unread(.cms, "encrypted")
    case .other: return .unread(.cms, "not-supported")
    case .malformed: return .unread(.cms, "damaged")
    case .signed(let signed): return reading(of: signed)
    }
  }

  private func reading(of signed: SignedMessage) -> DocumentReading {
    var reading = DocumentReading(kind: .cms, status: .read)
    let isDetached = signed.content == nil
    reading.facts = SignatureFacts.facts(
      signed.signers.map { SignatureFacts(cades: $0, isDetached: isDetached) }, method: isDetached ? DetachedSignature.method : "cms")
    if signed.signers.isEmpty { reading.notes.append("no-signer") }
    guard let content = signed.content else {
      reading.notes.append("detached-signature")
      // With this the robot, which has the file, can settle whether it is the one that was signed.
      if !signed.signers.isEmpty, signed.signers.allSatisfy({ $0.attributesIntegrity == .ok }) { reading.notes.append("signature-matches-key") }
      return reading
    }
    guard context.canDescend else {
      (reading.status, reading.reason) = (.unread, "limit-depth")
      return reading
    }
    // The signature stays the container's; the file inside is called by the container's name without its ending.
    context.attach(CollectionOfOne(Part(name: nil, bytes: content)), to: &reading)
    return reading
  }

  /// DER or BER out of whatever frame it came in: none, PEM, or base64 alone. `nil` when it is none of these.
  static func binary(_ bytes: [UInt8]) -> [UInt8]? {
    if bytes.first == 0x30 { return bytes }
    var body = bytes[...]
    if let begin = bytes.prefix(pemHeader).firstRange(of: Array("-----BEGIN ".utf8)) {
      guard let line = bytes[begin.upperBound...].firstIndex(of: 0x0A) else { return nil }
      body = bytes[(line + 1)...]
      if let end = body.firstRange(of: Array("-----END ".utf8)) { body = body[..<end.lowerBound] }
    }
    guard let decoded = Base64.decode(String(decoding: body, as: UTF8.self)), decoded.first == 0x30 else { return nil }
    return decoded
  }

  /// Comments may stand before the frame.
  private static let pemHeader = 4096
}

extension SignatureFacts {
  init(cades signer: SignedMessage.Signer, isDetached: Bool) {
    kind = .cades
    self.signer = signer.subject
    time = signer.signingTime
    integrity = Integrity(signer.integrity)
    // What is signed is all there is.
    coversWhole = isDetached ? nil : true
    if isDetached, let digest = signer.messageDigest { self.digest = DetachedSignature.text(algorithm: signer.digestAlgorithm, digest: digest) }
  }
}

extension SignatureFacts.Integrity {
  init(_ integrity: SignedMessage.Integrity) {
    switch integrity {
    case .ok: self = .ok
    case .broken: self = .broken
    case .unknown: self = .unknown
    }
  }
}

/// How a signature beside its file is described.
enum DetachedSignature {
  /// The method of its facts.
  static let method = "cms-detached"

  /// `sha-256:…`, as libcrypto's `SHA256` is usually written.
  static func text(algorithm: String, digest: [UInt8]) -> String {
    let lowered = algorithm.lowercased()
    let name = lowered.hasPrefix("sha") && !lowered.contains("-") ? "sha-" + lowered.dropFirst(3) : lowered
    return "\(name):\(Hex.text(of: digest))"
  }

  /// `sha512` for `sha-512`.
  static func libraryName(_ algorithm: String) -> String {
    algorithm.hasPrefix("sha-") ? "sha" + algorithm.dropFirst(4) : algorithm
  }
}

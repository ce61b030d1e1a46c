import Crypto
import Model
import XMLReading

/// A signed container (ASiC-S, ASiC-E; ETSI EN 319 162-1): a zip whose `META-INF` holds the signatures. The content files are its parts, as the
/// attachments that they are.
struct ASiCReader {
  let context: ReadingContext

  func read(_ bytes: [UInt8]) -> DocumentReading {
    guard context.canDescend else { return .unread(.asic, "limit-depth") }
    let unpacked = Unpacking.run(bytes, context)
    if let lack = unpacked.lack, unpacked.files.isEmpty, unpacked.cut == nil { return .unread(.asic, lack) }
    let container = ASiCContainer(unpacked.files)
    var reading = DocumentReading(kind: .asic, status: .read, notes: unpacked.notes + container.notes)
    reading.facts = SignatureFacts.facts(container.signatures, method: "asic")
    var content = unpacked
    content.files = container.content
    context.attach(content.parts, to: &reading)
    content.state(in: &reading)
    return reading
  }
}

/// What a container holds, sorted.
struct ASiCContainer {
  private(set) var content: [Unpacking.File] = []
  private(set) var signatures: [SignatureFacts] = []
  private(set) var notes: [String] = []
  /// With the bytes that a signature is about.
  private var manifests: [(root: XMLElement, bytes: ArraySlice<UInt8>)] = []
  private var others: [Unpacking.File] = []

  init(_ files: [Unpacking.File]) {
    var held: [Unpacking.File] = []
    for file in files {
      let path = file.path.lowercased()
      if path.hasPrefix("meta-inf/") { held.append(file) } else if path != "mimetype" { content.append(file) }
    }
    for file in held where file.path.lowercased().contains("manifest") && file.path.lowercased().hasSuffix(".xml") {
      if let root = ASiCContainer.xml(file) { manifests.append((root, file.bytes)) }
    }
    others = held
    for file in held { take(file) }
    if signatures.isEmpty {
      notes.append("no-signer")
      signatures.append(SignatureFacts(kind: .asic))
    }
  }

  private mutating func take(_ file: Unpacking.File) {
    let path = file.path.lowercased()
    if path.hasSuffix(".p7s") {
      takeCMS(file)
    } else if path.contains("signature"), path.hasSuffix(".xml") {
      takeXML(file)
    } else if path.contains("evidencerecord"), !path.contains("manifest") {
      note("evidence-record")
    } else if path.hasSuffix(".tst") {
      note("timestamp")
    }
  }

  private mutating func takeXML(_ file: Unpacking.File) {
    guard let root = ASiCContainer.xml(file) else { return note("signature-unreadable") }
    signatures += XMLSignature.find(in: root, Array(file.bytes), container: .init(content: content.map(\.path), file: bytes))
  }

  /// The signature is about the manifest that names it, and through it about the files that the manifest lists; without a manifest (ASiC-S) about
  /// the one content file.
  private mutating func takeCMS(_ file: Unpacking.File) {
    let manifest = manifests.first { $0.root.first("SigReference")?.attribute("URI").map(FileReference.decoded) == file.path }
    let about = manifest?.bytes ?? (content.count == 1 ? content[0].bytes : nil)
    guard let message = CMSReader.binary(Array(file.bytes)), case .signed(let signed) = SignedMessage.open(message, detached: about.map { Array($0) })
    else { return note("signature-unreadable") }
    let references = manifest?.root.all("DataObjectReference").map(FileReference.init) ?? []
    let isChanged = references.contains { $0.matches(bytes) == false }
    let covered = Set(references.map(\.name))
    let coversAll = manifest == nil ? content.count == 1 : content.allSatisfy { covered.contains($0.path) }
    signatures += signed.signers.map { signer in
      var facts = SignatureFacts(cades: signer, isDetached: false)
      if isChanged { facts.integrity = .broken }
      facts.coversWhole = coversAll
      return facts
    }
  }

  private var bytes: (String) -> ArraySlice<UInt8>? {
    let files = content + others
    return { name in files.first { $0.path == name }?.bytes }
  }

  private static func xml(_ file: Unpacking.File) -> XMLElement? { try? XMLReading.parse(Array(file.bytes)) }

  private mutating func note(_ word: String) { if !notes.contains(word) { notes.append(word) } }
}

import Glibc
import Model
import ReaderPool
import Rules
import XMLReading

@testable import ReaderPool
@testable import Reading
@testable import Rules

/// The parsers that are our own, each fed whatever libFuzzer thinks of. None may crash, and none may break what its caller relies on. Which one,
/// says the environment variable FUZZ_TARGET.
enum FuzzTarget: String, CaseIterable {
  case rules, reading, forms, cited, identifiers, letter, rtf, mail, compound, json, encoding

  static let chosen = getenv("FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

  func run(_ bytes: [UInt8]) {
    switch self {
    case .rules:
      let text = String(decoding: bytes, as: UTF8.self)
      let main = SourceText(path: "fuzz.rules", text: text)
      _ = RulesCompiler.compile(RulesetFiles(main: main, load: { _ in .failure(LoadError("none")) }), digest: "")
    case .reading: _ = HostileReading.check(bytes)
    case .forms:
      guard let root = try? XMLReading.parse(bytes) else { return }
      accept(FormReader.read(root, kind: .xml, method: "xml"))
      _ = XMLSignature.find(in: root, bytes)
      _ = ClassicDocument.attachments(root) + ExchangeEnvelope.attachments(root)
    case .cited:
      let text = String(decoding: bytes, as: UTF8.self)
      for number in CitedNumber.find(in: text) { require(number.normal.utf8.count <= 256, "length") }
      if let normal = CitedNumber.normalise(text) { require(CitedNumber.normalise(normal) != nil, "a normal form is a number") }
    case .identifiers:
      let text = String(decoding: bytes, as: UTF8.self)
      for found in LabelledIdentifier.find(in: text) {
        require([9, 10, 13].contains(found.value.utf8.count) && found.value.utf8.allSatisfy { (0x30...0x39).contains($0) }, "digits")
        _ = PersonalIdentifier.validity(of: found.value, on: CivilDate(daysSince1970: 20_000))
      }
    case .letter: accept(.letter(.text, String(decoding: bytes, as: UTF8.self), notes: []))
    case .rtf: accept(RichText.read(bytes))
    case .mail: accept(DocumentReader(hasPrivateRoot: false, tools: Self.noTools).read(Array("From: a\nDate: b\nSubject: c\n".utf8) + bytes))
    case .compound:
      guard let file = CompoundFile(bytes) else { return }
      for entry in file.children() {
        require(file.stream(entry).count <= bytes.count, "a stream is no longer than its file")
        _ = file.children(of: entry)
      }
    case .json: _ = try? JSONText.parse(String(decoding: bytes, as: UTF8.self))
    case .encoding:
      _ = TextDecoding.decode(bytes)
      _ = TextDecoding.decode(bytes, declared: "windows-1251")
    }
  }

  private static var noTools: Toolbox {
    var tools = Toolbox()
    tools.directory = "/no/such/directory"
    return tools
  }

  private func accept(_ reading: DocumentReading) {
    require(reading.status != .unread || !reading.reason.isEmpty, "a reason")
    require((reading.text?.utf8.count ?? 0) <= ReadingLimits.textBytes, "text within its cap")
    require(reading.facts.allSatisfy { FactCatalogue.definition(named: $0.name) != nil }, "facts of the catalogue")
  }

  /// A crash is how libFuzzer is told.
  private func require(_ condition: Bool, _ what: String) {
    if !condition {
      let message = Array("broken: \(what)\n".utf8)
      _ = write(2, message, message.count)
      abort()
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzTarget.chosen?.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

import Glibc
import Spawn

/// A PDF's objects, one at a time, as `qpdf --show-object` prints them: decrypted, of the newest revision, out of object streams, and from a
/// file whose table of objects is damaged.
///
/// `qpdf --json` gives the same but resolves every object of the file first, which takes several times as long on a form of the e-forms
/// platform (a thousand objects). `pdfinfo -custom` prints Info quickly, too, but with line ends as they are, so that one value can pretend to
/// be another.
struct PDFFile {
  enum Failure: Error, Equatable {
    case passwordProtected
    case damaged
    /// A tool's stable word.
    case tool(String)
  }

  let path: String
  let tools: Toolbox

  private static let maximumOutput = 32 << 20

  func start(_ object: String) -> RunningTool { tools.start("qpdf", ["--show-object=\(object)", path], maximumOutput: PDFFile.maximumOutput) }

  func start(_ reference: PDFObject.Reference) -> RunningTool { start("\(reference.number),\(reference.generation)") }

  /// The object of a finished run; `.null` for one that the file does not have.
  static func object(_ outcome: Toolbox.Outcome) -> Result<PDFObject, Failure> {
    switch outcome {
    case .failed(let reason): return .failure(.tool(reason))
    case .finished(let code, let output, let errors):
      if errors.contains("invalid password") { return .failure(.passwordProtected) }
      // 3 is success with warnings.
      guard code == 0 || code == 3 else { return .failure(.damaged) }
      var text = output[...]
      if output.starts(with: Array("Object is stream".utf8)) {
        let mark = "Dictionary:\n"
        text = output[(ByteSearch.all(mark, in: output, limit: 1).first.map { $0 + mark.utf8.count } ?? 0)...]
      }
      guard let object = PDFObject.parse(text) else { return .failure(.damaged) }
      return .success(object)
    }
  }

  func object(_ reference: PDFObject.Reference) -> PDFObject? { try? PDFFile.object(start(reference).finish()).get() }

  /// The value itself, or what it refers to.
  func resolve(_ value: PDFObject?) -> PDFObject? {
    guard let reference = value?.reference else { return value }
    let object = object(reference)
    return object?.reference == nil ? object : nil
  }

  /// A stream's content, unpacked.
  func stream(_ reference: PDFObject.Reference, maximumBytes: Int) -> Result<[UInt8], Failure> {
    PDFFile.stream(startStream(reference, maximumBytes: maximumBytes))
  }

  /// The same while other runs are under way.
  func startStream(_ reference: PDFObject.Reference, maximumBytes: Int) -> RunningTool {
    let arguments = ["--show-object=\(reference.number),\(reference.generation)", "--filtered-stream-data", path]
    return tools.start("qpdf", arguments, maximumOutput: maximumBytes)
  }

  static func stream(_ run: RunningTool) -> Result<[UInt8], Failure> {
    switch run.finish() {
    case .failed(let reason): return .failure(.tool(reason))
    case .finished(let code, let output, _): return code == 0 || code == 3 ? .success(output) : .failure(.damaged)
    }
  }
}

/// The two dictionaries everything else is reached from.
struct PDFRoots {
  var info: PDFObject
  var catalog: PDFObject

  /// The runs of `qpdf` under way. What the file's end seems to say is asked for together with what it really says, and used when they agree.
  struct Request {
    let file: PDFFile
    fileprivate let trailer: RunningTool
    fileprivate let guesses: [(key: String, reference: PDFObject.Reference, run: RunningTool)]

    init(_ file: PDFFile, _ bytes: [UInt8]) {
      self.file = file
      trailer = file.start("trailer")
      guesses = ["Info", "Root"].compactMap { key in
        PDFRoots.lastReference("/\(key)", in: bytes).map { (key, $0, file.start($0)) }
      }
    }

    /// Must be called, once.
    func finish() -> Result<PDFRoots, PDFFile.Failure> {
      let trailer = PDFFile.object(trailer.finish())
      let guessed = guesses.map { (key: $0.key, reference: $0.reference, object: PDFFile.object($0.run.finish())) }
      return trailer.flatMap { trailer in
        dictionary("Info", trailer, guessed).flatMap { info in
          dictionary("Root", trailer, guessed).map { PDFRoots(info: info, catalog: $0) }
        }
      }
    }

    private typealias Guess = (key: String, reference: PDFObject.Reference, object: Result<PDFObject, PDFFile.Failure>)

    private func dictionary(_ key: String, _ trailer: PDFObject, _ guessed: [Guess]) -> Result<PDFObject, PDFFile.Failure> {
      guard let value = trailer[key] else { return .success(.null) }
      // The dictionary may stand in the trailer itself.
      guard let target = value.reference else { return .success(value) }
      if let guess = guessed.first(where: { $0.key == key && $0.reference == target }) { return guess.object }
      return PDFFile.object(file.start(target).finish())
    }
  }

  /// What the last `/Info 12 0 R` of the file refers to.
  fileprivate static func lastReference(_ key: String, in bytes: [UInt8]) -> PDFObject.Reference? {
    guard let start = ByteSearch.last(key, in: bytes) else { return nil }
    let rest = bytes[(start + key.utf8.count)...].prefix(32)
    guard rest.first.map({ $0 <= 0x20 }) == true, case .reference(let reference)? = PDFObject.parse(rest), reference.number > 0 else { return nil }
    return reference
  }
}

/// Looks for short words in long files.
enum ByteSearch {
  /// Where each occurrence starts, in order, at most `limit`.
  static func all(_ word: String, in bytes: [UInt8], limit: Int = 1000) -> [Int] {
    let word = Array(word.utf8)
    var found: [Int] = []
    guard let first = word.first else { return found }
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      var position = 0
      while position + word.count <= buffer.count, found.count < limit {
        guard let hit = memchr(base + position, Int32(first), buffer.count - position) else { return }
        let offset = UnsafeRawPointer(hit) - base
        guard offset + word.count <= buffer.count else { return }
        if memcmp(hit, word, word.count) == 0 { found.append(offset) }
        position = offset + 1
      }
    }
    return found
  }

  static func last(_ word: String, in bytes: [UInt8]) -> Int? {
    let word = Array(word.utf8)
    guard !word.isEmpty, bytes.count >= word.count else { return nil }
    return bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return nil }
      var offset = buffer.count - word.count
      while offset >= 0 {
        if buffer[offset] == word[0], memcmp(base + offset, word, word.count) == 0 { return offset }
        offset -= 1
      }
      return nil
    }
  }
}

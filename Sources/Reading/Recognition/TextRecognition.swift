import Model
import Spawn

/// Text out of pictures, by tesseract in Bulgarian: one page at a time, with one thread, within the pages and the time that the settings allow to
/// one attachment. What comes out is a guess: rules may find a word in it, but never conclude that a word is not there.
struct TextRecognition {
  /// The text of one picture.
  struct Page {
    var text: String
    /// Mean confidence of the words, 0...100, weighted by their letters.
    var confidence: Double
    var letters: Int
  }

  enum Outcome {
    case page(Page)
    /// A picture without words: a photograph of something else, an empty page.
    case nothing
    /// No further picture can be recognised, and why: `ocr-page-limit`, `ocr-time-limit`, `ocr-off`, `tool-missing-tesseract` …
    case stopped(String)
    /// This one could not be, for a reason of its own.
    case failed(String)
  }

  let context: ReadingContext

  /// Words of less confidence are noise, and left out.
  static let leastWordConfidence = 30.0
  /// A page of fewer words, or of words that are on the mean less certain, has no text.
  static let leastWords = 3
  static let leastConfidence = 45.0

  /// The reason for which no picture may be recognised any more; `nil` when one may.
  var obstacle: String? {
    if context.pages.recognisedPages == 0 { return "ocr-off" }
    if context.budget.recognisedPages >= context.pages.recognisedPages { return "ocr-page-limit" }
    if remaining <= .zero { return "ocr-time-limit" }
    return nil
  }

  /// `picture`: a file in a format that leptonica knows, as tesseract's standard input.
  func recognise(_ picture: [UInt8]) -> Outcome {
    if let obstacle { return .stopped(obstacle) }
    let begin = ContinuousClock.now
    defer { context.budget.addRecognition(time: .now - begin) }
    var tools = context.tools
    tools.deadline = remaining
    tools.processorSeconds = UInt64(max(1, remaining.components.seconds + 1))
    let arguments = ["stdin", "stdout", "-l", "bul", "--dpi", "200", "tsv"]
    switch tools.run("tesseract", arguments, input: .bytes(picture), maximumOutput: 8 << 20) {
    case .failed("tool-deadline-tesseract"): return .stopped("ocr-time-limit")
    case .failed(let reason): return reason.hasPrefix("tool-missing") ? .stopped(reason) : .failed(reason)
    case .finished(let code, let output, let errors):
      if errors.contains("Error opening data file") || errors.contains("Failed loading language") {
        return .stopped("tool-missing-tesseract-ocr-bul")
      }
      // A format that the library does not know, HEIC for one, or a damaged picture.
      guard code == 0 else { return .failed("ocr-picture-unreadable") }
      return RecognisedWords.page(String(decoding: output, as: UTF8.self)).map(Outcome.page) ?? .nothing
    }
  }

  private var remaining: Duration {
    min(context.pages.recognitionTime - context.budget.recognitionTime, context.budget.remaining)
  }
}

/// The table of tesseract (`tsv`): a row for each word, with its block, paragraph, line and confidence.
enum RecognisedWords {
  /// `nil` when it holds no text.
  static func page(_ table: String) -> TextRecognition.Page? {
    var text = ""
    var words = 0
    var sum = 0.0
    var letters = 0
    var line: [Substring] = []
    for row in table.split(separator: "\n").dropFirst() {
      let columns = row.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
      guard columns.count == 12, columns[0] == "5", let confidence = Double(columns[10]), confidence >= TextRecognition.leastWordConfidence
      else { continue }
      let word = columns[11]
      let count = word.count { $0.isLetter || $0.isNumber }
      guard !word.allSatisfy(\.isWhitespace) else { continue }
      // Block, paragraph, line.
      let place = Array(columns[2...4])
      if !text.isEmpty { text += place == line ? " " : place.prefix(2) == line.prefix(2) ? "\n" : "\n\n" }
      line = place
      text += word
      if count > 0 { words += 1 }
      letters += count
      sum += confidence * Double(count)
    }
    guard words >= TextRecognition.leastWords, letters > 0, sum / Double(letters) >= TextRecognition.leastConfidence else { return nil }
    return TextRecognition.Page(text: text, confidence: sum / Double(letters), letters: letters)
  }
}

/// What was recognised on the pages of one document.
struct RecognisedText {
  /// By number of the page, from 1; only pages with words.
  private(set) var pages: [Int: TextRecognition.Page] = [:]
  /// Why the pages after the last one were not tried; `nil` when all were.
  private(set) var obstacle: String?
  /// What went wrong with single pages.
  private(set) var failures: [String] = []

  init() {}

  /// Recognises pages, in order, until an obstacle. `picture` gives a page's picture, or the reason why there is none.
  init(_ numbers: some Sequence<Int>, _ recognition: TextRecognition, picture: (Int) -> Result<[UInt8], PictureFailure>) {
    for number in numbers {
      if let obstacle = recognition.obstacle {
        self.obstacle = obstacle
        return
      }
      switch picture(number) {
      case .failure(let failure): if !failures.contains(failure.reason) { failures.append(failure.reason) }
      case .success(let bytes):
        switch recognition.recognise(bytes) {
        case .page(let page): pages[number] = page
        case .nothing: break
        case .failed(let reason): if !failures.contains(reason) { failures.append(reason) }
        case .stopped(let reason):
          obstacle = reason
          return
        }
      }
    }
  }

  struct PictureFailure: Error { var reason: String }

  var isEmpty: Bool { pages.isEmpty }

  /// With the pages of another stretch of the same document.
  func joined(_ other: RecognisedText) -> RecognisedText {
    var result = self
    result.pages.merge(other.pages) { first, _ in first }
    result.failures += other.failures.filter { !failures.contains($0) }
    result.obstacle = obstacle ?? other.obstacle
    return result
  }

  var text: String { pages.sorted { $0.key < $1.key }.map(\.value.text).joined(separator: "\n\n") }

  /// Of all pages together, 0...100.
  var confidence: Int {
    let letters = pages.values.reduce(0) { $0 + $1.letters }
    let sum = pages.values.reduce(0.0) { $0 + $1.confidence * Double($1.letters) }
    return letters > 0 ? Int((sum / Double(letters)).rounded()) : 0
  }

  /// Facts that stand in the recognised text, all of them guesses, and how sure the recognition is.
  var facts: [Fact] {
    guard !isEmpty else { return [] }
    var facts = FactCollector(method: "ocr")
    facts.add("ocr.confidence", .number(Int64(confidence)), certainty: .guessed)
    return facts.facts
      + LetterFacts.find(in: TextLayer.clean(text)).map { fact in
        var fact = fact.guessed
        fact.source.method = "ocr"
        return fact
      }
  }

  /// The reading of a document that has no other text.
  func reading(_ kind: DocumentKind, notes: [String]) -> DocumentReading {
    guard !isEmpty else {
      var reading = DocumentReading.unread(kind, "no-text")
      reading.notes = notes + failures + [obstacle ?? "ocr-nothing-found"]
      return reading
    }
    var reading = DocumentReading.letter(kind, text, notes: notes + ["ocr"] + failures)
    reading.textQuality = .ocr
    reading.facts = facts
    if let obstacle { reading.readInPart(obstacle) }
    return reading
  }
}

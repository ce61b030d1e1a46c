/// The one form in which texts are compared (design.md 6.4). What it does, in order of reading:
///
/// - letters in lower case; accents go (`ѝ` is `и`, `é` is `e`), composed or not; `й` stays;
/// - look-alike letters: a word is Cyrillic or Latin as a whole, by its letters that only one script has; a word of look-alikes alone is Cyrillic.
///   So „ЗAЯBЛEHИE“ with Latin `A`, `B`, `E`, `H` is „заявление“, and `format` stays Latin;
/// - a hyphen at a line end inside a word goes with its line end: „подпо-⏎магане“;
/// - letters set apart by spaces, four or more, are a word: „Ж А Л Б А“;
/// - quotes, tabs, line ends and no-break spaces are white space; dashes are `-`; soft hyphens and invisible marks go;
/// - white space is one space between two words and nothing beside punctuation: „чл. 24“ is „чл.24“, „дете – риск“ is „дете-риск“.
///
/// Time and memory are linear in the text.
package enum TextNormalisation {
  /// The scripts a word of look-alike letters can be taken for.
  package enum Script: Sendable { case cyrillic, latin }

  /// `lookAlikes` says what a word of look-alike letters alone is taken for; texts always use the default.
  package static func normalise(_ text: String, lookAlikes: Script = .cyrillic) -> NormalisedText {
    var normaliser = Normaliser(lookAlikes: lookAlikes, capacity: text.utf8.count)
    let contiguous: Void? = text.utf8.withContiguousStorageIfAvailable { normaliser.run($0) }
    if contiguous == nil { Array(text.utf8).withUnsafeBufferPointer { normaliser.run($0) } }
    return NormalisedText(units: normaliser.units, starts: normaliser.starts)
  }
}

private struct Normaliser {
  typealias Class = LetterTable.Class

  var units: [UInt16] = []
  var starts: [Int32] = []
  private let table = LetterTable.shared
  private let lookAlikes: TextNormalisation.Script

  /// Where the current word begins, and whether there is one.
  private var wordStart = 0
  private var inWord = false
  /// White space since the last unit.
  private var spaces = 0
  private var sawNewline = false
  /// The last unit is a dash that stood directly behind a letter.
  private var dashIsGlued = false
  private var lastLetterWasUpper = false
  /// The word has a letter typed as Latin. Without one there is nothing to fold.
  private var wordHasLatin = false

  /// The run of single letters that may be a spaced-out word: where its first letter stands, how many, how wide the gaps.
  private var runStart = 0
  private var runCount = 0
  private var runGap = 0

  /// This many letters set apart make a word; fewer occur in prose („а и в“).
  private static let spacedLetters = 4
  private static let dash: UInt16 = 0x2D
  private static let space: UInt16 = 0x20

  init(lookAlikes: TextNormalisation.Script, capacity: Int) {
    self.lookAlikes = lookAlikes
    units.reserveCapacity(capacity / 2 + 8)
    starts.reserveCapacity(capacity / 2 + 8)
  }

  mutating func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    let table = table
    table.classes.withUnsafeBufferPointer { classes in
      table.folded.withUnsafeBufferPointer { folded in run(bytes, classes, folded) }
    }
    endWord()
    endRun()
  }

  private mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, _ classes: UnsafeBufferPointer<UInt8>, _ folded: UnsafeBufferPointer<UInt16>) {
    var index = 0
    let count = bytes.count
    while index < count {
      let start = index
      let first = bytes[index]
      var scalar = UInt32(first)
      index += 1
      if first >= 0x80 {
        let length = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3
        scalar = UInt32(first) & (0x3F >> UInt32(length))
        var taken = 0
        while taken < length, index < count {
          scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
          index += 1
          taken += 1
        }
        if 0xFB00...0xFB04 ~= scalar {
          ligature(scalar, at: start)
          continue
        }
      }
      let code = Int(scalar)
      if code < LetterTable.limit {
        take(scalar, classes[code], folded[code], at: start)
      } else {
        take(scalar, at: start)
      }
    }
  }

  private mutating func take(_ scalar: UInt32, at start: Int) {
    let (kind, unit) = table.entry(scalar)
    take(scalar, kind, unit, at: start)
  }

  @inline(__always) private mutating func take(_ scalar: UInt32, _ kind: UInt8, _ unit: UInt16, at start: Int) {
    if LetterTable.Class.isWord(kind) { return letter(unit, kind, isUpper: UInt32(unit) != scalar, at: start) }
    switch kind {
    case Class.ignorable: return
    case Class.combining:
      // и + breve is й; every other mark goes.
      if scalar == 0x306, inWord, spaces == 0, units.last == 0x438 { units[units.count - 1] = 0x439 }
    case Class.space, Class.newline:
      if inWord { endWord() }
      spaces += 1
      if kind == Class.newline { sawNewline = true }
    case Class.dash:
      let glued = inWord
      endWord()
      endRun()
      append(unit, at: start)
      dashIsGlued = glued
      spaces = 0
      sawNewline = false
    default:
      endWord()
      endRun()
      append(unit, at: start)
      dashIsGlued = false
      spaces = 0
      sawNewline = false
    }
  }

  @inline(__always) private mutating func letter(_ unit: UInt16, _ kind: UInt8, isUpper: Bool, at start: Int) {
    if !inWord { beginWord(isUpper: isUpper) }
    append(unit, at: start)
    wordHasLatin = wordHasLatin || kind == Class.latin || kind == Class.latinLookAlike
    lastLetterWasUpper = isUpper
  }

  @inline(__always) private mutating func append(_ unit: UInt16, at start: Int) {
    units.append(unit)
    starts.append(Int32(truncatingIfNeeded: start))
  }

  private mutating func beginWord(isUpper: Bool) {
    if dashIsGlued, sawNewline, !isUpper || lastLetterWasUpper {
      // A word broken at the line end goes on.
      units.removeLast()
      starts.removeLast()
      inWord = true
      wordStart = units.count
      while wordStart > 0, table.isWord(units[wordStart - 1]) { wordStart -= 1 }
      wordHasLatin = true
    } else {
      if spaces > 0, let last = units.last, table.isWord(last) {
        let gap = sawNewline ? 0 : spaces
        if runCount == 1, gap > 0, gap <= 3 { runGap = gap }
        if runCount > 0, gap == 0 || gap != runGap { endRun() }
        append(Normaliser.space, at: Int(starts.last ?? 0) + 1)
      } else {
        endRun()
      }
      inWord = true
      wordStart = units.count
      wordHasLatin = false
      if runCount == 0 { runStart = wordStart }
    }
    dashIsGlued = false
    spaces = 0
    sawNewline = false
  }

  private mutating func endWord() {
    guard inWord else { return }
    inWord = false
    if wordHasLatin || lookAlikes == .latin { fold(from: wordStart) }
    if units.count - wordStart == 1, table.unitClass(units[wordStart]) != Class.digit {
      if runCount == 0 { runStart = wordStart }
      runCount += 1
      return
    }
    if runCount >= Normaliser.spacedLetters { joinRun(before: wordStart) }
    runCount = 0
    runGap = 0
  }

  /// Joins a run that is followed by a space and this word.
  private mutating func joinRun(before word: Int) {
    let tail = (units: Array(units[(word - 1)...]), starts: Array(starts[(word - 1)...]))
    units.removeSubrange((word - 1)...)
    starts.removeSubrange((word - 1)...)
    endRun()
    units += tail.units
    starts += tail.starts
  }

  /// Joins the run of single letters that ends with the last unit, if it is long enough.
  private mutating func endRun() {
    defer {
      runCount = 0
      runGap = 0
    }
    guard runCount >= Normaliser.spacedLetters else { return }
    for index in 1..<runCount {
      units[runStart + index] = units[runStart + 2 * index]
      starts[runStart + index] = starts[runStart + 2 * index]
    }
    units.removeSubrange((runStart + runCount)...)
    starts.removeSubrange((runStart + runCount)...)
    fold(from: runStart)
  }

  /// Makes the word from here to the end of one script.
  private mutating func fold(from start: Int) {
    var cyrillic = 0
    var latin = 0
    var cyrillicTwins = 0
    var latinTwins = 0
    for index in start..<units.count {
      switch table.unitClass(units[index]) {
      case Class.cyrillic: cyrillic += 1
      case Class.latin: latin += 1
      case Class.cyrillicLookAlike: cyrillicTwins += 1
      case Class.latinLookAlike: latinTwins += 1
      default: break
      }
    }
    let toLatin = latin > cyrillic || (latin == 0 && cyrillic == 0 && lookAlikes == .latin)
    if toLatin {
      guard cyrillicTwins > 0 else { return }
      for index in start..<units.count { units[index] = table.latinTwin(units[index]) }
    } else {
      guard latinTwins > 0 else { return }
      for index in start..<units.count { units[index] = table.cyrillicTwin(units[index]) }
    }
  }

  private mutating func ligature(_ scalar: UInt32, at start: Int) {
    for letter in ["ff", "fi", "fl", "ffi", "ffl"][Int(scalar - 0xFB00)].utf8 { take(UInt32(letter), at: start) }
  }
}

/// Every code a diagnostic can have. A code never changes its meaning and is never used again for another. Cause and remedy of each stand in
/// `Rules/README.md`, which a test compares with this list.
package enum DiagnosticCode: String, CaseIterable, Sendable {
  // The block syntax.
  case strayCharacter = "syntax.E001"
  case unclosedString = "syntax.E002"
  case badEscape = "syntax.E003"
  case badNumber = "syntax.E004"
  case unopenedBlock = "syntax.E005"
  case unclosedBlock = "syntax.E006"
  case tooDeep = "syntax.E007"
  case namelessBlock = "syntax.E008"
  case wrongQuotes = "syntax.E009"
  case danglingComma = "syntax.E010"
  case fileTooLarge = "syntax.E011"

  // Settings of a block.
  case unknownSetting = "syntax.E020"
  case repeatedSetting = "syntax.E021"
  case missingSetting = "syntax.E022"
  case wrongValue = "syntax.E023"
  case valueOutOfRange = "syntax.E024"
  case tooMuch = "syntax.E025"
  case blockExpected = "syntax.E026"
  case blockUnexpected = "syntax.E027"

  package var isWarning: Bool { rawValue.contains(".W") }
}

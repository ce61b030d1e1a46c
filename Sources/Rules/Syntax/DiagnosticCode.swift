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

  // The ruleset as a whole.
  case rulesetMissing = "rules.E101"
  case unknownStatement = "rules.E102"
  case duplicateName = "rules.E103"
  case includeFailed = "rules.E104"
  case otherwiseMissing = "rules.E105"
  case datesReversed = "rules.E106"
  case tooLarge = "rules.E107"

  // Tables.
  case badTable = "rules.E120"
  case missingColumn = "rules.E121"
  case badCell = "rules.E122"
  case duplicateKey = "rules.E123"
  case unknownTable = "rules.E124"
  case unknownColumn = "rules.E125"

  // Journals.
  case badTemplate = "rules.E130"
  case templateLacksUnit = "rules.E131"
  case templateLacksYear = "rules.E132"
  case numbersCollide = "rules.E133"
  case targetNumbers = "rules.E134"

  // Conditions.
  case unknownFact = "rules.E140"
  case wrongTest = "rules.E141"
  case wrongLiteral = "rules.E142"
  case unknownWord = "rules.E143"
  case emptyBlock = "rules.E144"
  case conditionCycle = "rules.E145"
  case misplacedRow = "rules.E146"
  case wrongScope = "rules.E147"
  case emptyLiteral = "rules.E148"
  case malformedTest = "rules.E149"
  case malformedPattern = "rules.E150"
  case patternTooLarge = "rules.E151"
  case emptyPattern = "rules.E152"

  // Rules and their outcomes.
  case malformedRule = "rules.E160"
  case unknownStage = "rules.E161"
  case unknownJournal = "rules.E162"
  case unknownType = "rules.E163"
  case unknownUnit = "rules.E164"
  case badOutcome = "rules.E165"
  case unknownRule = "rules.E166"
  case outranksCycle = "rules.E167"
  case deadRule = "rules.E168"
  case undeclaredOrder = "rules.E169"
  case neverTrue = "rules.E170"

  // Not wrong, but hardly meant.
  case unused = "rules.W201"
  case journalUnreached = "rules.W202"
  case repeatedTest = "rules.W203"
  case analysisIncomplete = "rules.W204"

  // Advice, which takes longer: `rules check --all`.
  case mayOverlap = "rules.W210"
  case unusedRow = "rules.W211"
  case typeUnreached = "rules.W212"
  case staleDate = "rules.W213"

  /// By its letter: `E` stops the file from being used, `W` does not.
  package var isWarning: Bool { rawValue.contains(".W") }
}

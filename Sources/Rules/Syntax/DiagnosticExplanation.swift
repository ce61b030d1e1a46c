/// What each code means and what to do about it: the table of `Rules/README.md`, for `rules explain-code`. A test holds the two together.
extension DiagnosticCode {
  package var explanation: (cause: String, remedy: String) {
    switch self {
    case .strayCharacter: ("a character that means nothing in this language", "remove it; comments begin with `#`, text stands in `\"…\"`")
    case .unclosedString: ("a string is not closed on its line", "close it with `\"`; join two strings by a list")
    case .badEscape: ("a backslash in a string before something else than `\"` or `\\`", "write `\\\\` for a backslash")
    case .badNumber:
      (
        "something begins like a number but is no number, date or time",
        "put a space before the unit (`14 days`), correct the date, or put quotes around text"
      )
    case .unopenedBlock: ("a `}` without its `{`", "remove it, or find the `{` that is missing above")
    case .unclosedBlock: ("a block is open at the end of the file", "add the missing `}`")
    case .tooDeep: ("blocks inside blocks, more than 50 deep", "use named conditions")
    case .namelessBlock: ("a `{` with no word before it", "say what the block is: `all {`, `then {`")
    case .wrongQuotes: ("typographic quotes around a string", "use straight quotes: `\"…\"`")
    case .danglingComma: ("nothing follows a comma", "remove the comma or add the value")
    case .fileTooLarge: ("a file larger than 16 MB", "split it and use `include`")
    case .unknownSetting: ("a block has no setting of this name", "use the suggested name")
    case .repeatedSetting: ("a setting, or a part of a rule, is given twice", "keep one")
    case .missingSetting: ("a setting that must be there is missing", "add it")
    case .wrongValue: ("a value of the wrong kind", "write it as the message shows")
    case .valueOutOfRange: ("a value outside its range", "choose one within the range shown")
    case .tooMuch: ("something stands behind a complete statement", "remove it, or begin a new line")
    case .blockExpected: ("a block `{ … }` is missing", "add it")
    case .blockUnexpected: ("a block where none belongs", "remove it, or end the line before it")
    case .rulesetMissing: ("there is no `ruleset { … }`, or more than one", "keep exactly one, in the main file")
    case .unknownStatement: ("a statement that declares nothing", "use one of the declarations above")
    case .duplicateName: ("two things have the same name, or a name is a word of the language", "rename one")
    case .includeFailed:
      (
        "a file cannot be included: it is not there, or is included already",
        "correct the path, which is relative to the main file's folder"
      )
    case .otherwiseMissing: ("there is no `otherwise`, or more than one", "keep exactly one")
    case .datesReversed: ("`until` is not after `effective`", "correct the dates")
    case .tooLarge: ("a text to look for is too long", "shorten it to the words that matter")
    case .badTable: ("a table cannot be read as CSV", "mend the line shown: its cells, quotes, or the column names")
    case .missingColumn: ("a table lacks a column it must have", "add the column")
    case .badCell: ("a cell holds something its column cannot", "correct the cell")
    case .duplicateKey: ("two lines of a table have the same key", "keep one, or make the keys differ")
    case .unknownTable: ("there is no table or list of this name", "declare it or correct the name")
    case .unknownColumn: ("a table has no column of this name", "correct the name")
    case .badTemplate: ("a number template cannot be understood", "use the fields listed in the message")
    case .templateLacksUnit: ("a journal counts per unit but its number does not show the unit", "add `{unit.index}`")
    case .templateLacksYear: ("a journal counts per year but its number does not show the year", "add `{year}` or a date")
    case .numbersCollide:
      (
        "two counters could print the same number",
        "give each journal its own letters, each unit its own index, and put a separator between variable parts"
      )
    case .targetNumbers: ("a journal numbered by the target system has a counter or a template", "remove them, or number by robot")
    case .unknownFact: ("there is no fact or condition of this name", "use the suggested name")
    case .wrongTest: ("a test that this kind of fact does not have", "use one of the tests named")
    case .wrongLiteral: ("a value of the wrong kind in a test", "write text in quotes, numbers and dates without")
    case .unknownWord: ("a fact never has this word", "use one of its words")
    case .emptyBlock: ("a block is empty", "fill it or remove it")
    case .conditionCycle: ("a condition uses itself, perhaps through others", "break the circle")
    case .misplacedRow: ("a line of a table is named where it cannot be", "move `… in … as …` directly into the `all` behind `when`")
    case .wrongScope: ("a test of the message inside `any document`, or one `any document` in another", "move it outside")
    case .emptyLiteral: ("a text without any letter or digit", "look for words")
    case .malformedTest: ("a condition that cannot be understood", "write it as the message shows")
    case .malformedPattern: ("a pattern that cannot be understood", "write it as the message shows; a backslash makes a sign stand for itself")
    case .patternTooLarge: ("a pattern, or all together, that would need too much", "use smaller repetitions, or several patterns")
    case .emptyPattern: ("a pattern that may match nothing, so that it matches every text", "say what must be there")
    case .malformedRule: ("a declaration that cannot be understood, or lacks a part", "write it as the message shows")
    case .unknownStage: ("there is no stage of this name", "declare it in `stages` or correct the name")
    case .unknownJournal: ("there is no journal of this name", "declare it or correct the name")
    case .unknownType: ("there is no document type of this code", "add it to the table of types or correct the code")
    case .unknownUnit: ("there is no unit with this identifier", "add it to the table of units or correct the identifier")
    case .badOutcome: ("an outcome is wrong or incomplete", "write it as the message shows")
    case .unknownRule:
      (
        "`outranks` names a rule that is not there or cannot be outranked",
        "correct the name; stages order rules of different stages"
      )
    case .outranksCycle: ("rules outrank each other in a circle", "remove one of the `outranks`")
    case .deadRule: ("a rule can never decide, because a higher one is true whenever it is", "remove it, narrow the other, or change the order")
    case .undeclaredOrder:
      (
        "a rule is true whenever another of its stage is, they want different things, and none outranks the other",
        "add `outranks`"
      )
    case .neverTrue: ("a condition that can never be true", "remove one of the tests that exclude each other")
    case .unused: ("a list, condition or table that nothing uses", "remove it")
    case .journalUnreached: ("a journal into which no rule puts anything", "add a rule or remove the journal")
    case .repeatedTest: ("the same condition twice in a block", "remove one")
    case .analysisIncomplete: ("the ruleset is too large to compare all its rules with each other", "nothing; E168 and E169 may be missing")
    case .mayOverlap:
      (
        "two rules of a stage may be true of one message and want different things; the example was tried",
        "nothing when a person shall decide then, else `outranks`"
      )
    case .unusedRow: ("a line of a table with which no rule can be true", "add a rule or remove the line")
    case .typeUnreached: ("a document type that no rule gives", "add a rule or remove the line of the table")
    case .staleDate: ("a test of the day of receipt that says the same of every day on which the ruleset decides", "remove the test")
    }
  }
}

import Model

/// `facts`: the catalogue of everything that a rule may ask about.
enum FactsCommand {
  static let command = Command(
    "facts", summary: "list every fact that rules can use", operands: [Operand("WORD", .any, "only facts whose name holds one of these")],
    options: [.json],
    details: """
      Name, type, where the values come from, meaning and an example of every fact. `several`: more than one value may stand side by side; `of a
      document`: may also be asked inside `any document { }`. Sources: message (the fields of ССЕВ), document, form (e-form or classic XML), text (found
      in a letter), mail, signature (as stated), checks (worked out). Ends with 0, with 1 when no fact has such a name.
      """,
    example: "intake-robot facts service"
  ) { (invocation) async throws(OperatorError) in
    let words = invocation.operands
    let chosen = FactCatalogue.all.filter { fact in words.isEmpty || words.contains { fact.name.contains($0) } }
    let rows = [["NAME", "TYPE", "SOURCE", "EXAMPLE", "MEANING"]] + chosen.map(cells)
    let widths = rows[0].indices.map { column in column == rows[0].count - 1 ? 0 : rows.map { $0[column].count }.max() ?? 0 }
    invocation.print(
      json: ["facts": .array(chosen.map(json))], lines: rows.map { zip($0, widths).map { HelpText.pad($0, $1) }.joined(separator: "  ") })
    return chosen.isEmpty ? .failure : .ok
  }

  private static func cells(_ fact: FactCatalogue.Definition) -> [String] {
    let marks = [fact.isSet ? "several" : nil, fact.ofDocument ? "of a document" : nil].compactMap { $0 }
    let words = fact.words.isEmpty ? "" : " (\(fact.words.joined(separator: ", ")))"
    return [fact.name, ([fact.type.rawValue] + marks).joined(separator: ", "), fact.origin.rawValue, fact.example, fact.meaning + words]
  }

  private static func json(_ fact: FactCatalogue.Definition) -> JSONValue {
    [
      "name": .string(fact.name), "type": .string(fact.type.rawValue), "words": .array(fact.words.map { .string($0) }), "several": .bool(fact.isSet),
      "ofDocument": .bool(fact.ofDocument), "source": .string(fact.origin.rawValue), "meaning": .string(fact.meaning),
      "example": .string(fact.example),
    ]
  }
}

import Model

/// `mailbox "…", "…" { rule … mark … }`: what stands inside holds for the messages of these mailboxes alone. Each rule of it means `all` of the
/// mailbox and its own condition, so that everything the compiler finds out about rules it also finds out about these.
struct MailboxPart {
  private let head: Span
  private let values: ArraySlice<Token>

  private static let example = "write `mailbox \"1210150561306\" {`, and rules inside"

  /// The rules and marks inside the parts of all files, each with its part.
  static func statements(of top: TopLevel, _ context: CompileContext) -> [(Statement, MailboxPart?)] {
    top.mailboxes.flatMap { statement -> [(Statement, MailboxPart?)] in
      guard let block = statement.block, statement.words.count > 1 else {
        context.report(.malformedRule, at: statement.head, "this part says no mailbox, or nothing about it", help: example)
        return []
      }
      if block.isEmpty { context.report(.emptyBlock, at: statement.head, "there is no rule for this mailbox", help: "add one, or remove the part") }
      let part = MailboxPart(head: statement.head, values: statement.words.dropFirst())
      // A part with a mistake in its head: what stands inside is looked through all the same.
      let isSound = part.check(context)
      return block.compactMap { inner in
        if ["rule", "mark"].contains(inner.keyword) { return (inner, isSound ? part : nil) }
        context.report(
          .malformedRule, at: inner.position, "`\(inner.words.first?.shown ?? "")` does not stand in the part of a mailbox",
          help: "only `rule` and `mark` do; everything else is for all mailboxes")
        return nil
      }
    }
  }

  private func check(_ context: CompileContext) -> Bool {
    let identifiers = ListOfValues.read(values, after: head, context.diagnostics) { token in
      if token.kind == .string { return token }
      context.report(.wrongLiteral, at: token.span, "\(token.kindName) stands where a mailbox is expected", help: "write \"\(token.text)\"")
      return nil
    }
    for token in identifiers where !context.units.isEmpty && context.units[token.text] == nil {
      context.report(
        .unknownUnit, at: token.span, "there is no unit \"\(token.text)\", so no mailbox of it",
        help: NearestName.help(for: token.text, among: Array(context.units.keys), otherwise: "declare it in the table of units"))
    }
    return identifiers.count == values.count { !$0.isSymbol(",") }
  }

  /// The condition, and the mailbox.
  func restrict(_ condition: Int, _ conditions: ConditionCompiler) -> Int? {
    let words = [Token(kind: .word, text: "mailbox", span: head), Token(kind: .word, text: "is", span: head)]
    guard let mailbox = conditions.compile((words + values)[...], nil, at: head) else { return nil }
    if case .all(let children) = conditions.context.nodes[condition] { return conditions.context.node(.all([mailbox] + children)) }
    return conditions.context.node(.all([mailbox, condition]))
  }
}

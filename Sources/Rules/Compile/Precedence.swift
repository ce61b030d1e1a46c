/// `outranks`: who beats whom within a stage, through others too, and never in a circle.
struct Precedence {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func apply(
    _ orders: [(rule: Int, names: ArraySlice<Token>, head: Span)], _ byName: [String: Int], _ declared: [String: Span],
    to result: inout CompiledRules
  ) {
    var direct: [Int: [(Int, Span)]] = [:]
    for order in orders {
      let names = ListOfValues.read(order.names, after: order.head, context.diagnostics) { token -> Token? in
        if token.kind == .string { return token }
        context.report(.wrongValue, at: token.span, "the name of a rule is a string", help: "write `outranks \"\(token.text)\"`")
        return nil
      }
      for name in names {
        guard let other = byName[name.text] else {
          // A rule that is declared but wrong has been reported already.
          if declared[name.text] == nil {
            context.report(
              .unknownRule, at: name.span, "there is no rule \"\(name.text)\"", help: NearestName.help(for: name.text, among: Array(byName.keys)))
          }
          continue
        }
        let (mine, its) = (result.rules[order.rule], result.rules[other])
        guard mine.stage == its.stage, !its.description.isMark else {
          context.report(
            .unknownRule, at: name.span,
            its.description.isMark
              ? "\"\(name.text)\" is a `mark` rule and never competes"
              : "\"\(name.text)\" stands in the stage \"\(its.description.stage)\"; `outranks` orders rules of one stage",
            help: "remove this: stages are ordered by `stages`")
          continue
        }
        direct[order.rule, default: []].append((other, name.span))
      }
    }
    close(direct, &result)
  }

  /// Depth first; a rule met again on the way to itself closes a circle.
  private func close(_ direct: [Int: [(Int, Span)]], _ result: inout CompiledRules) {
    var done: [Int: Set<Int>] = [:]
    var path: [Int] = []
    func reach(_ rule: Int, _ rules: [CompiledRule]) -> Set<Int> {
      if let known = done[rule] { return known }
      path.append(rule)
      defer { path.removeLast() }
      var beaten: Set<Int> = []
      for (other, span) in direct[rule] ?? [] {
        if let start = path.firstIndex(of: other) {
          let circle = (path[start...] + [other]).map { "\"\(rules[$0].description.name)\"" }.joined(separator: " outranks ")
          context.report(.outranksCycle, at: span, "a circle: \(circle)", help: "remove one of these `outranks`")
          continue
        }
        beaten.insert(other)
        beaten.formUnion(reach(other, rules))
      }
      done[rule] = beaten
      return beaten
    }
    let rules = result.rules
    for rule in direct.keys.sorted() { result.rules[rule].beats = reach(rule, rules) }
  }
}

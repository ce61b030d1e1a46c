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

  /// Depth first, with a stack of its own; a rule met again on the way to itself closes a circle.
  private func close(_ direct: [Int: [(Int, Span)]], _ result: inout CompiledRules) {
    var done: [Int: Set<Int>] = [:]
    for start in direct.keys.sorted() where done[start] == nil {
      var path: [(rule: Int, next: Int)] = [(start, 0)]
      var onPath: Set<Int> = [start]
      while let (rule, next) = path.last {
        let edges = direct[rule] ?? []
        guard next < edges.count else {
          done[rule] = edges.reduce(into: Set(edges.map(\.0))) { $0.formUnion(done[$1.0] ?? []) }
          onPath.remove(rule)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let (other, span) = edges[next]
        if onPath.contains(other) {
          let circle = (path.map(\.rule).drop { $0 != other } + [other]).map { "\"\(result.rules[$0].description.name)\"" }
          context.report(.outranksCycle, at: span, "a circle: \(circle.joined(separator: " outranks "))", help: "remove one of these `outranks`")
        } else if done[other] == nil {
          path.append((other, 0))
          onPath.insert(other)
        }
      }
    }
    for (rule, beaten) in done where result.rules.indices.contains(rule) { result.rules[rule].beats = beaten }
  }
}

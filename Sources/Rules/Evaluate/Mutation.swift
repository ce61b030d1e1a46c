package import Model

/// A rule with one of its conditions left out. If no example notices, the condition does nothing that the examples show.
package struct RuleMutant: Sendable, Equatable {
  package let rule: String
  /// `asp.rules:12`.
  package let place: String
  /// The condition left out, in Bulgarian words.
  package let dropped: String
}

extension Ruleset {
  /// One for each condition of a rule's `all`, and for each of an `any` that is the whole condition or one of them.
  package var mutants: [RuleMutant] {
    let words = ConditionWords(program)
    return program.mutations.map { mutation in
      let rule = program.rules[mutation.rule].description
      return RuleMutant(rule: rule.name, place: rule.place, dropped: words.words(mutation.dropped))
    }
  }

  /// Which mutants, by their place in `mutants`, this message gives away: it is decided otherwise, or a claim of the rule about it breaks.
  package func mutantsBroken(by submission: Submission, sample: String) -> Set<Int> {
    let evaluation = Evaluation(program, submission, budget: Ruleset.defaultBudget)
    let decision = Deciding(evaluation).decision()
    var broken: Set<Int> = []
    for (number, mutation) in program.mutations.enumerated() {
      let original = evaluation.truth(ofRule: mutation.rule)
      let mutated = mutation.truth(evaluation)
      guard (original == .yes) != (mutated == .yes) else { continue }
      let rule = program.rules[mutation.rule].description
      if mutated == .yes ? rule.ignores.contains(sample) : rule.fires.contains(sample) {
        broken.insert(number)
        continue
      }
      evaluation.assumed = (mutation.rule, mutated)
      let other = Deciding(evaluation).decision()
      evaluation.assumed = nil
      if other.outcome != decision.outcome || other.review?.code != decision.review?.code { broken.insert(number) }
    }
    return broken
  }
}

/// One condition left out of one rule.
struct RuleMutation {
  let rule: Int
  let dropped: Int
  /// The other conditions of the `all`.
  let others: [Int]
  /// When the condition is one alternative of an `any`: the other alternatives.
  let alternatives: [Int]?

  func truth(_ evaluation: Evaluation) -> Truth {
    var result = Truth.yes
    for node in others { result = Truth.all(result, evaluation.truth(node)) }
    guard let alternatives else { return result }
    var any = Truth.no
    for node in alternatives { any = Truth.any(any, evaluation.truth(node)) }
    return Truth.all(result, any)
  }
}

extension Program {
  var mutations: [RuleMutation] {
    rules.indices.flatMap { rule -> [RuleMutation] in
      let condition = rules[rule].condition
      let parts: [Int]
      if case .all(let children) = nodes[condition] { parts = children } else { parts = [condition] }
      return parts.enumerated().flatMap { place, part -> [RuleMutation] in
        var others = parts
        others.remove(at: place)
        // A rule without any condition would be another rule.
        var found = others.isEmpty ? [] : [RuleMutation(rule: rule, dropped: part, others: others, alternatives: nil)]
        if case .any(let alternatives) = nodes[part] {
          found += alternatives.map { dropped in
            RuleMutation(rule: rule, dropped: dropped, others: others, alternatives: alternatives.filter { $0 != dropped })
          }
        }
        return found
      }
    }
  }

  /// The conditions of a rule that are told apart in reports: those of its `all`, opened where one is an `any`.
  func conditions(ofRule rule: Int) -> [Int] {
    func open(_ node: Int) -> [Int] {
      switch nodes[node] {
      case .all(let children), .any(let children): children.flatMap(open)
      default: [node]
      }
    }
    return open(rules[rule].condition)
  }
}

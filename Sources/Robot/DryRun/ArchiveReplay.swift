import Glibc
package import Model
package import Registry
package import Rules

/// Decides every stored message again, by these rules, and says what would go elsewhere. Reads a snapshot of the database and nothing else: no
/// network, no file written. Memory does not grow with the archive; the processors share the work.
package struct ArchiveReplay: Sendable {
  private let rulesets: RulesetShelf
  /// The ruleset of this day decides all; without it, that of each message's own day.
  private let asOf: CivilDate?
  private let wants: Wants
  private let judges: [Judge]

  /// What costs more than deciding.
  package struct Wants: Sendable {
    /// How often each rule and each condition was true.
    package var coverage: Bool
    /// Which conditions of the rules no message misses.
    package var mutants: Bool

    package init(coverage: Bool = false, mutants: Bool = false) {
      self.coverage = coverage
      self.mutants = mutants
    }
  }

  package struct Result: Sendable {
    package var decided = 0
    /// Of these, decided otherwise than then.
    package var changed = 0
    /// Received on a day on which none of the rulesets is in force.
    package var notInForce = 0
    /// Stored by another version of the program, which this one cannot read.
    package var unreadable = 0
    package var difference = ArchiveDifference()
    /// Empty unless asked for.
    package var coverage: RuleCoverage
    /// By ruleset digest; empty unless asked for.
    package var brokenMutants: [String: Set<Int>] = [:]

    fileprivate mutating func merge(_ later: Result) {
      decided += later.decided
      changed += later.changed
      notInForce += later.notInForce
      unreadable += later.unreadable
      difference.merge(later.difference)
      coverage.merge(later.coverage)
      brokenMutants.merge(later.brokenMutants) { $0.union($1) }
    }
  }

  /// Messages that one thread decides in one go.
  private static let page = 500

  package init(
    rulesets: RulesetShelf, asOf: CivilDate? = nil, wants: Wants = Wants(), threads: Int = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  ) {
    self.rulesets = rulesets
    self.asOf = asOf
    self.wants = wants
    judges = (0..<threads).map { _ in Judge() }
  }

  /// `progress` gets how many messages have been looked at. Messages are taken in the order in which they were first seen, so that the same archive
  /// gives the same report however many threads there are.
  package func run(_ snapshot: RegistrySnapshot, _ query: DecidedQuery, progress: @Sendable (Int) -> Void) async throws(OperatorError) -> Result {
    try await withTaskGroup(of: (Int, Result).self) { group -> Swift.Result<Result, OperatorError> in
      var result = emptyResult
      var waiting: [Int: Result] = [:]
      var (asked, merged, seen, last) = (0, 0, 0, Int64(0))
      func takeOne() async {
        guard let (number, part) = await group.next() else { return }
        waiting[number] = part
        while let next = waiting.removeValue(forKey: merged) {
          result.merge(next)
          merged += 1
        }
      }
      while true {
        let page: [DecidedMessage]
        do throws(OperatorError) {
          page = try await snapshot.decided(query, after: last, limit: Self.page)
        } catch {
          return .failure(error)
        }
        guard let final = page.last else { break }
        last = final.id
        // One page more than there are threads, so that none of them waits for the database.
        while asked - merged > judges.count { await takeOne() }
        let (number, judge) = (asked, judges[asked % judges.count])
        group.addTask { (number, await judge.replay(page, self)) }
        asked += 1
        seen += page.count
        progress(seen)
      }
      while merged < asked { await takeOne() }
      return .success(result)
    }.get()
  }

  // MARK: One page, on a judge's thread

  private var emptyResult: Result { Result(coverage: RuleCoverage(wants.coverage ? rulesets.rulesets : [])) }

  fileprivate func decide(_ page: [DecidedMessage]) -> Result {
    var result = emptyResult
    for message in page {
      guard let submission = message.submission else {
        result.unreadable += 1
        continue
      }
      guard let ruleset = rulesets.inForce(on: asOf ?? SofiaTime.date(of: message.receivedAt)) else {
        result.notInForce += 1
        continue
      }
      result.decided += 1
      let decision = ruleset.decide(submission)
      let (before, now) = (ArchiveDifference.Place(message.before), ArchiveDifference.Place(decision))
      if before != now {
        result.changed += 1
        let marks = ruleset.markNames
        result.difference.add(
          message.key.description, from: before, to: now, rules: decision.explanation.decided.map(\.rule).filter { !marks.contains($0) },
          why: decision.explanation.sentences)
      }
      if wants.coverage { result.coverage.add(ruleset.trace(submission)) }
      if wants.mutants {
        result.brokenMutants[ruleset.digest, default: []].formUnion(ruleset.mutantsBroken(by: submission, sample: message.key.description))
      }
    }
    return result
  }
}

extension Judge {
  fileprivate func replay(_ page: [DecidedMessage], _ replay: ArchiveReplay) -> ArchiveReplay.Result { replay.decide(page) }
}

extension Ruleset {
  /// Rules that decide nothing.
  package var markNames: Set<String> { Set(rules.lazy.filter(\.isMark).map(\.name)) }
}

extension ArchiveDifference.Place {
  fileprivate init(_ before: DecidedMessage.Before) {
    switch before {
    case .registered(let journal, let type, let review): self.init(end: "registered", journal: journal, type: type, reason: nil, review: review)
    case .notRegistered(let reason, let review): self.init(end: "not-registered", journal: nil, type: nil, reason: reason, review: review)
    }
  }

  fileprivate init(_ decision: Decision) {
    let review = decision.review != nil
    switch decision.outcome {
    case .register(let registration):
      self.init(end: "registered", journal: registration.journal, type: registration.type, reason: nil, review: review)
    case .notRegistered(let reason): self.init(end: "not-registered", journal: nil, type: nil, reason: reason, review: review)
    }
  }
}

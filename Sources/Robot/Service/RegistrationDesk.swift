import Model
import Registry

/// Group commit: registrations that come while one is being committed are committed together by the next. Alone, a registration goes through
/// at once; under a backlog one fsync serves many. Each gets its own answer, and none before its commit.
actor RegistrationDesk {
  private typealias Item = (job: Job, request: RegistrationRequest)

  private enum Turn: Sendable {
    /// Committed by another.
    case done(Result<RegistrationResult, OperatorError>)
    /// Commit yourself, and everybody who waits with you.
    case lead
  }

  private let registry: Registry
  private var waiting: [(item: Item, continuation: CheckedContinuation<Turn, Never>)] = []
  private var isCommitting = false

  /// Registrations in one commit at most; how long the others wait for it.
  static let largestGroup = 50

  init(_ registry: Registry) { self.registry = registry }

  func register(_ job: Job, _ request: RegistrationRequest) async throws(OperatorError) -> RegistrationResult {
    if isCommitting {
      let turn = await withCheckedContinuation { waiting.append(((job, request), $0)) }
      if case .done(let result) = turn { return try result.get() }
    }
    isCommitting = true
    let others = Array(waiting.prefix(RegistrationDesk.largestGroup - 1))
    waiting.removeFirst(others.count)
    let results: [Result<RegistrationResult, OperatorError>]
    do throws(OperatorError) {
      results = try await registry.register([(job, request)] + others.map(\.item))
    } catch {
      results = Array(repeating: .failure(error), count: others.count + 1)
    }
    for (other, result) in zip(others, results.dropFirst()) { other.continuation.resume(returning: .done(result)) }
    if waiting.isEmpty { isCommitting = false } else { waiting.removeFirst().continuation.resume(returning: .lead) }
    return try results[0].get()
  }
}

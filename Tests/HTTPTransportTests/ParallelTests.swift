import HTTPTransport
import LoopbackServer
import Model
import Testing

@Suite(.timeLimit(.minutes(8))) struct ParallelTests {
  /// One stalled host must not hold up the others, however many of its transfers wait.
  @Test func stalledHostStopsNobodyElse() async throws {
    let transport = HTTPTransport(transfersPerOrigin: 4)
    // No stalled transfer ends by itself while a busy machine gets round to the others.
    let patient = TransferLimits(total: .seconds(600), slowFor: .seconds(600))
    let stalled = try LoopbackServer { _ in [.stall] }
    let lively = try LoopbackServer { _ in [.answer(200, "x")] }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 {
        group.addTask { _ = try? await transport.perform(HTTPRequest(.get, stalled.base, limits: patient)) }
      }
      while stalled.requests.count < 4 { await Task.yield() }
      for _ in 0..<100 {
        let response = try await transport.perform(HTTPRequest(.get, lively.base))
        #expect(response.status == 200)
      }
      #expect(stalled.requests.count == 4)
      group.cancelAll()
    }
  }

  @Test func manyAtOnceAllArrive() async throws {
    let transport = HTTPTransport(transfersPerOrigin: 8)
    let server = try LoopbackServer { request in [.answer(200, request.target)] }
    let paths = (0..<300).map { "/\($0)" }
    let bodies = try await withThrowingTaskGroup(of: (String, String).self) { group in
      for path in paths {
        group.addTask {
          (path, String(decoding: try await transport.perform(HTTPRequest(.get, server.base + path)).body, as: UTF8.self))
        }
      }
      var bodies: [String: String] = [:]
      for try await (path, body) in group { bodies[path] = body }
      return bodies
    }
    #expect(bodies.count == 300)
    #expect(bodies.allSatisfy { $0.key == $0.value })
    #expect(server.connections <= 8)
  }

  @Test func cancellationEndsARunningTransfer() async throws {
    let transport = HTTPTransport()
    let server = try LoopbackServer { _ in [.stall] }
    let task = Task { try await transport.perform(HTTPRequest(.post, server.base)) }
    while server.requests.isEmpty { await Task.yield() }
    task.cancel()
    let error = await task.result
    guard case .failure(let failure as HTTPFailure) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(failure.word == "cancelled")
    #expect(failure.requestMayHaveLeft)
  }

  @Test func cancellationBeforeTheStart() async throws {
    let transport = HTTPTransport()
    let server = try LoopbackServer { _ in [.answer(200)] }
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await transport.perform(HTTPRequest(.post, server.base))
    }
    guard case .failure(let failure as HTTPFailure) = await task.result else {
      Issue.record("the transfer was not cancelled")
      return
    }
    #expect(failure.word == "cancelled")
    #expect(!failure.requestMayHaveLeft)
    #expect(server.connections == 0)
  }

  @Test func cancellationWhileWaitingForAConnection() async throws {
    let transport = HTTPTransport(transfersPerOrigin: 1)
    let server = try LoopbackServer { _ in [.stall] }
    let first = Task { try await transport.perform(HTTPRequest(.get, server.base)) }
    while server.requests.isEmpty { await Task.yield() }
    let second = Task { try await transport.perform(HTTPRequest(.post, server.base)) }
    second.cancel()
    guard case .failure(let failure as HTTPFailure) = await second.result else {
      Issue.record("the transfer was not cancelled")
      return
    }
    #expect(!failure.requestMayHaveLeft)
    first.cancel()
    _ = await first.result
    #expect(server.requests.count == 1)
  }

  /// Start and stop under load: every transfer ends exactly once, and the thread goes.
  @Test func transportsComeAndGo() async throws {
    let server = try LoopbackServer { request in request.target == "/stall" ? [.stall] : [.answer(200)] }
    for round in 0..<20 {
      let transport = HTTPTransport(transfersPerOrigin: 3)
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<6 {
          group.addTask { _ = try? await transport.perform(HTTPRequest(.get, server.base + (index % 2 == 0 ? "/stall" : "/"))) }
        }
        for _ in 0..<round { await Task.yield() }
        group.cancelAll()
      }
    }
  }
}

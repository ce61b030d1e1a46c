import HTTPTransport
import Model
import Runtime
import Simulator

/// Carries requests into a simulator of this process. Each takes some simulated time on its way there and back, by seed, so that answers overtake
/// each other; what the simulator's faults do to a connection becomes what libcurl makes of it.
struct InProcessCarrier: HTTPCarrier {
  let simulator: SimulatorServer
  let clock: WorldClock
  let random: SeededRandom

  func perform(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let (answer, body) = try await exchange(request)
    return HTTPResponse(status: answer.status, headers: headers(answer), body: body, received: body.count)
  }

  func download(_ request: HTTPRequest, into sink: any ByteSink) async throws(HTTPFailure) -> HTTPResponse {
    let (answer, body) = try await exchange(request)
    guard (200..<300).contains(answer.status) else {
      return HTTPResponse(status: answer.status, headers: headers(answer), body: body, received: body.count)
    }
    do { try body.withUnsafeBytes { try sink.write($0) } } catch { throw HTTPFailure(.sinkRefused(error), requestMayHaveLeft: true) }
    return HTTPResponse(status: answer.status, headers: headers(answer), body: [], received: body.count)
  }

  private func exchange(_ request: HTTPRequest) async throws(HTTPFailure) -> (SimulatorServer.InProcessAnswer, body: [UInt8]) {
    let target = InProcessCarrier.target(of: request.url)
    try await pass(.milliseconds(Int64(random.below(120))), requestMayHaveLeft: false)
    clock.show(to: simulator)
    switch simulator.exchange(request.method.rawValue, target, headers: request.headers, body: request.body) {
    case .dropped:
      try await pass(.milliseconds(Int64(random.below(2_000))), requestMayHaveLeft: true)
      throw HTTPFailure(.cutOff, requestMayHaveLeft: true)
    case .stalled:
      try await pass(request.limits.total, requestMayHaveLeft: true)
      throw HTTPFailure(.timedOut, requestMayHaveLeft: true)
    case .answered(let answer):
      let delay = Duration.milliseconds(Int64(answer.delay * 1_000)) + .milliseconds(Int64(random.below(400)))
      try await pass(min(delay, request.limits.total), requestMayHaveLeft: true)
      if delay >= request.limits.total { throw HTTPFailure(.timedOut, requestMayHaveLeft: true) }
      if answer.isCut { throw HTTPFailure(.cutOff, requestMayHaveLeft: true) }
      if answer.body.count > request.limits.body { throw HTTPFailure(.tooLarge, requestMayHaveLeft: true) }
      return (answer, answer.body)
    }
  }

  private func pass(_ duration: Duration, requestMayHaveLeft: Bool) async throws(HTTPFailure) {
    do { try await clock.time.sleep(for: duration) } catch { throw HTTPFailure(.cancelled, requestMayHaveLeft: requestMayHaveLeft) }
  }

  private func headers(_ answer: SimulatorServer.InProcessAnswer) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for header in answer.headers { headers.add(line: "\(header.name): \(header.value)") }
    return headers
  }

  /// Path and query of an address.
  private static func target(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://"), let slash = url[scheme.upperBound...].firstIndex(of: "/") else { return "/" }
    return String(url[slash...])
  }
}

/// What time it is outside, whatever the robot's machine believes.
struct WorldClock: Sendable {
  let time: ManualTime
  /// The moment at which `time.elapsed()` was zero.
  let start: Timestamp

  var now: Timestamp { start + time.elapsed() }

  func show(to simulator: SimulatorServer) { simulator.setClock(Instant(ticks: now.microseconds * 10)) }
}

package import Model
import Runtime

/// Carries requests to where they are addressed to: over the network (`HTTPTransport`), or into a simulated world.
package protocol HTTPCarrier: Sendable {
  /// The answer whatever its status, with its body in memory. Cancelling the task ends the transfer at once.
  func perform(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
  /// As `perform`, but the body of a 2xx answer goes to the sink as it arrives; of any other, up to 64 KiB are in `body`. On a failure the
  /// sink may have received a part.
  func download(_ request: HTTPRequest, into sink: any ByteSink) async throws(HTTPFailure) -> HTTPResponse
}

/// HTTP/1.1 for the whole process: one thread, reused connections, no redirects, no cookies, no proxies, https only (http to loopback).
///
/// Not an actor itself but the door to one (`TransferLoop`), whose thread is busy with the transfers.
package final class HTTPTransport: HTTPCarrier {
  private let loop: TransferLoop
  private let executor: ThreadExecutor

  /// - Parameter transfersPerOrigin: more to one `scheme://host:port` wait their turn.
  package init(transfersPerOrigin: Int = 8) {
    executor = ThreadExecutor(name: "http")
    loop = TransferLoop(executor: executor, perOrigin: max(1, transfersPerOrigin))
  }

  deinit { executor.stop() }

  package func perform(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    try await run(request, sink: nil)
  }

  package func download(_ request: HTTPRequest, into sink: any ByteSink) async throws(HTTPFailure) -> HTTPResponse {
    try await run(request, sink: sink)
  }

  /// Whether two addresses lead to the same scheme, host and port, as libcurl reads them.
  package static func isSameOrigin(_ one: String, _ other: String) -> Bool {
    guard let one = RequestAddress(one), let other = RequestAddress(other) else { return false }
    return one.origin == other.origin
  }

  /// Scheme, host and port of an address as libcurl reads it; `nil` when it is none.
  package static func origin(of address: String) -> String? { RequestAddress(address)?.origin }

  private func run(_ request: HTTPRequest, sink: (any ByteSink)?) async throws(HTTPFailure) -> HTTPResponse {
    let id = loop.newID()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(TransferLoop.Order(id: id, request: request, sink: sink, continuation: continuation))
      }
    } onCancel: {
      loop.cancel(id)
    }
    loop.forget(id)
    return try result.get()
  }
}

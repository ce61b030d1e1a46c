import CCurl
import Model
import Runtime
import Synchronization

/// Drives any number of transfers on one thread with curl's multi interface.
///
/// Why multi and not a pool of blocking handles: a robot serves up to some hundred mailboxes, and with N threads N stalled transfers stop all
/// the others until they time out. Here a stalled transfer costs its own memory and nothing else; there is one connection cache, and one
/// thread to stop. Transfers to one origin are limited and queue first come, first served, so that a poll of all mailboxes at once does not
/// look like an attack; another origin never waits for them.
actor TransferLoop {
  struct Order: Sendable {
    let id: UInt64
    let request: HTTPRequest
    let sink: (any ByteSink)?
    let continuation: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>
  }

  private struct Inbox {
    var orders: [Order] = []
    var cancelled: Set<UInt64> = []
    var cancellationsChanged = false
    var isDriving = false
    var nextID: UInt64 = 0
  }

  private let executor: ThreadExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private nonisolated let inbox = Mutex(Inbox())
  private nonisolated let multi: MultiHandle
  private let perOrigin: Int
  private var running: [UInt64: Transfer] = [:]
  private var origins: [String: Int] = [:]
  private var waiting: [(order: Order, address: RequestAddress)] = []

  init(executor: ThreadExecutor, perOrigin: Int) {
    self.executor = executor
    self.perOrigin = perOrigin
    multi = MultiHandle()
  }

  // MARK: From any thread

  nonisolated func newID() -> UInt64 {
    inbox.withLock { inbox in
      inbox.nextID += 1
      return inbox.nextID
    }
  }

  nonisolated func submit(_ order: Order) { tell { $0.orders.append(order) } }

  /// Ends the transfer wherever it is: not yet submitted, waiting, running. Harmless when it is over.
  nonisolated func cancel(_ id: UInt64) {
    tell {
      $0.cancelled.insert(id)
      $0.cancellationsChanged = true
    }
  }

  /// To be called when the answer to a submission has arrived.
  nonisolated func forget(_ id: UInt64) { inbox.withLock { _ = $0.cancelled.remove(id) } }

  private nonisolated func tell(_ change: (inout sending Inbox) -> Void) {
    let mustStart = inbox.withLock { inbox in
      change(&inbox)
      defer { inbox.isDriving = true }
      return !inbox.isDriving
    }
    if mustStart { Task { await drive() } } else { multi.wakeUp() }
  }

  // MARK: On the thread

  /// Runs until nothing is left to do. Blocks this actor's own thread, which is what the thread is for.
  private func drive() {
    while takeNews() {
      startWaiting()
      for (easy, result) in multi.advance() { finish(easy, result) }
      if !running.isEmpty { multi.wait() }
    }
  }

  /// False when there is nothing to do; whoever comes next starts `drive` again.
  private func takeNews() -> Bool {
    let (orders, cancelled) = inbox.withLock { inbox in
      let news = (inbox.orders, inbox.cancellationsChanged || !inbox.orders.isEmpty ? inbox.cancelled : [])
      inbox.orders = []
      inbox.cancellationsChanged = false
      if news.0.isEmpty && running.isEmpty && waiting.isEmpty { inbox.isDriving = false }
      return news
    }
    if orders.isEmpty && running.isEmpty && waiting.isEmpty { return false }
    for order in orders {
      guard let address = RequestAddress(order.request.url), address.isAllowed else {
        order.continuation.resume(returning: .failure(HTTPFailure(.invalidRequest, requestMayHaveLeft: false)))
        continue
      }
      waiting.append((order, address))
    }
    if !cancelled.isEmpty { drop(cancelled) }
    return true
  }

  private func drop(_ cancelled: Set<UInt64>) {
    waiting.removeAll { order, _ in
      guard cancelled.contains(order.id) else { return false }
      order.continuation.resume(returning: .failure(HTTPFailure(.cancelled, requestMayHaveLeft: false)))
      return true
    }
    for id in cancelled {
      guard let transfer = running[id] else { continue }
      end(transfer)
      transfer.cancel()
    }
  }

  private func startWaiting() {
    guard !waiting.isEmpty else { return }
    var left: [(order: Order, address: RequestAddress)] = []
    for (order, address) in waiting {
      guard origins[address.origin, default: 0] < perOrigin else {
        left.append((order, address))
        continue
      }
      do {
        let transfer = try Transfer(
          id: order.id, address: address, request: order.request, sink: order.sink, continuation: order.continuation)
        try multi.add(transfer.easy)
        running[order.id] = transfer
        origins[address.origin, default: 0] += 1
      } catch {
        order.continuation.resume(returning: .failure(error))
      }
    }
    waiting = left
  }

  private func finish(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) {
    guard let transfer = running.values.first(where: { $0.easy == easy }) else { return }
    end(transfer)
    transfer.finish(result)
  }

  private func end(_ transfer: Transfer) {
    multi.remove(transfer.easy)
    running[transfer.id] = nil
    let left = origins[transfer.origin, default: 1] - 1
    origins[transfer.origin] = left > 0 ? left : nil
  }
}

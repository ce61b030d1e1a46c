import CCurl
import Glibc

/// curl's multi handle with its connection cache.
///
/// `@unchecked Sendable`: libcurl documents `curl_multi_wakeup` as callable from any thread; everything else is called by the loop's thread
/// only, and the handle is freed when nobody refers to it any more.
final class MultiHandle: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer

  /// Done once, before the first handle; curl wants it before there are other threads using it.
  private static let library: CURLcode = {
    // With NOSIGNAL curl leaves SIGPIPE to the program: a peer that hangs up must not end it.
    signal(SIGPIPE, SIG_IGN)
    return ccurl_global_init_default()
  }()

  /// Idle connections kept for reuse, over all origins.
  private static let idleConnections = 32

  init() {
    precondition(MultiHandle.library == CURLE_OK, "libcurl did not start: \(MultiHandle.library.rawValue)")
    guard let handle = curl_multi_init() else { preconditionFailure("libcurl has no memory for a multi handle") }
    self.handle = handle
    ccurl_multi_setopt_long(handle, CURLMOPT_MAXCONNECTS, MultiHandle.idleConnections)
  }

  deinit { curl_multi_cleanup(handle) }

  func wakeUp() { curl_multi_wakeup(handle) }

  func add(_ easy: UnsafeMutableRawPointer) throws(HTTPFailure) {
    let result = curl_multi_add_handle(handle, easy)
    guard result == CURLM_OK else { throw HTTPFailure(.other, requestMayHaveLeft: false, code: Int(result.rawValue)) }
  }

  func remove(_ easy: UnsafeMutableRawPointer) { curl_multi_remove_handle(handle, easy) }

  /// Moves every transfer on without blocking and returns those that have ended.
  func advance() -> [(easy: UnsafeMutableRawPointer, result: CURLcode)] {
    var count: Int32 = 0
    let result = curl_multi_perform(handle, &count)
    precondition(result == CURLM_OK, "curl_multi_perform: \(result.rawValue)")
    var ended: [(UnsafeMutableRawPointer, CURLcode)] = []
    while let message = curl_multi_info_read(handle, &count) {
      if message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle {
        ended.append((easy, ccurl_message_result(message)))
      }
    }
    return ended
  }

  /// Until a socket is ready, one of curl's timers is due, or `wakeUp`.
  func wait() { curl_multi_poll(handle, nil, 0, 60_000, nil) }
}

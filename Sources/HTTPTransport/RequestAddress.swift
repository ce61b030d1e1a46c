import CCurl

/// The parts of a request's address as libcurl itself reads them, so that what is checked is what is contacted.
struct RequestAddress {
  /// `https://host:port`: transfers to one origin share connections and wait for each other; others do not.
  let origin: String
  let scheme: String
  private let host: String

  /// `nil` unless it is an absolute http or https address without credentials in it.
  init?(_ text: String) {
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }), let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK,
      RequestAddress.part(handle, CURLUPART_USER) == nil, RequestAddress.part(handle, CURLUPART_PASSWORD) == nil,
      let scheme = RequestAddress.part(handle, CURLUPART_SCHEME), scheme == "https" || scheme == "http",
      let host = RequestAddress.part(handle, CURLUPART_HOST), !host.isEmpty,
      let port = RequestAddress.part(handle, CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT))
    else { return nil }
    self.scheme = scheme
    self.host = host.lowercased()
    origin = "\(scheme)://\(self.host):\(port)"
  }

  /// Plain http may go to this machine only.
  var isAllowed: Bool { scheme == "https" || isLoopback }

  var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func part(_ handle: OpaquePointer, _ part: CURLUPart, flags: UInt32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}

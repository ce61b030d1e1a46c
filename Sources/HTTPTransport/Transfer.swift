import CCurl
import Model

/// One running transfer: curl's easy handle, the state its callbacks fill, and whoever waits. Lives on the loop's thread only.
final class Transfer {
  let id: UInt64
  let origin: String
  let easy: UnsafeMutableRawPointer
  private let request: HTTPRequest
  private let sink: (any ByteSink)?
  private let continuation: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>
  private var requestHeaders: UnsafeMutablePointer<curl_slist>?
  /// curl's words for a failure: read for what they tell, never shown.
  private let words: UnsafeMutableBufferPointer<CChar>
  private var requestBody: UnsafeMutableBufferPointer<UInt8>
  private var headers = HTTPHeaders()
  private var headerBytes = 0
  /// Whether the empty line has come: curl takes an answer that ends before it for a whole one without a body.
  private var headersAreWhole = false
  private var body: [UInt8] = []
  private var received = 0
  /// Why a callback stopped the transfer; takes precedence over curl's own word for it.
  private var stopped: HTTPFailure.Kind?

  /// An ASP.NET answer has well under 2 KiB of headers.
  private static let maximumHeaderBytes = 64 << 10
  /// An answer that is not the wanted file is kept up to this for looking at.
  private static let maximumRefusal = 64 << 10

  /// Fails without having touched the network. On failure the continuation stays with the caller.
  init(
    id: UInt64, address: RequestAddress, request: HTTPRequest, sink: (any ByteSink)?,
    continuation: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>
  ) throws(HTTPFailure) {
    guard let easy = curl_easy_init() else { throw HTTPFailure(.other, requestMayHaveLeft: false, code: Int(CURLE_FAILED_INIT.rawValue)) }
    self.id = id
    self.origin = address.origin
    self.easy = easy
    self.request = request
    self.sink = sink
    self.continuation = continuation
    words = .allocate(capacity: Int(CURL_ERROR_SIZE))
    words.initialize(repeating: 0)
    // One more byte than needed, so that an empty body has an address too: curl takes a null pointer for "ask the read callback".
    requestBody = .allocate(capacity: request.body.count + 1)
    requestBody.initialize(repeating: 0)
    _ = requestBody.update(fromContentsOf: request.body)
    try setUp(address)
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(requestHeaders)
    requestBody.deallocate()
    words.deallocate()
  }

  // MARK: Setting up

  private func setUp(_ address: RequestAddress) throws(HTTPFailure) {
    let limits = request.limits
    try set(CURLOPT_URL, request.url)
    try set(CURLOPT_PROTOCOLS_STR, address.isLoopback ? "http,https" : "https")
    try set(CURLOPT_FOLLOWLOCATION, 0)
    // HTTP/1.1 only: section 7.2 wants headers and body in one read, and what has left the machine must be known.
    try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    try set(CURLOPT_NOSIGNAL, 1)
    // No proxy from the environment: only the configuration decides where credentials go.
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_TCP_KEEPALIVE, 1)
    try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, limits.connect.milliseconds))
    try set(CURLOPT_TIMEOUT_MS, max(1, limits.total.milliseconds))
    // A name server that is silent must not hold up the loop: without this, giving up on a name waits for the thread that asks for it (10 s).
    try set(CURLOPT_QUICK_EXIT, 1)
    try set(CURLOPT_LOW_SPEED_LIMIT, max(1, limits.slowestRate))
    try set(CURLOPT_LOW_SPEED_TIME, max(1, limits.slowFor.milliseconds / 1_000))
    try set(CURLOPT_USERAGENT, "intake-robot")
    try check(ccurl_setopt_pointer(easy, CURLOPT_ERRORBUFFER, words.baseAddress))
    try setTLS()
    try setMethodAndHeaders()
    let context = Unmanaged.passUnretained(self).toOpaque()
    try check(ccurl_setopt_pointer(easy, CURLOPT_WRITEDATA, context))
    try check(ccurl_setopt_pointer(easy, CURLOPT_HEADERDATA, context))
    try check(
      ccurl_setopt_data_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
      })
    try check(
      ccurl_setopt_data_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
      })
  }

  private func setTLS() throws(HTTPFailure) {
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let certificate = request.tls.certificate { try set(CURLOPT_SSLCERT, certificate) }
    if let key = request.tls.key { try set(CURLOPT_SSLKEY, key) }
    // Seconds for which curl keeps the authorities it has read: a renewed file counts soon, and not every connection parses it.
    try set(CURLOPT_CA_CACHE_TIMEOUT, 300)
    if let authorities = request.tls.authorities {
      try set(CURLOPT_CAINFO, authorities)
      try check(ccurl_setopt_pointer(easy, CURLOPT_CAPATH, nil))
    }
  }

  private func setMethodAndHeaders() throws(HTTPFailure) {
    for (name, value) in request.headers {
      guard Transfer.isToken(name), !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
        throw HTTPFailure(.invalidRequest, requestMayHaveLeft: false)
      }
      // curl's spelling of a header without a value.
      try append(header: value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    if request.method == .post {
      try set(CURLOPT_POST, 1)
      try check(ccurl_setopt_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
      try check(ccurl_setopt_pointer(easy, CURLOPT_POSTFIELDS, requestBody.baseAddress))
      try append(header: "Expect:")
      if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) { try append(header: "Content-Type:") }
      // On a connection used before, curl repeats a request by itself when the server hangs up without an answer. A POST repeated behind our
      // back would be a second message: a POST therefore never goes out on a used connection.
      try set(CURLOPT_FRESH_CONNECT, 1)
    }
    try check(ccurl_setopt_pointer(easy, CURLOPT_HTTPHEADER, requestHeaders))
  }

  private func append(header: String) throws(HTTPFailure) {
    guard let list = curl_slist_append(requestHeaders, header) else {
      throw HTTPFailure(.other, requestMayHaveLeft: false, code: Int(CURLE_OUT_OF_MEMORY.rawValue))
    }
    requestHeaders = list
  }

  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
  }

  private func set(_ option: CURLoption, _ value: Int) throws(HTTPFailure) { try check(ccurl_setopt_long(easy, option, value)) }

  private func set(_ option: CURLoption, _ value: String) throws(HTTPFailure) { try check(ccurl_setopt_string(easy, option, value)) }

  private func check(_ result: CURLcode) throws(HTTPFailure) {
    guard result == CURLE_OK else { throw HTTPFailure(.invalidRequest, requestMayHaveLeft: false, code: Int(result.rawValue)) }
  }

  // MARK: Callbacks

  private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Transfer.maximumHeaderBytes else {
      stopped = .notHTTP
      return false
    }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // A status line starts a new set: what came before was an interim answer.
      headers.removeAll()
      headersAreWhole = false
    } else {
      headers.add(line: line)
      if line == "\r\n" || line == "\n" { headersAreWhole = true }
    }
    return true
  }

  private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    received += bytes.count
    let goesToSink = sink != nil && (200...299).contains(status)
    guard received <= (sink != nil && !goesToSink ? Transfer.maximumRefusal : request.limits.body) else {
      stopped = .tooLarge
      return false
    }
    guard goesToSink, let sink else {
      body.append(contentsOf: bytes)
      return true
    }
    do {
      try sink.write(bytes)
      return true
    } catch {
      stopped = .sinkRefused(error)
      return false
    }
  }

  // MARK: The end

  private var status: Int {
    var value = 0
    ccurl_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &value)
    return value
  }

  /// curl counts the bytes of the request it has handed to the connection, and notes the moment it was ready to do so. While both are zero,
  /// nothing but TCP and TLS handshakes can have been seen by the server.
  private var requestMayHaveLeft: Bool {
    var bytes = 0
    var ready: curl_off_t = 0
    ccurl_getinfo_long(easy, CURLINFO_REQUEST_SIZE, &bytes)
    ccurl_getinfo_off(easy, CURLINFO_PRETRANSFER_TIME_T, &ready)
    return bytes > 0 || ready > 0
  }

  func finish(_ result: CURLcode) {
    if result == CURLE_OK, status >= 200, headersAreWhole {
      continuation.resume(returning: .success(HTTPResponse(status: status, headers: headers, body: body, received: received)))
      return
    }
    let kind = stopped ?? (result == CURLE_OK ? .cutOff : isRefusedByAlert(result) ? .tlsFailed : HTTPFailure.Kind(result))
    continuation.resume(returning: .failure(HTTPFailure(kind, requestMayHaveLeft: requestMayHaveLeft, code: Int(result.rawValue))))
  }

  /// With TLS 1.3 a server can refuse our certificate only after we have sent the request: by an alert, where the answer should be.
  private func isRefusedByAlert(_ result: CURLcode) -> Bool {
    guard result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR, headerBytes == 0 else { return false }
    return String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(" alert ")
  }

  func cancel() {
    continuation.resume(returning: .failure(HTTPFailure(.cancelled, requestMayHaveLeft: requestMayHaveLeft)))
  }
}

extension HTTPFailure.Kind {
  fileprivate init(_ result: CURLcode) {
    self =
      switch result {
      case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidRequest
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameNotFound
      case CURLE_COULDNT_CONNECT: .connectionRefused
      case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER: .tlsFailed
      case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE: .credentialUnusable
      case CURLE_OPERATION_TIMEDOUT: .timedOut
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR: .cutOff
      case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .notHTTP
      default: .other
      }
  }
}

extension Duration {
  fileprivate var milliseconds: Int { Int(clamping: microseconds / 1_000) }
}

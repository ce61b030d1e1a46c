/// One answer, before faults and framing.
struct HTTPResponse: Sendable {
  enum Body: Sendable {
    case bytes([UInt8])
    /// A part of a file, sent without holding it in memory.
    case file(path: String, range: Range<Int>)

    var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .file(_, let range): range.count
      }
    }
  }

  enum Framing: Sendable { case length, chunked }

  var status: Int
  var headers: [(name: String, value: String)] = []
  var body: Body = .bytes([])
  var framing = Framing.length

  static func empty(_ status: Int, _ headers: [(name: String, value: String)] = []) -> HTTPResponse {
    HTTPResponse(status: status, headers: headers)
  }

  /// An answer of the API application: JSON, chunked, with the version header (contract 1, 3.1).
  static func json(_ value: JSON, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/json; charset=utf-8"), supportedVersions],
      body: .bytes(value.bytes),
      framing: .chunked)
  }

  static func problem(_ value: JSON, status: Int) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/problem+json; charset=utf-8"), supportedVersions],
      body: .bytes(value.bytes), framing: .chunked)
  }

  static func plain(_ text: String, status: Int, type: String = "text/plain") -> HTTPResponse {
    HTTPResponse(status: status, headers: [("Content-Type", type)], body: .bytes(Array(text.utf8)))
  }

  /// A failure as gateways and IIS word it: HTML (contract 3.4).
  static func gateway(_ status: Int, headers: [(name: String, value: String)] = []) -> HTTPResponse {
    let text = "\(status) \(reason(status))"
    let page = "<html><head><title>\(text)</title></head><body><h1>\(text)</h1></body></html>"
    return HTTPResponse(
      status: status, headers: [("Content-Type", "text/html; charset=us-ascii")] + headers, body: .bytes(Array(page.utf8)))
  }

  private static let supportedVersions = (name: "api-supported-versions", value: "1.0")

  static func reason(_ status: Int) -> String {
    switch status {
    case 100: "Continue"
    case 200: "OK"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 412: "Precondition Failed"
    case 413: "Payload Too Large"
    case 415: "Unsupported Media Type"
    case 416: "Range Not Satisfiable"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: "Status"
    }
  }
}

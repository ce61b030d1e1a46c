/// The ways the server fails, each with its wire form (contract 2.3, 3.4).
enum Failure: Error {
  case unauthorized
  case forbidden
  /// 404 from a handler: with a problem body. A route that does not exist has none.
  case notFound
  case validation([(key: String, messages: [String])])
  /// An exception nobody caught: 500 after a GET, and after a POST or DELETE the 405 of the error page that accepts GET only.
  case unhandled
  /// The same in the blob application.
  case blobUnhandled
  /// A 400 of the blob application: a JSON string.
  case blobRejected(String)
  case other(HTTPResponse)

  static func invalid(_ key: String, _ message: String) -> Failure { .validation([(key, [message])]) }
}

extension World {
  mutating func response(to failure: Failure, method: String) -> HTTPResponse {
    switch failure {
    case .unauthorized: .empty(401)
    case .forbidden: .empty(403)
    case .notFound: .problem(problem(404, "Not Found", section: "6.5.4"), status: 404)
    case .validation(let errors):
      .problem(
        problem(
          400, "One or more validation errors occurred.", section: "6.5.1",
          errors: .object(errors.map { .init($0.key, .array($0.messages.map { .string($0) })) })), status: 400)
    case .unhandled:
      method == "GET"
        ? .problem(problem(500, "An error occurred while processing your request.", section: "6.6.1"), status: 500)
        : .empty(405, [("Allow", "GET")])
    case .blobUnhandled: .plain("An exception was thrown.", status: 500)
    case .blobRejected(let text): .blobJSON(.string(text), status: 400)
    case .other(let response): response
    }
  }

  private mutating func problem(_ status: Int, _ title: String, section: String, errors: JSON? = nil) -> JSON {
    var members: [JSON.Member] = [
      .init("type", .string("https://tools.ietf.org/html/rfc7231#section-\(section)")), .init("title", .string(title)),
      .init("status", .int(status)), .init("traceId", .string("00-\(chance.hex(32))-\(chance.hex(16))-00")),
    ]
    if let errors { members.append(.init("errors", errors)) }
    return .object(members)
  }
}

extension HTTPResponse {
  /// JSON of the blob application, which has no version header.
  static func blobJSON(_ value: JSON, status: Int = 200) -> HTTPResponse {
    var response = json(value, status: status)
    response.headers.removeAll { $0.name == "api-supported-versions" }
    return response
  }
}

package import Model

/// A complete answer: it is never made from a body that was cut off where its framing could tell.
package struct HTTPResponse: Sendable {
  package let status: Int
  package let headers: HTTPHeaders
  /// Empty when the body went to a sink.
  package let body: [UInt8]
  /// Bytes of body received, wherever they went.
  package let received: Int

  package init(status: Int, headers: HTTPHeaders, body: [UInt8], received: Int) {
    self.status = status
    self.headers = headers
    self.body = body
    self.received = received
  }

  /// Whether length or chunks proved that the body arrived whole. A body that ends where the connection closes may have been cut, and nobody
  /// can tell: a bare number in such a body proves nothing.
  package var isFramed: Bool {
    headers["content-length"] != nil
      || headers["transfer-encoding"].map { $0.lowercased().contains("chunked") } ?? false
  }

  /// The server's clock when it answered.
  package var date: Timestamp? { headers["date"].flatMap(HTTPDate.parse) }

  /// `Retry-After`, as seconds or as a date measured against the server's own `Date` (or `now` without one); never negative.
  package func retryAfter(now: Timestamp) -> Duration? {
    guard let text = headers["retry-after"] else { return nil }
    if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, Int64(Int32.max))) : nil }
    guard let moment = HTTPDate.parse(text) else { return nil }
    return max(moment - (date ?? now), .zero)
  }
}

/// Header fields in the order of arrival; names in any case.
package struct HTTPHeaders: Sendable {
  private var fields: [(name: String, value: String)] = []

  package init() {}

  /// The first field of this name.
  package subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name == wanted }?.value
  }

  /// Takes one raw line as it came; a line that is no field is ignored.
  package mutating func add(line: some StringProtocol) {
    guard let colon = line.firstIndex(of: ":") else { return }
    let name = line[..<colon].lowercased()
    guard !name.isEmpty else { return }
    let value = line[line.index(after: colon)...]
    let start = value.firstIndex { !$0.isWhitespace } ?? value.endIndex
    let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? start
    fields.append((name, String(value[start..<end])))
  }

  mutating func removeAll() { fields.removeAll() }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the form every server has to send (RFC 9110, 5.6.7).
package enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `nil` when the text is not of that form.
  package static func parse(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])),
      let year = Int(parts[3]), let date = CivilDate(year: year, month: month + 1, day: day)
    else { return nil }
    let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
    guard clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(clock[0]), let minute = Int(clock[1]),
      let second = Int(clock[2]), (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
    else { return nil }
    return Timestamp(seconds: Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
  }
}

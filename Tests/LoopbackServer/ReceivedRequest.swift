/// A request as it came over the wire.
package struct ReceivedRequest: Sendable {
  package let method: String
  package let target: String
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  /// Counted from 1.
  package let connection: Int
  /// How many reads it took until it was whole.
  package let reads: Int

  /// The first field of this name, in any case.
  package subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

  package var text: String { String(decoding: body, as: UTF8.self) }

  /// Takes one whole request off the front of the buffer; `nil` while it is not whole. Chunked bodies are not understood: this client must
  /// never send one.
  package init?(taking buffer: inout [UInt8], connection: Int = 0, reads: Int = 1) {
    guard let message = WireMessage(buffer) else { return nil }
    let length = message.headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
    let end = message.bodyStart + length
    let parts = message.firstLine.split(separator: " ")
    guard buffer.count >= end, parts.count == 3 else { return nil }
    method = String(parts[0])
    target = String(parts[1])
    headers = message.headers
    body = Array(buffer[message.bodyStart..<end])
    self.connection = connection
    self.reads = reads
    buffer.removeFirst(end)
  }
}

/// The head of an HTTP/1.1 message, and where its body starts.
package struct WireMessage {
  package let firstLine: String
  package let headers: [(name: String, value: String)]
  package let bodyStart: Int

  /// `nil` while the empty line has not come.
  package init?(_ bytes: [UInt8]) {
    let mark = Array("\r\n\r\n".utf8)
    guard let end = (0..<max(0, bytes.count - 3)).first(where: { bytes[$0] == mark[0] && Array(bytes[$0..<$0 + 4]) == mark }) else { return nil }
    // A carriage return and a line feed are one Character to Swift.
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
    firstLine = String(lines[0])
    headers = lines.dropFirst().compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
    bodyStart = end + 4
  }
}

extension LoopbackServer.Step {
  /// A well-formed answer.
  package static func answer(_ status: Int, _ body: String = "", headers: [String] = ["Content-Type: application/json; charset=utf-8"]) -> Self {
    let lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.utf8.count)"] + headers + ["", ""]
    return .send(Array((lines.joined(separator: "\r\n") + body).utf8))
  }
}

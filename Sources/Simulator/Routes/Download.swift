/// The anonymous download links (contract 6.2).
extension World {
  mutating func download(_ request: HTTPRequest, _ target: Target, _ faults: [Fault]) throws(Failure) -> HTTPResponse {
    guard let token = request.query("t"), !token.isEmpty else { throw .invalid("t", "The t field is required.") }
    guard token.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) else { throw .blobUnhandled }
    guard let link = links[token], link.expires > now, !faults.contains(where: { $0.kind == .linkExpired }), let blob = blobs[link.blobId]
    else {
      return .plain("Връзката за изтегляне на файла е невалидна или е изтекла.", status: 400, type: "text/plain;charset=UTF-8")
    }
    guard !blob.isGone, !faults.contains(where: { $0.kind == .blobGone }) else { return .empty(404) }
    if let tags = request.header("If-Match"), tags != "*", !tags.contains(blob.etag) { return .empty(412) }
    if let tags = request.header("If-None-Match"), tags == "*" || tags.contains(blob.etag) { return .empty(304, [("ETag", blob.etag)]) }

    var range = 0..<blob.length
    var headers = [
      (name: "Content-Type", value: Self.contentType(blob.fileName)), ("Accept-Ranges", "bytes"), ("ETag", blob.etag),
      ("Content-Disposition", Self.disposition(blob.fileName)),
    ]
    var status = 200
    let sameVersion = request.header("If-Range").map { $0 == blob.etag } ?? true
    if let text = request.header("Range"), sameVersion, let wanted = ByteRange(text) {
      guard let part = wanted.resolve(length: blob.length) else {
        return .empty(416, [("Content-Range", "bytes */\(blob.length)")])
      }
      range = part
      status = 206
      headers.append(("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(blob.length)"))
    }
    record("downloaded", ["blobId": .int(blob.id), "from": .int(range.lowerBound), "bytes": .int(range.count)])
    let body: HTTPResponse.Body =
      switch blob.content {
      case .bytes(let bytes): .bytes(Array(bytes[range]))
      case .file(let path): .file(path: path, range: range)
      }
    return HTTPResponse(status: status, headers: headers, body: body)
  }

  /// By extension, as the framework's table has it.
  private static func contentType(_ name: String) -> String {
    let types = [
      "xml": "text/xml", "pdf": "application/pdf", "txt": "text/plain", "json": "application/json", "html": "text/html",
      "jpg": "image/jpeg",
      "jpeg": "image/jpeg", "png": "image/png", "tif": "image/tiff", "tiff": "image/tiff", "gif": "image/gif", "doc": "application/msword",
      "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "xls": "application/vnd.ms-excel",
      "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "rtf": "application/rtf",
      "odt": "application/vnd.oasis.opendocument.text", "zip": "application/x-zip-compressed", "p7m": "application/pkcs7-mime",
      "p7s": "application/pkcs7-signature", "eml": "message/rfc822",
    ]
    guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
    return types[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
  }

  /// ASCII with the rest replaced by `_`, in quotes where the syntax needs them, and the real name percent-encoded.
  private static func disposition(_ name: String) -> String {
    let plain = name.unicodeScalars.map {
      $0.isASCII && $0.value >= 32 && $0.value != 127 && $0 != "\"" && $0 != "\\" ? Character($0) : "_"
    }
    let isToken = plain.allSatisfy { $0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0) }
    let ascii = isToken ? String(plain) : "\"\(String(plain))\""
    return "attachment; filename=\(ascii); filename*=UTF-8''\(Percent.encode(name))"
  }
}

/// A single byte range of a `Range` header; several at once are ignored, as the framework does.
private struct ByteRange {
  var first: Int?
  var last: Int?

  init?(_ header: String) {
    guard header.hasPrefix("bytes="), !header.contains(",") else { return nil }
    let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    first = Int(parts[0].trimmed)
    last = Int(parts[1].trimmed)
    guard first != nil || last != nil, first == nil || last == nil || (first ?? 0) <= (last ?? 0) else { return nil }
  }

  /// Nil when it cannot be satisfied.
  func resolve(length: Int) -> Range<Int>? {
    guard let first else {
      let count = min(last ?? 0, length)
      return count > 0 ? length - count..<length : nil
    }
    guard first < length else { return nil }
    return first..<min((last ?? length - 1) + 1, length)
  }
}

import HTTPTransport
package import Model
import Runtime

extension MailboxClient {
  /// Streams an attachment into a sink. Anonymous: the link itself is the permission, so no header says who we are, and
  /// no certificate is shown but to the configured addresses.
  ///
  /// The size is checked here when ССЕВ gave one. SHA-256 is not: the archive computes it while it writes, and its caller compares it with
  /// `blob.sha256` (`mailbox.hash-mismatch`). After any failure the sink may have received a part, and starts from nothing the next time.
  ///
  /// `mailbox.link-expired` means: `open` the message again and take the new link, once.
  package func download(_ blob: Blob, into sink: any ByteSink) async throws(OperatorError) {
    let errors = caller.errors(.download)
    var limits = caller.endpoint.limits.download
    if let size = blob.size {
      guard size <= limits.body else { throw errors.attachmentTooLarge(size: size, limit: limits.body) }
      limits.body = Int(max(0, size))
    }
    guard !blob.downloadLink.isEmpty else { throw errors.linkExpired(status: 0) }
    if let rest = caller.breaker.admit(blob.downloadLink) { throw errors.resting(rest) }
    let response: HTTPResponse
    do {
      response = try await caller.transport.download(
        HTTPRequest(.get, blob.downloadLink, limits: limits, tls: caller.tls(for: blob.downloadLink)), into: sink)
      caller.breaker.note(blob.downloadLink, .init(response, now: caller.now))
    } catch {
      caller.breaker.note(blob.downloadLink, .init(error))
      if case .tooLarge = error.kind, let size = blob.size { throw errors.sizeMismatch(expected: size, received: limits.body + 1) }
      if case .invalidRequest = error.kind { throw errors.badResponse("downloadLink") }
      throw errors.transport(error)
    }
    switch response.status {
    case 200:
      if let size = blob.size, Int64(response.received) != size {
        throw errors.sizeMismatch(expected: size, received: response.received)
      }
      // Nothing would notice a cut.
      guard response.isFramed || blob.size != nil || blob.sha256 != nil else { throw errors.badResponse("content-length") }
    case 400, 401, 403, 404, 410:
      throw errors.linkExpired(status: response.status)
    default:
      throw errors.status(response, now: caller.now)
    }
  }

  /// Uploads one file as TEMPORARY (contract section 6.3: STORAGE would fill the quota for ever), to be attached by its blob id within a day.
  /// - Parameter content: whole in memory; at most 50 MiB (`mailbox.too-large`).
  package func upload(fileName: String, content: [UInt8]) async throws(OperatorError) -> UploadOutcome {
    let errors = caller.errors(.upload)
    guard content.count <= MailboxClient.largestUpload else {
      throw errors.attachmentTooLarge(size: Int64(content.count), limit: MailboxClient.largestUpload)
    }
    let boundary = "----intake" + caller.surroundings.random.hex(bytes: 12)
    var body = Array(
      """
      --\(boundary)\r
      Content-Disposition: form-data; name="file"; \(MailboxClient.fileNameParameter(fileName))\r
      Content-Type: application/octet-stream\r
      \r\n
      """.utf8)
    body += content
    body += Array("\r\n--\(boundary)--\r\n".utf8)
    let call = MailboxCaller.Call(
      method: .post, path: "blobs?type=TEMPORARY", isUpload: true, contentType: "multipart/form-data; boundary=\(boundary)", body: body)
    let response: HTTPResponse
    do { response = try await caller.exchange(call, errors) } catch { throw error.error }
    guard response.status == 200 else { throw errors.status(response, now: caller.now) }
    do { return try Wire.decode(WireUpload.self, from: response).outcome } catch { throw errors.badResponse(error.place) }
  }

  /// Request filtering of the blob service stands at 51 MiB for file and overhead.
  package static let largestUpload = 50 << 20

  /// Plain ASCII names as they are; all others by RFC 5987.
  private static func fileNameParameter(_ name: String) -> String {
    let isPlain = !name.isEmpty && name.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C && $0 != 0x25 }
    return isPlain ? "filename=\"\(name)\"" : "filename*=UTF-8''\(Query.encode(name.isEmpty ? "file" : name))"
  }
}

/// 200 does not mean success: `blobId` decides.
private struct WireUpload: Decodable {
  let outcome: UploadOutcome

  init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    if let blobId = object.optionalInteger("blobId") {
      outcome = .accepted(
        UploadedBlob(blobId: blobId, size: object.optionalInteger("size"), sha256: object.optionalText("hash")?.lowercased()))
      return
    }
    let scan = object.word("malwareScanStatus", numbers: [1: "none", 2: "notmalicious", 3: "notsure", 4: "ismalicious"])
    let error = object.word("errorStatus", numbers: [0: "none", 1: "insufficientstoragespace"])
    outcome = .refused(scan == "ismalicious" ? .malicious : error == "insufficientstoragespace" ? .quota : .unknown)
  }
}

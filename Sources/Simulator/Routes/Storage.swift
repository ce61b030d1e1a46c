/// Uploads, and the list of stored blobs (contract 6).
extension World {
  /// The blob object of contract 5.3, with a fresh link.
  mutating func blobObject(_ blob: Blob, path: String, _ call: Call) -> JSON {
    let token = chance.token()
    let expires = now.advanced(bySeconds: configuration.linkLifetime)
    if links.count > 10_000 { links = links.filter { $0.value.expires > now } }
    links[token] = Link(blobId: blob.id, expires: expires)
    var hash = blob.statedHash
    if call.has(.wrongHash) { hash = hash.map { $0.first == "0" ? "1" + $0.dropFirst() : "0" + $0.dropFirst() } }
    var size = blob.statedSize
    if call.has(.wrongSize) { size = size.map { $0 + 1 } }
    return .members([
      "blobId": .int(blob.id), "fileName": .string(blob.fileName), "size": .int(size),
      "documentRegistrationNumber": .text(blob.registrationNumber), "isMalicious": .bool(blob.isMalicious), "hash": .text(hash),
      "hashAlgorithm": hash == nil ? .null : "Sha256", "downloadLink": .string("\(configuration.linkHost ?? blobHost)/\(path)?t=\(token)"),
      "downloadLinkExpirationDate": time(SofiaTime(expires)), "signatures": blob.signatures,
    ])
  }

  private func stored(_ id: Int, _ owner: Profile) -> Blob? {
    guard let blob = blobs[id], blob.isStorage, blob.ownerId == owner.profileId else { return nil }
    return blob
  }

  /// STORAGE blobs only, in no defined order.
  mutating func blobList(_ call: Call) throws(Failure) -> HTTPResponse {
    let mine = blobs.values.filter { $0.isStorage && $0.ownerId == call.caller.acting.profileId }
    let cut = try Page(call.request).cut(mine.sorted { $0.id * 7919 % 1009 < $1.id * 7919 % 1009 })
    var items: [JSON] = []
    for blob in cut.rows { items.append(blobObject(blob, path: "profile", call)) }
    return .json(.members(["result": .array(items), "length": .int(cut.length)]))
  }

  mutating func blob(_ call: Call) throws(Failure) -> HTTPResponse {
    guard let blob = stored(call.target.ids[0], call.caller.acting) else { throw .notFound }
    return .json(blobObject(blob, path: "profile", call))
  }

  /// Says 200 and removes nothing: the server takes away the wrong kind of key (contract 6.5).
  mutating func deleteBlob(_ call: Call) throws(Failure) -> HTTPResponse {
    guard stored(call.target.ids[0], call.caller.acting) != nil else { throw .notFound }
    record("deleteIgnored", ["mailbox": .string(call.caller.acting.identifier), "blobId": .int(call.target.ids[0])])
    return .empty(200, [("api-supported-versions", "1.0")])
  }

  mutating func upload(_ call: Call) throws(Failure) -> HTTPResponse {
    let owner = call.caller.acting
    guard let length = call.request.contentLength else { throw .blobUnhandled }
    let isStorage = try storageType(call.request)
    let type = call.request.header("Content-Type") ?? ""
    guard type.lowercased().hasPrefix("multipart/form-data"), let boundary = HTTPRequest.parameter("boundary", of: type) else {
      throw .blobRejected("Expected a multipart request, but got \(type)")
    }
    guard let part = Multipart.firstFile(call.request.body, boundary: boundary) else {
      throw .blobRejected("Non file content disposition found")
    }
    let used = blobs.values.filter { $0.isStorage && $0.ownerId == owner.profileId }.reduce(0) { $0 + $1.length }
    guard configuration.storageQuota > used + length, !call.has(.uploadQuota) else {
      record("uploadRefused", ["mailbox": .string(owner.identifier), "reason": "InsufficientStorageSpace"])
      return uploaded(name: "", size: 0, hash: nil, id: nil, scan: 1, error: 1)
    }
    if call.has(.uploadMalicious) || part.content.starts(with: Self.maliciousMark) {
      record("uploadRefused", ["mailbox": .string(owner.identifier), "reason": "IsMalicious"])
      return uploaded(name: part.fileName, size: part.content.count, hash: nil, id: nil, scan: 4, error: 0)
    }
    let scan = call.has(.uploadNotScanned) ? 3 : 2
    let hash = Digest.sha256(part.content)
    let blob = Blob(
      id: takeBlobId(), ownerId: owner.profileId, fileName: part.fileName, content: .bytes(part.content), length: part.content.count,
      statedSize: part.content.count, statedHash: hash, isMalicious: scan == 2 ? false : nil, isStorage: isStorage,
      tag: Self.tag(of: part.content))
    blobs[blob.id] = blob
    record(
      "uploaded",
      [
        "mailbox": .string(owner.identifier), "blobId": .int(blob.id), "fileName": .string(blob.fileName), "size": .int(blob.length),
        "hash": .string(hash), "type": isStorage ? "STORAGE" : "TEMPORARY",
      ])
    return uploaded(name: blob.fileName, size: blob.length, hash: hash, id: blob.id, scan: scan, error: 0)
  }

  /// A file that begins with this is refused as malicious: no need to keep a real test virus about.
  package static let maliciousMark = Array("SSEV-SIMULATOR-MALICIOUS".utf8)

  private func storageType(_ request: HTTPRequest) throws(Failure) -> Bool {
    guard let text = request.query("type"), !text.isEmpty else { return false }
    let names = ["temporary", "storage", "registration", "template", "pdfstamp", "translation"]
    guard let number = Int(text) ?? names.firstIndex(of: text.lowercased()), names.indices.contains(number) else {
      throw .invalid("type", "The value '\(text)' is not valid.")
    }
    let shown = ["TEMPORARY", "STORAGE", "Registration", "Template", "PdfStamp", "Translation"][number]
    guard number < 2 else { throw .blobRejected("Unsupported value '\(shown)' for type parameter") }
    return number == 1
  }

  /// 200 in every case; whether it worked shows in `blobId` (contract 6.3).
  private func uploaded(name: String, size: Int, hash: String?, id: Int?, scan: Int, error: Int) -> HTTPResponse {
    let numbers = configuration.asDocumented
    let scanNames = ["", "None", "NotMalicious", "NotSure", "IsMalicious"]
    return .blobJSON(
      .members([
        "name": .string(name), "size": .int(size), "hashAlgorithm": hash == nil ? .null : "Sha256", "hash": .text(hash), "blobId": .int(id),
        "malwareScanStatus": numbers ? .int(scan) : .string(scanNames[scan]),
        (numbers ? "blobSignatureStatus" : "signatureStatus"): numbers ? 0 : "None",
        "errorStatus": numbers ? .int(error) : .string(error == 0 ? "None" : "InsufficientStorageSpace"),
      ]))
  }
}

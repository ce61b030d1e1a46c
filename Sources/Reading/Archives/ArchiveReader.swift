import Model

/// An archive: its files as parts, with the detached signatures among them put beside what they are about.
struct ArchiveReader {
  let context: ReadingContext

  func read(_ bytes: [UInt8], kind: DocumentKind) -> DocumentReading {
    guard context.canDescend else { return .unread(kind, "limit-depth") }
    let unpacked = Unpacking.run(bytes, context)
    if let lack = unpacked.lack, unpacked.files.isEmpty, unpacked.cut == nil { return .unread(kind, lack) }
    var reading = DocumentReading(kind: kind, status: .read, notes: unpacked.notes)
    context.attach(unpacked.parts, to: &reading)
    unpacked.state(in: &reading)
    DetachedSignature.pair(&reading.nested, unpacked.files)
    return reading
  }
}

extension Unpacking {
  /// In the order of the archive; only one part's bytes are there at a time.
  var parts: some Sequence<Part> { files.lazy.map { Part(name: $0.path, bytes: Array($0.bytes), notes: $0.notes) } }

  /// Says in the container's reading what could not be unpacked.
  func state(in reading: inout DocumentReading) {
    guard let lack else { return }
    reading.readInPart(lack)
    // A reading of its own, so that nobody takes what is not here for what does not exist.
    reading.nested.append(DocumentReading(kind: .unknown, name: cut.flatMap(Part.label), status: .unread, reason: lack))
  }
}

import Crypto
import Database
import Glibc
import Model
import Runtime

/// The journal mirror: every event of every chain, appended to a file on a second path before anything leaves the machine because of it.
/// A database restored from an older copy meets here what it has forgotten. Confined to the registry.
final class Mirror {
  let path: String
  private(set) var file: Int32
  private let faults: any FaultInjector
  /// Bytes that are known to be whole lines of our events.
  private(set) var length: Int64 = 0
  /// Events of the database up to this id are in the file.
  private(set) var mirroredID: Int64 = 0

  init(path: String, faults: any FaultInjector) throws(OperatorError) {
    self.path = path
    self.faults = faults
    try DurableFile.createFolder(DurableFile.folder(of: path))
    let isNew = access(path, F_OK) != 0
    file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw DurableFile.failure("open", path) }
    if isNew { try DurableFile.makeDurable(DurableFile.folder(of: path)) }
  }

  /// For reading alone; `nil` when there is no such file.
  init?(reading path: String) throws(OperatorError) {
    self.path = path
    faults = NoFaults()
    file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw DurableFile.failure("open", path)
    }
  }

  deinit { Glibc.close(file) }

  // MARK: writing

  /// Appends what the database has committed since, in batches of about 1 MiB with one fsync each. Gives the number of events.
  @discardableResult
  func flush(_ connection: Connection) throws -> Int {
    var count = 0
    var batch: [UInt8] = []
    var last = mirroredID
    try EventStore.events(after: mirroredID, connection) { id, event in
      batch += MirrorLine.bytes(of: event)
      last = id
      count += 1
      if batch.count >= 1 << 20 {
        try append(batch, upTo: last)
        batch = []
      }
    }
    if !batch.isEmpty { try append(batch, upTo: last) }
    return count
  }

  /// Throws when the file is not as long as this process left it.
  func checkUntouched() throws(OperatorError) {
    guard try size() == length else {
      throw OperatorError(
        "registry.mirror-changed", "the mirror has grown or shrunk although this robot did not write it",
        remedy: "look for a second robot or a restored file; after the restart mirror and database are compared",
        context: [.init("mirror", path)], disposition: .restart)
    }
  }

  private func append(_ bytes: [UInt8], upTo id: Int64) throws {
    try checkUntouched()
    try faults.reach(DurableStep.mirror.before)
    try DurableFile.write(bytes, to: file, path)
    try DurableFile.makeDurable(file, path)
    length += Int64(bytes.count)
    mirroredID = id
    try faults.reach(DurableStep.mirror.after)
  }

  /// Writes the whole file anew from the database, so that what was erased there is nowhere here: one rename. Only when the two are known to agree.
  func rewrite(_ connection: Connection) throws {
    try checkUntouched()
    let draft = path + ".new"
    unlink(draft)
    let next = open(draft, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard next >= 0 else { throw DurableFile.failure("open", draft) }
    var isTaken = false
    defer { if !isTaken { Glibc.close(next) } }
    var batch: [UInt8] = []
    var (written, last): (Int64, Int64) = (0, 0)
    func empty() throws {
      try DurableFile.write(batch, to: next, draft)
      written += Int64(batch.count)
      batch.removeAll(keepingCapacity: true)
    }
    try EventStore.events(after: 0, connection) { id, event in
      batch += MirrorLine.bytes(of: event)
      last = id
      if batch.count >= 1 << 20 { try empty() }
    }
    try empty()
    try DurableFile.makeDurable(next, draft)
    try faults.reach(DurableStep.mirrorRewrite.before)
    try DurableFile.rename(draft, to: path)
    isTaken = true
    Glibc.close(file)
    (file, length, mirroredID) = (next, written, last)
    try faults.reach(DurableStep.mirrorRewrite.after)
  }

  // MARK: reading

  func size() throws(OperatorError) -> Int64 {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw DurableFile.failure("fstat", path) }
    return Int64(status.st_size)
  }

  /// Calls `body` with every whole line from an offset on, with the offset behind it; gives what stands after the last line end.
  private func lines(from start: Int64, body: (_ line: [UInt8], _ end: Int64) throws -> Void) throws -> [UInt8] {
    var rest: [UInt8] = []
    var offset = start
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(file, &buffer, buffer.count, off_t(offset))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("read", path) }
      if count == 0 { return rest }
      var from = 0
      while let end = buffer[from..<count].firstIndex(of: UInt8(ascii: "\n")) {
        rest += buffer[from..<end]
        from = end + 1
        try body(rest, offset + Int64(from))
        rest.removeAll(keepingCapacity: true)
      }
      rest += buffer[from..<count]
      offset += Int64(count)
    }
  }

  /// A place in the file that was compared before: the line that ends there belongs to this event.
  struct Position: Equatable {
    var length: Int64
    var eventID: Int64
    var hash: Digest
  }

  /// Compares the file with the database, from a position known to be good if it still is one, else from the beginning. What a crash has torn
  /// at its end is cut off when it can only be a part of what the database would append next. Afterwards `flush` may be called if the answer
  /// is `equal`.
  func compare(_ connection: Connection, from position: Position?) throws -> MirrorState {
    if let position, try isGood(position, connection) {
      length = position.length
      mirroredID = position.eventID
    } else {
      length = 0
      mirroredID = 0
    }
    var end = length
    var last = mirroredID
    var state = MirrorState.equal
    let rest = try lines(from: length) { line, lineEnd in
      guard state == .equal else {
        if case .ahead(let chain, let known, let newest) = state, let event = MirrorLine.event(of: line), event.chain == chain {
          state = .ahead(chain: chain, database: known, mirror: max(newest, event.sequence))
        }
        return
      }
      guard let event = MirrorLine.event(of: line) else {
        state = .diverged(chain: "", sequence: last + 1)
        return
      }
      let known = try connection.one(
        "SELECT id, hash FROM event WHERE chain = ? AND sequence = ?", event.chain, event.sequence
      ) { ($0.integer(0), $0.digest(1)) }
      if let (id, hash) = known {
        // Lines stand in the order of ids, without a hole.
        guard hash == event.hash, id == last + 1 else {
          state = .diverged(chain: event.chain, sequence: event.sequence)
          return
        }
        last = id
        end = lineEnd
      } else {
        let head = try EventStore.head(of: event.chain, connection)?.sequence ?? 0
        state = .ahead(chain: event.chain, database: head, mirror: event.sequence)
      }
    }
    length = end
    mirroredID = last
    switch state {
    case .ahead: return state
    case .equal: return rest.isEmpty ? .equal : try cutTornEnd(connection) ? .equal : .ahead(chain: "", database: last, mirror: last + 1)
    case .diverged: return try cutTornEnd(connection) ? .equal : state
    }
  }

  private func isGood(_ position: Position, _ connection: Connection) throws -> Bool {
    let known = try connection.one("SELECT hash FROM event WHERE id = ?", position.eventID) { $0.digest(0) }
    guard known == position.hash, try size() >= position.length else { return false }
    // A line longer than this is not looked for: then everything is compared, which is only slower.
    let start = max(0, position.length - (1 << 20))
    var bytes = [UInt8](repeating: 0, count: Int(position.length - start))
    guard pread(file, &bytes, bytes.count, off_t(start)) == bytes.count, bytes.last == UInt8(ascii: "\n") else { return false }
    bytes.removeLast()
    let line = bytes[((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)...]
    return MirrorLine.event(of: Array(line))?.hash == position.hash
  }

  /// Where the file stands after `compare` and `flush`.
  func position(_ connection: Connection) throws -> Position? {
    let hash = try connection.one("SELECT hash FROM event WHERE id = ?", mirroredID) { $0.digest(0) }
    return hash.map { Position(length: length, eventID: mirroredID, hash: $0) }
  }

  /// Calls `body` with every event of the file in order, as far as its lines end by `last`. Throws `registry.mirror-damaged` at a line that is
  /// none; what is torn at the end is left out.
  /// `start`: where a line begins.
  func events(from start: Int64 = 0, upTo last: Int64 = .max, body: (Event) throws -> Void) throws {
    var number = 0
    _ = try lines(from: start) { line, end in
      guard end <= last else { return }
      number += 1
      guard let event = MirrorLine.event(of: line) else {
        let place = start == 0 ? "line \(number)" : "line \(number) behind byte \(start)"
        throw OperatorError(
          "registry.mirror-damaged", "\(place) of the mirror is not an event",
          remedy: "restore the mirror from its own backup, then run `intake-robot recover` again", context: [.init("mirror", path)])
      }
      try body(event)
    }
  }

  /// After `recover` has taken everything over: forgets a torn end and stands at the end of the last whole line.
  func standAtEnd(of id: Int64) throws {
    var end: Int64 = 0
    let rest = try lines(from: 0) { end = $1 }
    if !rest.isEmpty {
      guard ftruncate(file, off_t(end)) == 0 else { throw DurableFile.failure("ftruncate", path) }
      try DurableFile.makeDurable(file, path)
    }
    length = end
    mirroredID = id
  }
}

extension MirrorState {
  /// What is thrown at whoever wants to write before `recover`.
  var operatorError: OperatorError {
    switch self {
    case .equal:
      OperatorError("registry.mirror-equal", "mirror and database agree", remedy: "none needed")
    case .ahead(let chain, let database, let mirror):
      OperatorError(
        "registry.mirror-ahead", "the mirror knows events that the database lacks: the database is an older copy",
        remedy: "run `intake-robot recover`; until then nothing is numbered or sent",
        context: [.init("chain", chain), .init("database", String(database)), .init("mirror", String(mirror))], disposition: .misconfigured)
    case .diverged(let chain, let sequence):
      OperatorError(
        "registry.mirror-diverged", "mirror and database tell different stories",
        remedy: "find out which of them is of this robot (a second robot, a mixed-up path); never delete either",
        context: [.init("chain", chain), .init("sequence", String(sequence))], disposition: .misconfigured)
    }
  }
}

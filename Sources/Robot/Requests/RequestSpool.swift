import Glibc
import Model
import Runtime

/// How a command reaches a robot that runs: a folder beside the database. A request appears there by one rename, is carried out by the robot,
/// and is answered by another file. Only who may write into the folder (mode 0700) may ask.
actor RequestSpool {
  private let executor: any WorkExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private let folder: String

  init(database: String, surroundings: Surroundings) {
    folder = database + ".requests"
    executor = surroundings.executor("requests")
  }

  deinit { executor.stop() }

  // MARK: The side that asks

  func ask(_ request: ManualRequest, id: String) throws(OperatorError) {
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir") }
    try write(try JSONText.compact(request), to: "\(id).request")
  }

  /// The answer, and nothing is left behind; `nil` while there is none.
  func answer(to id: String) throws(OperatorError) -> ManualAnswer? {
    let path = "\(folder)/\(id).answer"
    guard access(path, F_OK) == 0 else { return nil }
    let answer = try JSONText.decode(ManualAnswer.self, from: try TextFile.read(path), what: "the answer of the robot")
    unlink(path)
    return answer
  }

  // MARK: The side that answers

  /// Requests in the order of their ids. One that cannot be read is removed and answered so.
  func pending() -> [(id: String, request: ManualRequest)] {
    names().filter { $0.hasSuffix(".request") }.sorted().compactMap { name in
      let id = String(name.dropLast(".request".count))
      do throws(OperatorError) {
        return (id, try JSONText.decode(ManualRequest.self, from: try TextFile.read("\(folder)/\(name)"), what: "a request"))
      } catch {
        finish(id, ManualAnswer(error))
        return nil
      }
    }
  }

  /// The answer is written before the request goes: after a crash it is carried out again, which every act bears.
  func finish(_ id: String, _ answer: ManualAnswer) {
    do {
      try write(try JSONText.compact(answer), to: "\(id).answer")
    } catch {
      // Whoever asked sees no answer and says so; the act itself is done and recorded.
    }
    unlink("\(folder)/\(id).request")
  }

  /// Removes answers that nobody has fetched for an hour.
  func removeOldAnswers(now: Timestamp) {
    for name in names() where name.hasSuffix(".answer") {
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0, Int64(status.st_mtim.tv_sec) < now.seconds - 3600 else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  private func names() -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names
  }

  private func write(_ text: String, to name: String) throws(OperatorError) {
    let draft = "\(folder)/.\(name)"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("create") }
    let bytes = Array(text.utf8)
    let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
    close(file)
    guard isWritten, rename(draft, "\(folder)/\(name)") == 0 else { throw failure("write") }
  }

  private func failure(_ call: String) -> OperatorError {
    OperatorError(
      "robot.request-spool", "\(call) failed in the folder for requests: \(String(cString: strerror(errno)))",
      remedy: "run the command as the user that runs the robot, or as root", context: [.init("folder", folder)])
  }
}

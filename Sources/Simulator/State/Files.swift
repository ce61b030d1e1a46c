import Glibc

/// The file system, as far as the simulator needs it.
enum Files {
  static func read(_ path: String) throws(SimulatorError) -> [UInt8] {
    let size = try size(path)
    return try read(path, 0..<size)
  }

  /// A part of a file; shorter when the file has shrunk meanwhile.
  static func read(_ path: String, _ range: Range<Int>) throws(SimulatorError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SimulatorError("\(path): \(Socket.errorText())") }
    defer { close(descriptor) }
    var got = 0
    return [UInt8](unsafeUninitializedCapacity: max(range.count, 1)) { buffer, count in
      while got < range.count {
        let n = pread(descriptor, buffer.baseAddress?.advanced(by: got), range.count - got, off_t(range.lowerBound + got))
        if n < 0 && errno == EINTR { continue }
        guard n > 0 else { break }
        got += n
      }
      count = got
    }
  }

  static func size(_ path: String) throws(SimulatorError) -> Int {
    var info = stat()
    guard stat(path, &info) == 0 else { throw SimulatorError("\(path): \(Socket.errorText())") }
    guard info.st_mode & S_IFMT == S_IFREG else { throw SimulatorError("\(path): not a file") }
    return Int(info.st_size)
  }

  static func json(_ path: String) throws(SimulatorError) -> JSON {
    do { return try JSON.parse(try read(path)) } catch let error as JSONError { throw SimulatorError("\(path):\(error)") } catch {
      throw SimulatorError("\(error)")
    }
  }

  /// Every `message.json` below a folder, in path order. A folder that cannot be read is an error.
  static func messages(below folder: String) throws(SimulatorError) -> [String] {
    guard let directory = opendir(folder) else { throw SimulatorError("\(folder): \(Socket.errorText())") }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    closedir(directory)
    var found: [String] = []
    for name in names.sorted() {
      let path = folder + "/" + name
      var info = stat()
      guard stat(path, &info) == 0 else { continue }
      if info.st_mode & S_IFMT == S_IFDIR {
        found += try messages(below: path)
      } else if name == "message.json" {
        found.append(path)
      }
    }
    return found
  }

  /// Writes a small file at once: the whole of it is there, or nothing.
  static func write(_ text: String, to path: String) throws(SimulatorError) {
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw SimulatorError("\(temporary): \(Socket.errorText())") }
    let bytes = Array(text.utf8)
    let written = Glibc.write(descriptor, bytes, bytes.count)
    close(descriptor)
    guard written == bytes.count, rename(temporary, path) == 0 else { throw SimulatorError("\(path): \(Socket.errorText())") }
  }
}

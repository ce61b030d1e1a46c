import Crypto
import Model
import Rules
import Synchronization

/// Gives the compiler the files a ruleset names and remembers each, for the digest.
final class SourceRecorder: Sendable {
  private let folder: String
  private let texts = Mutex<[String: String]>([:])

  init(folder: String) { self.folder = folder }

  @Sendable func load(_ path: String) -> Result<String, LoadError> {
    do {
      let text = try TextFile.read(TextFile.resolve(path, in: folder))
      texts.withLock { $0[path] = text }
      return .success(text)
    } catch {
      return .failure(LoadError(error.summary))
    }
  }

  /// SHA-256 over the main file and every other one by its path, lower-case hex: two rulesets with the same digest decide the same.
  func digest(main: String) -> String {
    var hash = SHA256()
    func add(_ text: String) {
      let bytes = Array(text.utf8)
      hash.update(Array("\(bytes.count):".utf8))
      hash.update(bytes)
    }
    add("intake-robot/ruleset/1")
    add(main)
    for (path, text) in texts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      add(path)
      add(text)
    }
    return hash.finish().hex
  }
}

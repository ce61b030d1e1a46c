import FoundationEssentials
package import Model

/// A message in a folder, as the simulator loads it and rules are tested on it: `message.json` with its files beside it, and what is expected
/// to become of it in `expected.json`.
package struct Sample: Sendable {
  /// The folder's path below the one that was searched: `letters/zhalba-zapoved`.
  package let name: String
  package let folder: String
  let message: SampleMessage
  package let expectation: SampleExpectation?

  /// Every sample in a folder and below it, in path order. Throws for one that cannot be read: `sample.invalid`. Blocks on the disk.
  package static func find(in root: String) throws(OperatorError) -> [Sample] {
    let base = root.hasSuffix("/") ? String(root.dropLast()) : root
    var found: [Sample] = []
    try collect(base, name: "", into: &found)
    return found
  }

  private static func collect(_ folder: String, name: String, into found: inout [Sample]) throws(OperatorError) {
    if TextFile.exists(folder + "/message.json") {
      let own = name.isEmpty ? String(folder.split(separator: "/").last ?? "") : name
      found.append(try load(folder, name: own))
      return
    }
    for entry in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() where !entry.hasPrefix(".") {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: "\(folder)/\(entry)", isDirectory: &isFolder), isFolder else { continue }
      try collect("\(folder)/\(entry)", name: name.isEmpty ? entry : "\(name)/\(entry)", into: &found)
    }
  }

  private static func load(_ folder: String, name: String) throws(OperatorError) -> Sample {
    let message: SampleMessage = try decode(folder + "/message.json")
    let expectation: SampleExpectation? = TextFile.exists(folder + "/expected.json") ? try decode(folder + "/expected.json") : nil
    return Sample(name: name, folder: folder, message: message, expectation: expectation)
  }

  private static func decode<Value: Decodable>(_ path: String) throws(OperatorError) -> Value {
    let text = try TextFile.read(path)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw OperatorError(
        "sample.invalid", "`\(path)` is not as Samples/README.md says: \(error.place)", remedy: "correct the file", disposition: .misconfigured)
    } catch {
      throw OperatorError("sample.invalid", "`\(path)` cannot be read", remedy: "correct the file", disposition: .misconfigured)
    }
  }
}

/// `message.json`.
struct SampleMessage: Decodable, Sendable {
  var mailbox: String?
  var messageId: Int64?
  var dateSent: Timestamp?
  var dateReceived: Timestamp?
  var sender: Sender
  var subject: String
  var rnu: String?
  var templateId: Int64?
  var body: String?
  var fields: [String: JSONValue]?
  var attachments: [Attachment]?
  var forwarded: Inner?
  var open: String?

  struct Sender: Decodable, Sendable {
    var profileId: Int64
    var name: String
    var identifier: String?
    var kind: String?
  }

  struct Attachment: Decodable, Sendable {
    var file: String
    var fileName: String?
    var isMalicious: Bool?
    var hash: String?
    var size: Int64?
    var missing: Bool?
  }

  /// The message inside a forwarded one.
  struct Inner: Decodable, Sendable {
    var sender: Sender?
    var subject: String
    var rnu: String?
    var templateId: Int64?
    var body: String?
    var fields: [String: JSONValue]?
    var attachments: [Attachment]?
  }

  /// The text of the message, as the client puts it together from the fields of a template.
  static func text(_ body: String?, _ fields: [String: JSONValue]?) -> String {
    if let body { return body }
    return (fields ?? [:]).sorted { $0.key < $1.key }.compactMap { $0.value.string }.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}

/// `expected.json`: what must become of the message.
package struct SampleExpectation: Decodable, Sendable, Equatable {
  package var end: String
  package var journal: String?
  package var type: String?
  package var reason: String?
  package var replies: Int?
  package var template: String?
  package var review: Bool?
}

extension DecodingError {
  /// The member that is wrong, never its value.
  fileprivate var place: String {
    func path(_ context: Context, _ key: (any CodingKey)? = nil) -> String {
      (context.codingPath + [key].compactMap { $0 }).map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    switch self {
    case .keyNotFound(let key, let context): return "`\(path(context, key))` is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context): return "`\(path(context))` has the wrong type"
    case .dataCorrupted(let context): return context.codingPath.isEmpty ? "it is no JSON" : "`\(path(context))` is not a value for it"
    @unknown default: return "it cannot be decoded"
    }
  }
}

import FoundationEssentials
import Model

/// Messages per second end to end: listed, opened, attachments fetched and read by the confined reader, decided, registered, confirmed.
/// The simulator shares the machine with the robot.
struct MessageBench {
  let count: Int
  let samples: String
  let rules: String
  let folder: String

  func run() async throws -> [Figure] {
    let messages = "\(folder)/messages"
    try SampleCopies(samples).write(count, to: messages)
    let run = try await Rig(folder: folder, messages: messages, rules: rules).run()
    guard run.replies > 0 else { throw BenchError("no reply was sent") }
    return [
      .perSecond("messages", count, in: run.duration), .count("messages_confirmed", run.replies),
      .mebibytes("robot_peak_memory", bytes: run.robotPeak),
      .mebibytes("greatest_process_peak_memory", bytes: run.greatestPeak),
    ]
  }
}

/// Any number of different messages, made from the samples that are registered and answered.
struct SampleCopies {
  private let originals: [String]

  init(_ samples: String) throws {
    let manager = FileManager.default
    var found: [String] = []
    for set in try manager.contentsOfDirectory(atPath: samples).sorted() {
      for name in ((try? manager.contentsOfDirectory(atPath: "\(samples)/\(set)")) ?? []).sorted() {
        let path = "\(samples)/\(set)/\(name)"
        guard let expected = try? Self.json("\(path)/expected.json"), expected["replies"]?.integer == 1, expected["end"]?.string == "registered"
        else {
          continue
        }
        found.append(path)
      }
    }
    guard !found.isEmpty else { throw BenchError("no samples below \(samples)") }
    originals = found
  }

  /// Each copy has a number, a sender and a subject of its own, so that none is the duplicate of another.
  func write(_ count: Int, to folder: String) throws {
    for index in 0..<count {
      let copy = "\(folder)/\(index)"
      try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
      let original = originals[index % originals.count]
      for name in try FileManager.default.contentsOfDirectory(atPath: original) where name != "message.json" && name != "expected.json" {
        try FileManager.default.copyItem(atPath: "\(original)/\(name)", toPath: "\(copy)/\(name)")
      }
      guard case .object(var message) = try Self.json("\(original)/message.json"), case .object(var sender) = message["sender"] else {
        throw BenchError("\(original)/message.json is not a message")
      }
      message["messageId"] = .integer(Int64(800_000 + index))
      sender["profileId"] = .integer(Int64(900_000 + index))
      message["sender"] = .object(sender)
      if case .object(var inner) = message["forwarded"] {
        inner["messageId"] = .integer(Int64(100_000_000 + index))
        message["forwarded"] = .object(inner)
      }
      message["rnu"] = .string("bench-\(index)")
      try JSONEncoder().encode(JSONValue.object(message)).write(to: URL(filePath: "\(copy)/message.json"))
    }
  }

  private static func json(_ path: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: URL(filePath: path)))
  }
}

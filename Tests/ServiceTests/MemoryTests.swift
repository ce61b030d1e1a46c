import Glibc
import Testing

/// The robot hashes and stores attachments as they stream in; its own size must not follow theirs.
@Suite struct MemoryTests {
  private static let attachmentBytes = 50 << 20
  private static let bound: Int64 = 64 << 20

  /// A message with one attachment of 50 MB that no reader can make sense of.
  private func writeLargeMessage(_ folder: String) throws {
    try Files.makeFolder(folder)
    try Files.copyTree("\(Installation.samples)/eforms/otoplenie", to: "\(folder)/large")
    let text = try Files.text("\(folder)/large/message.json")
    let list = "\"attachments\": ["
    try #require(text.contains(list))
    let attachment = "{\"file\": \"large.bin\", \"fileName\": \"Голям файл.bin\"}, "
    try Files.write(text.replacing(list, with: list + attachment), to: "\(folder)/large/message.json")
    var bytes = [UInt8](repeating: 0, count: Self.attachmentBytes)
    for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 13) }
    try Files.write(bytes, to: "\(folder)/large/large.bin")
  }

  @Test func staysSmallWithALargeAttachment() async throws {
    try await withTemporaryFolder { folder in
      let messages = "\(folder)/messages"
      try writeLargeMessage(messages)
      let simulator = try await SimulatorProcess.start(messages: [messages], in: folder)
      let credentials = try await SimulatorProcess.credentials(messages: [messages], in: folder)
      var settings = Service.Settings()
      settings.attachmentWaitMilliseconds = 60_000
      let service = try Service(in: folder, address: simulator.address, credentials: credentials, settings: settings)
      let child = try service.start(log: "\(folder)/log")
      try await eventually(limit: .seconds(90)) { try !simulator.sent().isEmpty }
      let status = try Files.text("/proc/\(child.pid)/status")
      child.signal(SIGTERM)
      let end = try await child.wait().end
      #expect(end == .exited(0))
      try await simulator.stop()

      let peak = try #require(status.firstMatch(of: /VmHWM:\s+([0-9]+) kB/).flatMap { Int64($0.1) }) * 1_024
      print("memory: peak of intake-robot \(peak >> 20) MiB with an attachment of \(Self.attachmentBytes >> 20) MiB")
      #expect(peak <= Self.bound)
      let stored = Files.tree("\(service.state)/archive").map { "\(service.state)/archive/\($0)" }
      #expect(try stored.contains { try Files.read($0).count == Self.attachmentBytes }, "the attachment was not stored")
    }
  }
}

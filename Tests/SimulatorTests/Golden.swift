import Glibc
import Testing

@testable import Simulator

/// Reading the golden files and comparing with them, by the rules of their README.
enum Golden {
  private static let folder = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Golden/ssev"

  static func names() throws -> Set<String> {
    let directory = try #require(opendir(folder))
    defer { closedir(directory) }
    var names: Set<String> = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".response.http") { names.insert(String(name.dropLast(".response.http".count))) }
    }
    return names
  }

  static func request(_ name: String) throws -> [UInt8] { try Files.read("\(folder)/\(name).request.http") }

  static func response(_ name: String) throws -> WireResponse {
    let raw = try Files.read("\(folder)/\(name).response.http")
    let end = try #require(WireClient.find([13, 10, 13, 10], in: raw))
    let lines = String(decoding: raw[..<end], as: UTF8.self).split(separator: "\r\n")
    let headers = lines.dropFirst().map { line -> (name: String, value: String) in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (String(parts[0]), parts.count > 1 ? parts[1].trimmed : "")
    }
    var body = Array(raw[(end + 4)...])
    var isComplete = true
    if headers.contains(where: { $0.name == "Transfer-Encoding" }) {
      body = try dechunk(body)
    } else if let length = headers.first(where: { $0.name == "Content-Length" }) {
      isComplete = Int(length.value) == body.count
    }
    let status = try #require(Int(lines[0].split(separator: " ")[1]))
    return WireResponse(status: status, headers: headers, body: body, raw: raw, isComplete: isComplete)
  }

  private static func dechunk(_ bytes: [UInt8]) throws -> [UInt8] {
    var rest = bytes[...]
    var out: [UInt8] = []
    while true {
      let line = rest.prefix { $0 != 13 }
      let size = try #require(Int(String(decoding: line, as: UTF8.self), radix: 16))
      rest = rest.dropFirst(line.count + 2)
      out += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
      if size == 0 { return out }
    }
  }

  static func replace(_ old: String, _ new: String, in text: String) -> String {
    let bytes = Array(text.utf8)
    guard let start = WireClient.find(Array(old.utf8), in: bytes) else { return text }
    return String(decoding: bytes[..<start] + Array(new.utf8) + bytes[(start + old.utf8.count)...], as: UTF8.self)
  }

  static func compare(_ actual: WireResponse, _ expected: WireResponse, free: Set<String> = []) throws {
    #expect(actual.status == expected.status)
    let matter = [
      "Content-Type", "api-supported-versions", "Allow", "Accept-Ranges", "Content-Range", "Content-Disposition", "Retry-After",
      "WWW-Authenticate",
    ]
    for name in matter {
      // Headers the file does not have must not be there either, where the contract fixes that.
      if expected.header(name) != nil || ["Allow", "WWW-Authenticate", "Content-Range"].contains(name) {
        #expect(actual.header(name) == expected.header(name), "\(name)")
      }
    }
    if expected.header("ETag") != nil {
      let tag = try #require(actual.header("ETag"))
      #expect(tag.count == 14 && tag.hasPrefix("\"") && tag.hasSuffix("=\""))
    }
    if expected.header("Content-Type")?.contains("json") == true {
      try same(try actual.json(), try expected.json(), at: "$", free: free)
    } else if expected.status == 400 {
      #expect(!actual.body.isEmpty)
    } else {
      #expect(actual.body == expected.body)
    }
  }

  private static func same(_ actual: JSON, _ expected: JSON, at path: String, free: Set<String>) throws {
    switch (actual, expected) {
    case (.object(let left), .object(let right)):
      #expect(left.map(\.name).sorted() == right.map(\.name).sorted(), "\(path)")
      for member in right {
        guard let value = actual[member.name] else { continue }
        try compareMember(member.name, value, member.value, at: "\(path).\(member.name)", free: free)
      }
    case (.array(let left), .array(let right)):
      #expect(left.count == right.count, "\(path)")
      for (index, pair) in zip(left, right).enumerated() { try same(pair.0, pair.1, at: "\(path)[\(index)]", free: free) }
    default: #expect(actual == expected, "\(path)")
    }
  }

  private static func compareMember(_ name: String, _ actual: JSON, _ expected: JSON, at path: String, free: Set<String>) throws {
    switch name {
    case "traceId":
      let text = try #require(actual.string)
      #expect(text.split(separator: "-").map(\.count) == [2, 32, 16, 2], "\(path)")
    case "downloadLink":
      let route = expected.string?.contains("/profile?t=") == true ? "/profile?t=" : "/message?t="
      let parts = try #require(actual.string).split(separator: "/", omittingEmptySubsequences: true)
      #expect("/" + (parts.last ?? "").prefix(10) == route, "\(path)")
      #expect((parts.last ?? "").dropFirst(10).allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }, "\(path)")
    case "access_token": #expect(actual.string?.isEmpty == false, "\(path)")
    case "consented_on": #expect(actual.int != nil, "\(path)")
    case "rnu" where free.contains("rnu"):
      let text = try #require(actual.string)
      #expect(text.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12] && text == text.lowercased(), "\(path)")
      #expect(text != "3f0c6a0e-5b1d-4f6e-9a51-0c2d3e4f5a6b", "the rnu that was sent must not come back")
    case _ where free.contains(name):
      switch (actual, expected) {
      case (.string, .string), (.array, .array): break
      default: #expect(actual == expected, "\(path)")
      }
    default: try same(actual, expected, at: path, free: free)
    }
  }
}

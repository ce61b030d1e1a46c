/// The parts of a zip package that an office format keeps its text in, unpacked by `bsdtar`: libarchive is well kept, reads what every
/// producer writes, and is there for archives anyway. All wanted parts come in one run, as a tar stream, which tells them apart.
struct OfficePackage {
  enum Outcome {
    case parts([String: [UInt8]])
    /// Why not, as a stable word.
    case failed(String)
  }

  /// Unpacked, all wanted parts together. A package beyond this is a bomb, or no letter.
  static let maximumBytes = 48 << 20

  let tools: Toolbox
  let workspace: Workspace

  /// `patterns` as `bsdtar` takes them; `*` also stands for `/`.
  func parts(of package: [UInt8], matching patterns: [String]) -> Outcome {
    let outcome = workspace.withFile(package) { path in
      tools.run("bsdtar", ["-c", "-f", "-", "--format=ustar"] + patterns.map { "--include=\($0)" } + ["@\(path)"], maximumOutput: Self.maximumBytes)
    }
    switch outcome {
    case nil: return .failed("scratch-full")
    case .failed("tool-output-bsdtar"): return .failed("unpacked-too-large")
    case .failed(let reason): return .failed(reason)
    case .finished(let code, let output, _):
      let parts = TarStream.files(output)
      return parts.isEmpty && code != 0 ? .failed("damaged") : .parts(parts)
    }
  }
}

/// A tar stream as `bsdtar` writes it.
enum TarStream {
  /// Names to contents; a stream that ends early gives what came before.
  static func files(_ bytes: [UInt8]) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var offset = 0
    while offset + 512 <= bytes.count, bytes[offset] != 0 {
      guard let size = octal(bytes[(offset + 124)..<(offset + 136)]), size <= bytes.count - offset - 512 else { break }
      let start = offset + 512
      let isFile = bytes[offset + 156] == UInt8(ascii: "0") || bytes[offset + 156] == 0
      if isFile {
        let prefix = text(bytes[(offset + 345)..<(offset + 500)])
        let name = text(bytes[offset..<(offset + 100)])
        files[prefix.isEmpty ? name : "\(prefix)/\(name)"] = Array(bytes[start..<(start + size)])
      }
      offset = start + (size + 511) / 512 * 512
    }
    return files
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String { String(decoding: field.prefix { $0 != 0 }, as: UTF8.self) }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    return digits.isEmpty ? nil : digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }
}

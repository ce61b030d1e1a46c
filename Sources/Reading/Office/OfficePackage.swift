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
      tools.run("bsdtar", ["-c", "-f", "-", "--format=pax"] + patterns.map { "--include=\($0)" } + ["@\(path)"], maximumOutput: Self.maximumBytes)
    }
    switch outcome {
    case nil: return .failed("scratch-full")
    case .failed("tool-output-bsdtar"): return .failed("unpacked-too-large")
    case .failed(let reason): return .failed(reason)
    case .finished(let code, let output, _):
      let files = PaxStream.parse(output).entries.filter { $0.kind == .file }
      let parts = Dictionary(files.map { (String(decoding: $0.name, as: UTF8.self), Array(output[$0.content])) }, uniquingKeysWith: { $1 })
      return parts.isEmpty && code != 0 ? .failed("damaged") : .parts(parts)
    }
  }
}

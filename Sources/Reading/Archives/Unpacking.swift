import Model

/// What lies in an archive (zip, 7z, rar, tar and their kin), unpacked by `bsdtar` within the budget of the attachment.
///
/// `bsdtar` because libarchive is well kept, knows every format that people send, RAR 5 among them, and writes what it finds as one tar stream to
/// its output. Without it the archive is registered and `unread` with `tool-missing-bsdtar`.
struct Unpacking {
  struct File {
    /// With folders, as text.
    var path: String
    var bytes: ArraySlice<UInt8>
    var notes: [String]
  }

  var files: [File] = []
  /// Words on what was left out, and why.
  var notes: [String] = []
  /// Why not everything is here; `nil` when it is.
  var lack: String?
  /// The file in the middle of which a limit was reached.
  var cut: String?

  static func run(_ bytes: [UInt8], _ context: ReadingContext) -> Unpacking {
    // Headers take room in the stream, too: two blocks and a name for each.
    let maximum = context.budget.remainingBytes + 2048 * (context.budget.limits.files + 64)
    let run = context.workspace.withFile(bytes) { path in
      context.tools.start("bsdtar", ["-c", "-f", "-", "--format=pax", "@\(path)"], maximumOutput: maximum).finishKeepingOutput()
    }
    var result = Unpacking()
    guard let run else {
      result.lack = "scratch-full"
      return result
    }
    result.take(run, context)
    return result
  }

  private mutating func take(_ run: RunningTool.End, _ context: ReadingContext) {
    let stream = PaxStream.parse(run.output)
    let names = ArchiveNames(stream.entries.map(\.name))
    for entry in stream.entries {
      let (path, nameNotes) = names.text(entry.name)
      switch entry.kind {
      case .folder: continue
      case .link, .other: note("links-left-out")
      case .file where Unpacking.isSystemFile(path): note("system-files-left-out")
      case .file: files.append(File(path: path, bytes: run.output[entry.content], notes: nameNotes))
      }
    }
    let errors = run.errors.lowercased()
    if let failure = run.failure {
      lack = failure == "tool-output-bsdtar" ? context.budget.bytesReason : failure
      if failure == "tool-output-bsdtar" { cut = stream.cut.map { names.text($0).text } }
    } else if ["passphrase", "encrypt", "crypto"].contains(where: errors.contains) {
      lack = "password-protected"
    } else if run.code != 0, !Unpacking.isOnlyAboutNames(errors) || !stream.isWhole {
      lack = "damaged"
    }
  }

  private mutating func note(_ word: String) { if !notes.contains(word) { notes.append(word) } }

  /// `bsdtar` complains of names that are no UTF-8 and then writes them as they are.
  private static func isOnlyAboutNames(_ errors: String) -> Bool {
    errors.split(separator: "\n").allSatisfy { $0.contains("pathname") || $0.contains("linkname") || $0.contains("error exit delayed") }
  }

  /// What file managers leave behind.
  private static func isSystemFile(_ path: String) -> Bool {
    let parts = path.split(whereSeparator: { $0 == "/" || $0 == "\\" })
    let name = parts.last?.lowercased() ?? ""
    return parts.contains("__MACOSX") || [".ds_store", "thumbs.db", "desktop.ini"].contains(name)
  }
}

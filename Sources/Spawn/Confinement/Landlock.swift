import CLinux
import Glibc

/// The kernel's own rules on files, TCP ports, abstract sockets and signals, as far as this kernel has them. They hold for this process and
/// every descendant and cannot be taken back.
enum Landlock {
  /// Rights of Landlock's interface (`linux/landlock.h`).
  private enum Right {
    static let execute: UInt64 = 1 << 0
    static let writeFile: UInt64 = 1 << 1
    static let readFile: UInt64 = 1 << 2
    static let readDirectory: UInt64 = 1 << 3
    static let removeDirectory: UInt64 = 1 << 4
    static let removeFile: UInt64 = 1 << 5
    static let makeDirectory: UInt64 = 1 << 7
    static let makeRegular: UInt64 = 1 << 8
    static let truncate: UInt64 = 1 << 14
  }

  /// 0 when the kernel has no Landlock or it is switched off.
  static var version: Int { max(0, Int(clinux_landlock_version())) }

  /// False with `errno` when the rules could not be put in force.
  static func enter(hasPrivateRoot: Bool) -> Bool {
    let version = self.version
    var files: UInt64 = (1 << 13) - 1
    if version >= 2 { files |= 1 << 13 }  // linking and renaming across directories
    if version >= 3 { files |= Right.truncate }
    if version >= 5 { files |= 1 << 15 }  // ioctl on devices
    var rules = clinux_landlock_ruleset(files: files, network: version >= 4 ? 0b11 : 0, scoped: version >= 6 ? 0b11 : 0)
    let size = version >= 6 ? 24 : version >= 4 ? 16 : 8
    guard let ruleset = Descriptor(clinux_landlock_create(&rules, size)) else { return false }

    let library = Right.execute | Right.readFile | Right.readDirectory
    for path in ["/usr", "/lib", "/lib64"] where !allow(library, path, in: ruleset) { return false }
    guard allow((Right.readFile | Right.writeFile | Right.truncate) & files, "/dev/null", in: ruleset) else { return false }
    if hasPrivateRoot {
      let scratch =
        Right.writeFile | Right.readFile | Right.readDirectory | Right.removeDirectory | Right.removeFile | Right.makeDirectory
        | Right.makeRegular | Right.truncate
      guard allow(scratch & files, "/tmp", in: ruleset) else { return false }
    }
    return clinux_landlock_restrict(ruleset.number) == 0
  }

  /// A path that does not exist needs no right.
  private static func allow(_ rights: UInt64, _ path: String, in ruleset: borrowing Descriptor) -> Bool {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard let place = Descriptor(number) else { return errno == ENOENT }
    return clinux_landlock_allow(ruleset.number, rights, place.number) == 0
  }
}

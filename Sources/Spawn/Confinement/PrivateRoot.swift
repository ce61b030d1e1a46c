import CLinux
import Glibc

/// A root directory with nothing in it but a read-only `/usr`, the links or directories of libraries beside it, `/dev/null` and a `/tmp` in
/// memory: no `/etc`, no `/home`, no `/proc`, no archive, no credentials.
enum PrivateRoot {
  /// Any directory that every system has does as a place to build on; the mount is seen by this namespace only.
  private static let mountPoint = "/tmp"
  /// The root that the reader sees lies one directory below that of the mount: in a changed root the kernel refuses to make user namespaces,
  /// so no capability can be had again.
  private static let site = "/tmp/root"

  /// Needs the namespaces entered. False with `errno` when a step fails.
  static func enter(scratchBytes: UInt64) -> Bool {
    let plain = UInt(MS_NOSUID) | UInt(MS_NODEV)
    guard mount("none", "/", nil, UInt(MS_REC) | UInt(MS_PRIVATE), nil) == 0,
      mount("tmpfs", mountPoint, "tmpfs", plain, "size=64k,nr_inodes=64,mode=755") == 0, mkdir(site, 0o755) == 0
    else { return false }
    let readOnly = UInt64(CLINUX_MOUNT_ATTR_RDONLY | CLINUX_MOUNT_ATTR_NOSUID | CLINUX_MOUNT_ATTR_NODEV)
    guard bind("/usr", readOnly) else { return false }
    for name in ["/bin", "/sbin", "/lib", "/lib32", "/lib64"] where !repeatLinkOrDirectory(name, readOnly) { return false }

    guard mkdir("\(site)/dev", 0o755) == 0, makeEmptyFile("\(site)/dev/null"),
      mount("/dev/null", "\(site)/dev/null", nil, UInt(MS_BIND), nil) == 0,
      mkdir("\(site)/tmp", 0o700) == 0,
      mount("tmpfs", "\(site)/tmp", "tmpfs", plain | UInt(MS_NOEXEC), "size=\(scratchBytes),nr_inodes=256,mode=700") == 0
    else { return false }

    // Both roots at the same place, the old one on top: detached, it is out of reach for ever.
    return chdir(mountPoint) == 0 && clinux_pivot_root(".", ".") == 0 && umount2(".", Int32(MNT_DETACH)) == 0
      && clinux_mount_set("/", readOnly | UInt64(CLINUX_MOUNT_ATTR_NOEXEC), 0) == 0 && chroot("/root") == 0 && chdir("/") == 0
  }

  private static func makeEmptyFile(_ path: String) -> Bool {
    Descriptor(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)) != nil
  }

  private static func bind(_ path: String, _ attributes: UInt64) -> Bool {
    mkdir(site + path, 0o755) == 0 && mount(path, site + path, nil, UInt(MS_BIND) | UInt(MS_REC), nil) == 0
      && clinux_mount_set(site + path, attributes, 1) == 0
  }

  /// On a merged system `/lib` is a link into `/usr`; elsewhere it is a directory of its own.
  private static func repeatLinkOrDirectory(_ path: String, _ attributes: UInt64) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return true }
    guard status.st_mode & S_IFMT == S_IFLNK else { return bind(path, attributes) }
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(path, &target, target.count - 1)
    return length > 0 && symlink(target, site + path) == 0
  }
}

import CLinux
import Glibc
package import Model

/// Tries to do what a hostile document might, and reports what came of it. Harmless where it succeeds: whatever it makes, it takes away again.
package enum EscapeAttempts {
  /// `outside` are paths that must be out of reach: the archive, the database, credentials.
  package static func run(outside: [String]) -> [ConfinementReport.Layer] {
    [
      descriptors(), files(outside), writing(outside), network(), processes(), signals(), memory(), fileSize(), openFiles(), coreFiles(),
      processorTime(), privileges(), mounting(), namespaces(),
    ]
  }

  private static func layer(_ name: String, holds: Bool, _ detail: String) -> ConfinementReport.Layer {
    ConfinementReport.Layer(name: name, works: holds, detail: detail)
  }

  private static func descriptors() -> ConfinementReport.Layer {
    let count = (Int32(3)..<1024).count { fcntl($0, F_GETFD) >= 0 }
    return layer("descriptors", holds: count == 0, "\(count) descriptors beside 0, 1, 2")
  }

  private static func files(_ outside: [String]) -> ConfinementReport.Layer {
    let paths = ["/etc/passwd", "/proc/self/environ", "/root", "/home", "/var", "/run"] + outside
    let open = paths.count { path in
      Descriptor(Glibc.open(path, O_RDONLY | O_CLOEXEC)) != nil
    }
    return layer("files", holds: open == 0, "\(open) of \(paths.count) paths outside could be opened")
  }

  private static func writing(_ outside: [String]) -> ConfinementReport.Layer {
    let paths = ["", "/usr", "/var/tmp", "/dev", "/etc"].map { "\($0)/.intake-reader-self-test" } + outside.map { "\($0)/.intake-reader-self-test" }
    var written = 0
    for path in paths {
      guard Descriptor(Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)) != nil else { continue }
      written += 1
      unlink(path)
    }
    return layer("writing", holds: written == 0, "\(written) of \(paths.count) places outside could be written to")
  }

  /// Unconfined, the local port 9 refuses or answers; confined, there is no way to it.
  private static func network() -> ConfinementReport.Layer {
    guard let socket = Descriptor(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)) else {
      return layer("network", holds: true, "no socket: errno \(errno)")
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(9).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    let code = result == 0 ? 0 : errno
    return layer("network", holds: [ENETUNREACH, EACCES, EPERM].contains(code), "connecting to this machine: errno \(code)")
  }

  private static func processes() -> ConfinementReport.Layer {
    let many = 64
    var children: [pid_t] = []
    while children.count < many {
      let child = clinux_fork()
      if child == 0 {
        pause()
        _exit(0)
      }
      if child < 0 { break }
      children.append(child)
    }
    for child in children {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    return layer("processes", holds: children.count < many, "\(children.count) processes could be started, \(many) tried")
  }

  private static func signals() -> ConfinementReport.Layer {
    // Signal 0 to everybody it may reach: nothing is sent, only the permission is asked.
    let reached = kill(-1, 0) == 0
    return layer("signals", holds: !reached, reached ? "processes of others are in reach" : "nobody to signal: errno \(errno)")
  }

  private static func memory() -> ConfinementReport.Layer {
    let size = 64 << 30
    let place = mmap(nil, size, PROT_READ | PROT_WRITE, Int32(MAP_PRIVATE) | Int32(MAP_ANONYMOUS) | Int32(MAP_NORESERVE), -1, 0)
    let holds = place == MAP_FAILED
    if !holds { munmap(place, size) }
    return layer("memory", holds: holds, holds ? "64 GiB refused" : "64 GiB granted")
  }

  private static func fileSize() -> ConfinementReport.Layer {
    signal(SIGXFSZ, SIG_IGN)
    guard let file = Descriptor(MemoryFile.open()) else { return layer("file-size", holds: true, "no file: errno \(errno)") }
    var byte: UInt8 = 0
    let holds = pwrite(file.number, &byte, 1, 1 << 40) != 1
    return layer("file-size", holds: holds, holds ? "a byte at 1 TiB refused" : "a byte at 1 TiB written")
  }

  private static func openFiles() -> ConfinementReport.Layer {
    let many = 512
    var copies: [Int32] = []
    while copies.count < many {
      let copy = dup(2)
      if copy < 0 { break }
      copies.append(copy)
    }
    for copy in copies { close(copy) }
    return layer("open-files", holds: copies.count < many, "\(copies.count) descriptors could be opened, \(many) tried")
  }

  private static func coreFiles() -> ConfinementReport.Layer {
    var limit = rlimit()
    let holds = prlimit(0, clinux_rlimit_core(), nil, &limit) == 0 && limit.rlim_max == 0
    return layer("core-files", holds: holds, holds ? "none" : "allowed")
  }

  private static func processorTime() -> ConfinementReport.Layer {
    var limit = rlimit()
    let holds = prlimit(0, clinux_rlimit_cpu(), nil, &limit) == 0 && limit.rlim_max < 24 * 3600
    return layer("processor-time", holds: holds, holds ? "\(limit.rlim_cur) s" : "unlimited")
  }

  private static func privileges() -> ConfinementReport.Layer {
    let holds = clinux_get_no_new_privs() == 1 && geteuid() != 0
    return layer("privileges", holds: holds, holds ? "none to be gained" : "root, or a set-user-id program may give more")
  }

  private static func mounting() -> ConfinementReport.Layer {
    // A directory over itself: where it succeeds, nobody notices.
    let holds = mount("/usr", "/usr", nil, UInt(MS_BIND), nil) != 0
    if !holds { umount2("/usr", Int32(MNT_DETACH)) }
    return layer("mounting", holds: holds, holds ? "refused" : "allowed")
  }

  private static func namespaces() -> ConfinementReport.Layer {
    let child = clinux_fork()
    if child == 0 { _exit(unshare(Int32(CLINUX_CLONE_NEWUSER)) == 0 ? 1 : 0) }
    guard child > 0 else { return layer("namespaces", holds: false, "could not be tried: errno \(errno)") }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    let holds = clinux_exit_code(status) == 0
    return layer("namespaces", holds: holds, holds ? "no further user namespace" : "a further user namespace, with all capabilities in it")
  }
}

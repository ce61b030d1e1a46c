import CLinux
import Glibc

/// A user namespace that maps this user to itself and nobody else, and new mount, PID, network and IPC namespaces that belong to it.
enum Namespaces {
  /// False with `errno` when the kernel or the administrator does not allow them.
  static func enter() -> Bool {
    let user = geteuid()
    let group = getegid()
    let all = CLINUX_CLONE_NEWUSER | CLINUX_CLONE_NEWNS | CLINUX_CLONE_NEWPID | CLINUX_CLONE_NEWNET | CLINUX_CLONE_NEWIPC
    guard unshare(Int32(all)) == 0 else { return false }
    // An unprivileged writer of a group map must first give up changing groups.
    return write("deny", to: "/proc/self/setgroups") && write("\(user) \(user) 1", to: "/proc/self/uid_map")
      && write("\(group) \(group) 1", to: "/proc/self/gid_map")
  }

  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = Descriptor(open(path, O_WRONLY | O_CLOEXEC)) else { return false }
    let bytes = Array(text.utf8)
    return Glibc.write(file.number, bytes, bytes.count) == bytes.count
  }
}

import CLinux

/// An anonymous file in memory, for programs that insist on a path (`/proc/PID/fd/N`) while nothing may reach a disk.
package enum MemoryFile {
  /// A descriptor, closed on exec, for the caller to close; negative with `errno` on failure.
  package static func open() -> Int32 { clinux_memfd_create("input") }
}

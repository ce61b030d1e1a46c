import CLinux
import Glibc

/// Limits of the kernel on one process (`setrlimit`); `nil` leaves the inherited one. They only ever go down: soft and hard are set alike.
package struct ResourceLimits: Sendable, Equatable {
  /// Seconds of processor time; then SIGXCPU, a second later SIGKILL.
  package var processorSeconds: UInt64?
  /// Bytes of address space.
  package var addressSpace: UInt64?
  /// Bytes of the largest file it may write.
  package var fileSize: UInt64?
  package var openFiles: UInt64?
  /// Processes of the same user. Does not bind the machine's root.
  package var processes: UInt64?
  /// Bytes of a core file.
  package var core: UInt64?

  package init(
    processorSeconds: UInt64? = nil, addressSpace: UInt64? = nil, fileSize: UInt64? = nil, openFiles: UInt64? = nil,
    processes: UInt64? = nil, core: UInt64? = 0
  ) {
    self.processorSeconds = processorSeconds
    self.addressSpace = addressSpace
    self.fileSize = fileSize
    self.openFiles = openFiles
    self.processes = processes
    self.core = core
  }

  /// Sets the limits of process `pid` (0: this one). Returns the name of the first that could not be set, `nil` when all are.
  func apply(to pid: pid_t) -> String? {
    let wanted: [(name: String, resource: Int32, value: UInt64?, grace: UInt64)] = [
      ("core", clinux_rlimit_core(), core, 0), ("cpu", clinux_rlimit_cpu(), processorSeconds, 1),
      ("as", clinux_rlimit_as(), addressSpace, 0), ("fsize", clinux_rlimit_fsize(), fileSize, 0),
      ("nofile", clinux_rlimit_nofile(), openFiles, 0), ("nproc", clinux_rlimit_nproc(), processes, 0),
    ]
    for limit in wanted {
      guard let value = limit.value else { continue }
      var current = rlimit()
      guard prlimit(pid, limit.resource, nil, &current) == 0 else { return limit.name }
      let hard = min(UInt64(current.rlim_max), value + limit.grace)
      var new = rlimit(rlim_cur: rlim_t(min(value, hard)), rlim_max: rlim_t(hard))
      guard prlimit(pid, limit.resource, &new, nil) == 0 else { return limit.name }
    }
    return nil
  }
}

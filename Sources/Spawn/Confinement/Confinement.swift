import CLinux
import Glibc

/// Locks the calling process away before it touches a byte that a stranger sent (design.md 4).
///
/// In order: descriptors, user, no new privileges, namespaces (user, mount, PID, network, IPC), limits, a PID namespace's first process, a
/// private root, capabilities, Landlock. Each layer alone keeps the archive, the credentials and the network out of reach; together they also
/// bound time, memory, processes and disk, and end every descendant with the reader.
package enum Confinement {
  package enum Layer: String, Sendable, CaseIterable {
    case descriptors, user, privileges, namespaces, parent, limits
    /// Being the first process of the PID namespace.
    case process
    case root, capabilities, landlock
  }

  package struct Plan: Sendable {
    package var limits: ResourceLimits
    /// Bytes of the private `/tmp`, which lies in memory.
    package var scratchBytes: UInt64
    /// The process that started this one, if it said so: when it is gone already, so is the reason to live.
    package var parent: Int32?
    /// Go on without a layer that cannot be had.
    package var allowsMissingLayers: Bool
    /// All of them, but for showing what each one does.
    package var layers: Set<Layer>

    package init(
      limits: ResourceLimits, scratchBytes: UInt64, parent: Int32?, allowsMissingLayers: Bool, layers: Set<Layer> = Set(Layer.allCases)
    ) {
      self.limits = limits
      self.scratchBytes = scratchBytes
      self.parent = parent
      self.allowsMissingLayers = allowsMissingLayers
      self.layers = layers
    }
  }

  /// What holds this process now.
  package struct State: Sendable {
    /// Layers that could not be had, as `name:errno`. Landlock on a kernel without it counts as missing only where nothing else guards files.
    package var missing: [String]
    /// Whether `/tmp` is private memory. Without it there is no place to write to.
    package var hasPrivateRoot: Bool
    /// Version of the kernel's Landlock in force; 0 for none.
    package var landlock: Int
  }

  /// The exit code with which a process ends that may not go on: EX_NOPERM.
  package static let refusal: Int32 = 77

  /// Returns in the confined process. That is another process than the caller's: the caller's stays behind, waits for it and ends as it ends.
  ///
  /// Without `allowsMissingLayers` the first layer that fails ends the process with `refusal` and `confinement NAME:ERRNO` on standard error.
  /// Must be called while the process has one thread.
  package static func enter(_ plan: Plan) -> State {
    var state = State(missing: [], hasPrivateRoot: false, landlock: 0)
    /// Puts up a layer. False when it is not wanted or not to be had.
    func put(_ layer: Layer, _ build: () -> Bool) -> Bool {
      guard plan.layers.contains(layer) else { return false }
      if build() { return true }
      let missing = "\(layer.rawValue):\(errno)"
      guard plan.allowsMissingLayers else { refuse(missing) }
      state.missing.append(missing)
      return false
    }
    _ = put(.descriptors) { clinux_close_from(3) == 0 }
    _ = put(.user, leaveRoot)
    _ = put(.privileges) { clinux_set_no_new_privs() == 0 }
    let hasNamespaces = put(.namespaces, Namespaces.enter)
    _ = put(.parent) { followParent(plan.parent) }
    _ = put(.limits) { plan.limits.apply(to: 0) == nil }
    if hasNamespaces {
      _ = put(.process, becomeFirstProcess)
      state.hasPrivateRoot = put(.root) { PrivateRoot.enter(scratchBytes: plan.scratchBytes) }
    }
    _ = put(.capabilities, dropCapabilities)
    // A kernel without Landlock still has the private root; without that too, files are open.
    if Landlock.version > 0 || !state.hasPrivateRoot {
      let version = Landlock.version
      if put(.landlock, { Landlock.enter(hasPrivateRoot: state.hasPrivateRoot) }) { state.landlock = version }
    }
    return state
  }

  private static func refuse(_ missing: String) -> Never {
    let text = Array("confinement \(missing)\n".utf8)
    _ = write(2, text, text.count)
    exit(refusal)
  }

  /// The machine's root becomes `nobody`, for whom limits on processes hold and who owns nothing. Another user stays who he is.
  private static func leaveRoot() -> Bool {
    guard geteuid() == 0 else { return true }
    let nobody: UInt32 = 65_534
    guard setgroups(0, nil) == 0, setresgid(nobody, nobody, nobody) == 0, setresuid(nobody, nobody, nobody) == 0 else { return false }
    // Changing the user made /proc/self root's; the maps of the user namespace are written there.
    return clinux_set_dumpable(1) == 0
  }

  /// Asks for SIGKILL at the parent's death. Only after every change of credentials: each takes the request back.
  private static func followParent(_ parent: Int32?) -> Bool {
    guard clinux_set_parent_death_signal(SIGKILL) == 0 else { return false }
    if let parent, getppid() != parent { exit(refusal) }
    return true
  }

  /// The child that returns from here is process 1 of the namespace: with its end the kernel kills all others in it.
  private static func becomeFirstProcess() -> Bool {
    guard let lifeline = try? Pipe() else { return false }
    let child = clinux_fork()
    if child < 0 { return false }
    if child > 0 { waitAndEnd(child) }
    guard clinux_set_parent_death_signal(SIGKILL) == 0 else { return false }
    // The parent may have died before the request. It alone still holds the writing end, and never writes.
    let reading = lifeline.readingOnly()
    var byte: UInt8 = 0
    if read(reading.number, &byte, 1) == 0 { exit(refusal) }
    return true
  }

  /// The outer process: holds nothing, waits, and reports the inner one's end as its own (128 + signal for a kill).
  private static func waitAndEnd(_ child: pid_t) -> Never {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    exit(clinux_exited(status) != 0 ? clinux_exit_code(status) : 128 + clinux_signal(status))
  }

  private static func dropCapabilities() -> Bool {
    for capability in Int32(0)..<64 where clinux_drop_bounding(capability) != 0 {
      // EINVAL marks the end of the kernel's list; a process that never had CAP_SETPCAP has no set worth dropping.
      if errno == EINVAL || errno == EPERM { break }
      return false
    }
    return clinux_drop_capabilities() == 0
  }
}

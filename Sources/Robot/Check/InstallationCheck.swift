import Crypto
import Glibc
import HTTPTransport
import Mailbox
import Model
import ReaderPool
import Registry
import Rules
package import Runtime

/// Looks at everything an installation needs, and changes nothing (the calls to ССЕВ list and read definitions; none opens a message).
package struct InstallationCheck: Sendable {
  private let configuration: RobotConfiguration
  private let surroundings: Surroundings

  package init(configuration: RobotConfiguration, surroundings: Surroundings) {
    self.configuration = configuration
    self.surroundings = surroundings
  }

  /// The rules, once compiled.
  package func rules(_ shelf: RulesetShelf) -> [Finding] {
    var findings = shelf.rulesets.map {
      Finding(.ok, "rules", "\($0.name) \($0.version), in force from \($0.effective): \($0.rules.count) rules, \($0.journals.count) journals")
    }
    findings += RulesetCheck.mistakes(configuration, shelf).map { Finding("rules", $0) }
    let fictitious = RulesetCheck.fictitious(shelf).map { "\($0.identifier) \($0.index)" }
    if !fictitious.isEmpty {
      findings.append(
        Finding(
          .warning, "units", Finding.counted(fictitious, "units have a fictitious index"),
          remedy: "set the real ones in the table of units before their mailboxes become active", items: fictitious))
    }
    return findings
  }

  // MARK: This machine

  package func files() -> [Finding] {
    var findings = configuration.mailboxes.flatMap(credential)
    findings += authority() + signingKey()
    let (database, mirror) = (device(of: configuration.database), device(of: configuration.mirror))
    if let database, database == mirror {
      findings.append(
        Finding(
          .warning, "mirror", "the mirror is on the same file system as the database: what destroys one destroys both",
          remedy: "name a file on another disk or share"))
    } else {
      findings.append(Finding(.ok, "mirror", configuration.mirror))
    }
    if case .directory(let folder) = configuration.handOff, TextFile.exists(folder), access(folder, W_OK) != 0 {
      findings.append(Finding(.error, "handoff", "the folder for hand-offs cannot be written: \(folder)", remedy: "give the robot's user the right"))
    }
    return findings
  }

  private func credential(_ mailbox: MailboxSettings) -> [Finding] {
    guard let gateway = mailbox.credential.gateway else {
      return [
        Finding(
          .warning, "credential", "mailbox \(mailbox.recipient) proves itself by the header alone",
          remedy: "right for a test installation or a network where nobody else reaches ССЕВ; else name token, scope, certificate and key")
      ]
    }
    return [gateway.certificate, gateway.key].map { path in
      guard access(path, R_OK) == 0 else {
        return Finding(
          .error, "credential", "mailbox \(mailbox.recipient): `\(path)` cannot be read",
          remedy: "check the path and the rights; systemd gives it with LoadCredential=")
      }
      var status = stat()
      if path == gateway.key, stat(path, &status) == 0, status.st_mode & (S_IRGRP | S_IROTH | S_IWOTH) != 0 {
        return Finding(.warning, "credential", "the key `\(path)` can be read by others", remedy: "chmod 600")
      }
      return Finding(.ok, "credential", "mailbox \(mailbox.recipient): \(path)")
    }
  }

  private func authority() -> [Finding] {
    guard let path = configuration.ssev.authority, access(path, R_OK) != 0 else { return [] }
    return [Finding(.error, "authority", "`\(path)` cannot be read", remedy: "check the path of `authority` and its rights")]
  }

  private func signingKey() -> [Finding] {
    guard let path = configuration.signingKey else {
      return [
        Finding(
          .warning, "signing key", "none: nothing signs what the journals are each day",
          remedy: "openssl genpkey -algorithm ed25519 -out FILE, and `signing key \"FILE\"` in robot.conf")
      ]
    }
    do throws(OperatorError) {
      _ = try Signature.sign([], privateKeyFile: path)
      return [Finding(.ok, "signing key", path)]
    } catch {
      return [Finding("signing key", error)]
    }
  }

  /// Of the nearest folder that exists.
  private func device(of path: String) -> UInt64? {
    var folder = TextFile.folder(of: path)
    var status = stat()
    while stat(folder, &status) != 0 {
      guard folder.count > 1 else { return nil }
      folder = TextFile.folder(of: folder)
    }
    return UInt64(status.st_dev)
  }

  package func database() async -> [Finding] {
    do {
      let snapshot = try RegistrySnapshot(configuration.registry)
      let journals = try await snapshot.journals()
      let numbering = try await snapshot.numbering()
      await snapshot.close()
      var findings = [Finding(.ok, "database", "\(journals.count) journals, \(journals.map(\.entries).reduce(0, +)) entries")]
      if case .stopped(let actor, _, let since) = numbering {
        findings.append(
          Finding(.warning, "numbering", "stopped by \(actor) since \(since.iso8601)", remedy: "`intake-robot numbering start` when it may go on"))
      }
      return findings
    } catch  where error.code == "registry.missing" {
      return [Finding(.ok, "database", "none yet: `run` makes it at \(configuration.database)")]
    } catch {
      return [Finding("database", error)]
    }
  }

  package func reader() async -> [Finding] {
    let readers = ReaderPool(configuration: configuration.reader.pool, concurrency: 1, surroundings: surroundings)
    guard access(configuration.reader.program, X_OK) == 0 else {
      return [
        Finding(
          .error, "reader", "`\(configuration.reader.program)` cannot be run",
          remedy: "install intake-reader beside intake-robot, or set `reader { program \"…\" }`")
      ]
    }
    let report = await readers.selfTest(outside: [configuration.database, configuration.archive, configuration.mirror])
    let fault: Finding.Level = configuration.reader.isReduced ? .warning : .error
    var findings = report.layers.map { layer in
      layer.works
        ? Finding(.ok, "confinement", layer.name)
        : Finding(
          fault, "confinement", "\(layer.name): \(layer.detail)",
          remedy: "see Deploy/OPERATIONS.md on confinement; `reader { confinement reduced }` runs without")
    }
    findings += report.missing.map {
      Finding(
        fault, "confinement", "not available: \($0)", remedy: "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1) for the reader")
    }
    return findings + ToolCheck.findings()
  }

  // MARK: ССЕВ

  /// One mailbox: reachable, known, allowed; reply template; clock.
  package func mailbox(_ mailbox: MailboxSettings) async -> [Finding] {
    let client = configuration.client(of: mailbox, transport: HTTPTransport(), surroundings: surroundings)
    let name = "mailbox \(mailbox.recipient)"
    do {
      let page = try await client.inbox(limit: 1)
      var findings = [Finding(.ok, "mailbox", "\(name): reachable, \(page.length) messages")]
      findings += try await template(client, name)
      if let clock = await client.serverClock {
        let guardian = ClockGuard(bound: configuration.limits.clockBound)
        findings += guardian.refusal(server: clock.server, local: clock.local).map { [Finding(.error, "clock", $0.summary, remedy: $0.remedy)] } ?? []
      }
      return findings
    } catch {
      return [Finding("mailbox", error, of: mailbox.recipient)]
    }
  }

  private func template(_ client: MailboxClient, _ name: String) async throws(OperatorError) -> [Finding] {
    let mistakes = try await client.template(BuiltInTemplate.message).verifyReplyTemplate()
    guard !mistakes.isEmpty else { return [Finding(.ok, "template", "\(name): replies can be sent with template \(BuiltInTemplate.message)")] }
    return mistakes.map {
      Finding(
        .error, "template", "\(name): template \(BuiltInTemplate.message) does not take our replies: \($0)",
        remedy: "ask the administrator of ССЕВ what has changed")
    }
  }
}

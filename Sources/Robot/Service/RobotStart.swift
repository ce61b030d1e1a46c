package import HTTPTransport
package import Mailbox
import Model
package import ReaderPool
package import Registry
package import Runtime

/// Everything between a checked configuration and the first poll (design.md 3): lock, migration, mirror check, outbox check.
struct RobotStart: Sendable {
  let configuration: RobotConfiguration
  let rulesets: RulesetShelf
  let outside: Outside
  let surroundings: Surroundings

  struct Opened: Sendable {
    let desk: Desk
  }

  func open() async throws(OperatorError) -> Opened {
    let mistakes = RulesetCheck.mistakes(configuration, rulesets)
    for mistake in mistakes { surroundings.log.error("rules.unfit", ["code": .code(mistake.code)]) }
    if let mistake = mistakes.first { throw mistake }
    let registry = try Registry(configuration.registry, surroundings: surroundings)
    let report = try await registry.start()
    surroundings.log.info(
      "robot.started",
      [
        "mirrored": .count(report.mirrored), "rescued": .count(report.rescuedJobs), "uncertain": .count(report.uncertainReplies),
        "mailboxes": .count(configuration.mailboxes.count),
      ])
    switch report.mirror {
    case .equal: break
    case .ahead: surroundings.log.error("numbering.blocked", ["code": .code("registry.mirror-ahead")])
    case .diverged: surroundings.log.error("numbering.blocked", ["code": .code("registry.mirror-diverged")])
    }
    try await registry.declareMailboxes(configuration.mailboxes.map(MailboxDeclaration.init))
    let desk = makeDesk(registry)
    await checkOutboxes(desk)
    return Opened(desk: desk)
  }

  private func makeDesk(_ registry: Registry) -> Desk {
    let breaker = HostBreaker(configuration.breaker, time: surroundings.time)
    let clients = Dictionary(
      uniqueKeysWithValues: configuration.mailboxes.map { mailbox in
        (mailbox.recipient, configuration.client(of: mailbox, transport: outside.carrier, breaker: breaker, surroundings: surroundings))
      })
    return Desk(
      configuration: configuration, registry: registry, registrations: RegistrationDesk(registry), clients: clients, breaker: breaker,
      readers: outside.readers,
      rulesets: LiveRulesets(rulesets), archive: ArchiveDesk(registry.archive, surroundings: surroundings), links: LinkMemory(),
      senders: SenderDirectory(),
      outboxes: OutboxWatch(configuration: configuration, registry: registry, clients: clients, surroundings: surroundings),
      judge: Judge(executor: surroundings.executor("rules")),
      handOff: configuration.handOffFolder.map { HandOffFolder($0, surroundings: surroundings) }, clock: ClockState(), calendar: WorkCalendar(),
      counters: Counters(), started: surroundings.time.uptime(),
      surroundings: surroundings)
  }

  /// Every outbox before anything is numbered. One that cannot be read now is read before the first registration of its mailbox.
  private func checkOutboxes(_ desk: Desk) async {
    let gate = Gate(8)
    await withTaskGroup(of: Void.self) { group in
      for mailbox in configuration.mailboxes where mailbox.mode == .active {
        group.addTask {
          await gate.enter()
          do throws(OperatorError) {
            try await desk.outboxes.check(mailbox.recipient)
          } catch {
            surroundings.log.error("outbox.check-failed", ["mailbox": .mailbox(mailbox.recipient), "code": .code(error.code)])
          }
          await gate.leave()
        }
      }
    }
  }
}

extension ReaderSettings {
  package var pool: ReaderConfiguration {
    ReaderConfiguration(
      executable: program, confinement: isReduced ? .reduced : .full, deadline: deadline, memory: memory, maximumBytes: largest,
      nesting: nesting, pages: pages)
  }
}

extension RobotConfiguration {
  package var registry: RegistryConfiguration {
    var registry = RegistryConfiguration(
      environment: environment, database: database, archive: archive, mirror: mirror, attachmentWait: limits.attachmentWait,
      retry: RetryPolicy(first: limits.retryFirst, longest: limits.retryLongest, attempts: limits.retryAttempts, patience: limits.retryPatience),
      lease: lease,
      maximumObject: limits.largestAttachment, minimumFree: limits.freeSpace)
    registry.signingKey = signingKey
    return registry
  }

  /// Twice the longest that one call may take: a step that has not renewed its claim by then has hung.
  private var lease: Duration { max(.seconds(600), (ssev.downloadTimeout + ssev.timeout + reader.deadline) * 2) }

  /// How a host that does not answer is left alone.
  package var breaker: HostBreaker.Policy {
    HostBreaker.Policy(first: limits.retryFirst, longest: min(limits.retryLongest, .seconds(300)))
  }

  package var handOffFolder: String? { if case .directory(let path) = handOff { path } else { nil } }

  package func client(
    of mailbox: MailboxSettings, transport: any HTTPCarrier, breaker: HostBreaker? = nil, surroundings: Surroundings
  ) -> MailboxClient {
    let credential = mailbox.credential
    let authentication: MailboxAuthentication =
      if let gateway = credential.gateway {
        .gateway(
          GatewayCredential(
            tokenService: gateway.token, oid: credential.oid, clientId: credential.clientId, scope: gateway.scope, certificate: gateway.certificate,
            key: gateway.key))
      } else {
        .direct(oid: credential.oid, clientId: credential.clientId)
      }
    let limits = MailboxEndpoint.Limits(
      call: TransferLimits(connect: ssev.connectTimeout, total: ssev.timeout, slowFor: ssev.timeout, slowestRate: 1, body: 8 << 20),
      download: TransferLimits(
        connect: ssev.connectTimeout, total: ssev.downloadTimeout, slowFor: .seconds(60), slowestRate: 512, body: Int(self.limits.largestAttachment)))
    return MailboxClient(
      recipient: mailbox.recipient,
      endpoint: MailboxEndpoint(api: ssev.api, upload: ssev.upload, certificateAuthority: ssev.authority, limits: limits),
      authentication: authentication, transport: transport, breaker: breaker, surroundings: surroundings)
  }
}

extension MailboxDeclaration {
  init(_ mailbox: MailboxSettings) {
    self.init(
      recipient: mailbox.recipient, name: mailbox.name, serveFrom: mailbox.serveFrom, mode: MailboxMode(mailbox.mode),
      openedByPerson: mailbox.registersOpenedByPerson ? .register : .review)
  }
}

extension MailboxMode {
  init(_ mode: MailboxSettings.Mode) {
    self =
      switch mode {
      case .active: .active
      case .paused: .paused
      case .shadow: .shadow
      }
  }
}

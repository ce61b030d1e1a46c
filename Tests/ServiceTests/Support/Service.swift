import Glibc
import Model

/// One installation of the robot in a folder of its own, pointed at a simulator: configuration, database, archive, mirror.
struct Service: Sendable {
  /// Everything durable lies below it.
  let state: String
  let configuration: String
  private let folder: String

  /// Which rules decide.
  enum Rules: Sendable {
    /// Those of АСП, as shipped.
    case asp
    case file(String)
    /// Two rules and one journal, for tests in which it matters that a message is registered and not where: compiled in no time.
    case small
  }

  /// What of `robot.conf` a test wants otherwise.
  struct Settings: Sendable {
    var environment = "test"
    var rules = Rules.small
    var serveFrom = "2026-07-01T00:00:00+03:00"
    var confinement = "reduced"
    /// Lines of the top level, each after the defaults of this file.
    var extra: [String] = []
    var credential: (@Sendable (SimulatorProcess.Credential) -> (oid: String, cn: String)) = { ($0.oid, $0.cn) }
    /// Further lines of a mailbox's credential, and of the block `ssev`.
    var gateway: (@Sendable (SimulatorProcess.Credential) -> [String]) = { _ in [] }
    var ssev: [String] = []
    /// Of replies whose fate is unknown; the simulator commits late within `horizon`.
    var horizonMilliseconds = 50
    var lookMilliseconds = 20
    var retryFirstMilliseconds = 10
    var retryAttempts = 6
    var attachmentWaitMilliseconds = 30_000
    var timeoutMilliseconds = 10_000
    var pageSize = 100

    init() {}
  }

  /// Writes the configuration into `folder`; the state is made by the robot itself.
  init(in folder: String, address: String, credentials: [SimulatorProcess.Credential], settings: Settings = Settings()) throws {
    self.folder = folder
    state = "\(folder)/state"
    configuration = "\(folder)/robot.conf"
    for path in [state, "\(state)/mirror"] { try Files.makeFolder(path) }
    let mailboxes = credentials.map { credential in
      let shown = settings.credential(credential)
      return """
        mailbox "\(credential.identifier)" {
          name "Поделение \(credential.identifier)"
          serve from \(settings.serveFrom)
          credential {
            oid "\(shown.oid)"
            cn "\(shown.cn)"
            \(settings.gateway(credential).joined(separator: "\n").replacing("{api}", with: address))
          }
        }
        """
    }
    let text = """
      environment \(settings.environment)
      administration "Агенция за социално подпомагане"
      database "\(state)/registry.db"
      archive "\(state)/archive"
      mirror "\(state)/mirror/journals.mirror"
      rules "\(try Service.path(of: settings.rules, in: folder))"
      metrics "\(state)/metrics.prom"
      poll every 10 ms
      attachment wait \(settings.attachmentWaitMilliseconds) ms
      order wait 30 s
      retry first \(settings.retryFirstMilliseconds) ms
      retry longest 40 ms
      retry attempts \(settings.retryAttempts)
      retry patience 1 minutes
      free space 0 MB
      \(settings.extra.joined(separator: "\n"))
      ssev {
        api "\(address)"
        timeout \(settings.timeoutMilliseconds) ms
        page size \(settings.pageSize)
        \(settings.ssev.joined(separator: "\n"))
      }
      reader {
        program "\(Installation.program("intake-reader"))"
        confinement \(settings.confinement)
        deadline 2 minutes
      }
      replies {
        first look after \(settings.lookMilliseconds) ms
        second look after \(settings.lookMilliseconds) ms
        horizon \(settings.horizonMilliseconds) ms
        per sender and hour 1000
      }
      \(mailboxes.joined(separator: "\n"))

      """
    try Files.write(text, to: configuration)
  }

  private static func path(of rules: Rules, in folder: String) throws -> String {
    switch rules {
    case .asp: return "\(Installation.root)/Rules/asp/ruleset.rules"
    case .file(let path): return path
    case .small:
      let path = "\(folder)/small.rules"
      try Files.write(small, to: path)
      return path
    }
  }

  private static let small = """
    ruleset "Проба" {
      version   "1"
      effective 2026-01-01
      types     "\(Installation.root)/Rules/asp/document-types.csv"
      units     "\(Installation.root)/Rules/asp/units.csv"
      stages    "машини"
    }
    journal "Писма" {
      title   "Писма"
      system  "документооборот"
      numbers by robot
      counter per unit and year, starts at 1
      number  "П/{unit.index}/{seq}/{date:dd.MM.yyyy}"
    }
    rule "машина" in "машини" {
      when subject starts with "автоматичен отговор", "обратна разписка"
      then { not registered "avtomatichno" }
    }
    otherwise {
      journal "Писма"
      type    "zapit"
      review
    }

    """

  /// Runs one command of `intake-robot` to its end.
  func robot(_ words: [String], environment: [String: String] = [:], limit: Duration = .seconds(60)) async throws -> Finished {
    try await run(
      Installation.program("intake-robot"), words + ["--config", configuration], environment: environment, in: folder, limit: limit)
  }

  /// Starts `intake-robot run` and leaves it running; its log goes to `log`.
  func start(_ words: [String] = ["run"], log: String, environment: [String: String] = [:]) throws -> ChildProcess {
    try ChildProcess(
      Installation.program("intake-robot"), words + ["--config", configuration], environment: environment, output: "\(folder)/run.stdout", error: log)
  }

  /// Works until there is nothing left to do.
  @discardableResult
  func runUntilIdle(environment: [String: String] = [:], limit: Duration = .seconds(60)) async throws -> Finished {
    try await robot(["run", "--until-idle"], environment: environment, limit: limit)
  }
}

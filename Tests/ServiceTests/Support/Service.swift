import Glibc
import Model

/// One installation of the robot in a folder of its own, pointed at a simulator: configuration, database, archive, mirror.
struct Service: Sendable {
  /// Everything durable lies below it.
  let state: String
  let configuration: String
  private let folder: String

  /// What of `robot.conf` a test wants otherwise.
  struct Settings: Sendable {
    var environment = "test"
    var rules = Installation.root + "/Rules/asp/ruleset.rules"
    var serveFrom = "2026-07-01T00:00:00+03:00"
    var confinement = "reduced"
    /// Lines of the top level, each after the defaults of this file.
    var extra: [String] = []
    var credential: (@Sendable (SimulatorProcess.Credential) -> (oid: String, cn: String)) = { ($0.oid, $0.cn) }
    /// Of replies whose fate is unknown; the simulator commits late within `horizon`.
    var horizonMilliseconds = 50
    var lookMilliseconds = 20
    var retryFirstMilliseconds = 10
    var retryAttempts = 6
    var attachmentWaitMilliseconds = 300
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
      rules "\(settings.rules)"
      metrics "\(state)/metrics.prom"
      poll every 10 ms
      attachment wait \(settings.attachmentWaitMilliseconds) ms
      order wait 20 ms
      retry first \(settings.retryFirstMilliseconds) ms
      retry longest 40 ms
      retry attempts \(settings.retryAttempts)
      free space 0 MB
      \(settings.extra.joined(separator: "\n"))
      ssev {
        api "\(address)"
        timeout \(settings.timeoutMilliseconds) ms
        page size \(settings.pageSize)
      }
      reader {
        program "\(Installation.program("intake-reader"))"
        confinement \(settings.confinement)
        deadline 30 s
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

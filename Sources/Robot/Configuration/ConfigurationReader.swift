import Model
package import Rules

/// Reads `robot.conf`: the block syntax of the rules, every mistake with its place, all at once.
package enum ConfigurationReader {
  package struct Result: Sendable {
    /// `nil` exactly when there is an error among the diagnostics.
    package let configuration: RobotConfiguration?
    package let diagnostics: [Diagnostic]
  }

  /// Where things are that the file does not say.
  package struct Places: Sendable {
    /// Absolute path of the configuration file: relative paths start in its folder.
    package var file: String
    /// `$CREDENTIALS_DIRECTORY`, where systemd puts what `LoadCredential=` names.
    package var credentials: String?
    /// The folder of the running program: `intake-reader` is beside it.
    package var programs: String

    package init(file: String, credentials: String?, programs: String) {
      self.file = file
      self.credentials = credentials
      self.programs = programs
    }
  }

  package static func read(_ source: SourceText, places: Places) -> Result {
    let diagnostics = DiagnosticCollector()
    let (statements, found) = Syntax.parse(source)
    diagnostics.add(found)
    let start = Span(file: SourceFile(source), start: 0, end: 0)
    let root = SettingsBlock(statements, title: "robot.conf", head: statements.first?.position ?? start, diagnostics: diagnostics)
    let configuration = SettingsReader(places: places, diagnostics: diagnostics).configuration(root)
    return Result(configuration: diagnostics.hasErrors ? nil : configuration, diagnostics: diagnostics.sorted)
  }
}

/// One pass over the file. Every getter reports its own mistakes; a value that is missing after one only keeps the pass going.
struct SettingsReader {
  let places: ConfigurationReader.Places
  let diagnostics: DiagnosticCollector

  func configuration(_ root: SettingsBlock) -> RobotConfiguration? {
    let environment = environmentName(root)
    let administration = root.text("administration", required: true)?.value ?? ""
    let database = path(root, "database", required: true)
    let archive = path(root, "archive", required: true)
    let mirror = path(root, "mirror", required: true)
    let rules = root.texts("rules", required: true).map { TextFile.resolve($0.value, besideFile: places.file) }
    let metrics = path(root, "metrics")
    let signingKey = credentialPath(root.text("signing key"))
    let statements = path(root, "statements")
    let handOff = handOffTarget(root)
    let limits = limits(root)
    let ssev = ssev(root.block("ssev", required: true))
    let reader = reader(root.block("reader"))
    let replies = replies(root.block("replies"))
    let watch = watch(root.block("watch"))
    let mailboxes = mailboxes(root)
    checkPlaces(root, database: database, archive: archive, mirror: mirror)
    root.finish()
    guard let environment, let database, let archive, let mirror, let ssev else { return nil }
    return RobotConfiguration(
      environment: environment, administration: administration, database: database.value, archive: archive.value, mirror: mirror.value,
      rules: rules, handOff: handOff, ssev: ssev, reader: reader, replies: replies, limits: limits, watch: watch, metrics: metrics?.value,
      signingKey: signingKey, statements: statements?.value, mailboxes: mailboxes)
  }

  private func environmentName(_ root: SettingsBlock) -> EnvironmentName? {
    guard let found = root.statement("environment", required: true), let token = found.values.first else { return nil }
    guard let name = EnvironmentName(token.text), found.values.count == 1 else {
      diagnostics.report(
        .wrongValue, at: token.span, "`\(token.text)` is not a name of an environment",
        help: "1 to 16 lower-case Latin letters and digits, a letter first: `environment production`")
      return nil
    }
    return name
  }

  private func path(_ block: SettingsBlock, _ name: String, required: Bool = false) -> Located<String>? {
    guard let text = block.text(name, required: required) else { return nil }
    guard !text.value.isEmpty else {
      diagnostics.report(.wrongValue, at: text.span, "`\(name)` is empty", help: "write a path: `\(name) \"/var/lib/intake-robot/…\"`")
      return nil
    }
    return Located(TextFile.resolve(text.value, besideFile: places.file), text.span)
  }

  /// Paths of credentials: `$CREDENTIALS_DIRECTORY` first when there is one.
  func credentialPath(_ text: Located<String>?) -> String? {
    guard let text else { return nil }
    return places.credentials.map { TextFile.resolve(text.value, in: $0) } ?? TextFile.resolve(text.value, besideFile: places.file)
  }

  private func checkPlaces(_ root: SettingsBlock, database: Located<String>?, archive: Located<String>?, mirror: Located<String>?) {
    guard let database, let archive, let mirror else { return }
    if database.value == mirror.value {
      diagnostics.report(
        .wrongValue, at: mirror.span, "the mirror cannot be the database",
        help: "name a file on another disk or share: it must survive the first")
    }
    if mirror.value.hasPrefix(archive.value + "/") {
      diagnostics.report(
        .wrongValue, at: mirror.span, "the mirror cannot lie inside the archive", help: "name a file on another disk or share")
    }
  }

  private func handOffTarget(_ root: SettingsBlock) -> HandOffTarget {
    guard let found = root.statement("handoff") else { return .none }
    let words = Array(found.values)
    if words.count == 1, words[0].isWord("none") { return .none }
    if words.count == 2, words[0].isWord("directory"), words[1].kind == .string, !words[1].text.isEmpty {
      return .directory(TextFile.resolve(words[1].text, besideFile: places.file))
    }
    diagnostics.report(
      .wrongValue, at: found.statement.head, "this is not a target for hand-offs", help: "write `handoff none` or `handoff directory \"…\"`"
    )
    return .none
  }

  private func limits(_ root: SettingsBlock) -> LimitSettings {
    var limits = LimitSettings()
    let wait = Duration.milliseconds(1) ... .seconds(86_400 * 7)
    set(&limits.poll, root.duration("poll every", in: .milliseconds(10) ... .seconds(86_400)))
    set(&limits.overlap, root.duration("poll overlap", in: .seconds(60) ... .seconds(86_400 * 30)))
    set(&limits.attachmentWait, root.duration("attachment wait", in: wait))
    set(&limits.orderWait, root.duration("order wait", in: wait))
    if let window = root.duration("duplicate window", in: .seconds(86_400) ... .seconds(86_400 * 3650)) {
      limits.duplicateWindowDays = Int(window.value.components.seconds / 86_400)
    }
    set(&limits.clockBound, root.duration("clock bound", in: .seconds(1) ... .seconds(3600)))
    if let workers = root.integer("workers", in: 1...64) { limits.workers = Int(workers.value) }
    set(&limits.retryFirst, root.duration("retry first", in: wait))
    set(&limits.retryLongest, root.duration("retry longest", in: wait))
    if let attempts = root.integer("retry attempts", in: 1...1000) { limits.retryAttempts = Int(attempts.value) }
    set(&limits.retryPatience, root.duration("retry patience", in: .milliseconds(1) ... .seconds(86_400 * 365)))
    set(&limits.largestAttachment, root.size("largest attachment", in: 1 << 20...1 << 40))
    set(&limits.freeSpace, root.size("free space", in: 0...1 << 50))
    return limits
  }

  private func ssev(_ block: SettingsBlock?) -> SSEVSettings? {
    guard let block else { return nil }
    let api = address(block, "api", required: true)
    var settings = SSEVSettings(api: api ?? "", upload: address(block, "upload") ?? api ?? "")
    settings.authority = credentialPath(block.text("authority"))
    if let size = block.integer("page size", in: 1...1000) { settings.pageSize = Int(size.value) }
    let timeouts = Duration.milliseconds(10) ... .seconds(86_400)
    set(&settings.timeout, block.duration("timeout", in: timeouts))
    set(&settings.connectTimeout, block.duration("connect timeout", in: timeouts))
    set(&settings.downloadTimeout, block.duration("download timeout", in: timeouts))
    block.finish()
    return api == nil ? nil : settings
  }

  /// `https` everywhere, except to this machine itself (the simulator, a local tunnel).
  func address(_ block: SettingsBlock, _ name: String, required: Bool = false) -> String? {
    guard let text = block.text(name, required: required) else { return nil }
    let host = text.value.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first.map(String.init) ?? ""
    let isLoopback = host.hasPrefix("127.0.0.1") || host.hasPrefix("localhost") || host.hasPrefix("[::1]")
    guard !host.isEmpty, text.value.hasPrefix("https://") || (text.value.hasPrefix("http://") && isLoopback) else {
      diagnostics.report(
        .wrongValue, at: text.span, "`\(name)` is not an address that may be called",
        help: "it begins with `https://` (`http://` only for 127.0.0.1)")
      return nil
    }
    return text.value.hasSuffix("/") ? String(text.value.dropLast()) : text.value
  }

  private func reader(_ block: SettingsBlock?) -> ReaderSettings {
    var settings = ReaderSettings(program: TextFile.resolve("intake-reader", in: places.programs))
    guard let block else { return settings }
    if let program = path(block, "program") { settings.program = program.value }
    if let word = block.word("confinement", of: ["full", "reduced"]) { settings.isReduced = word.value == "reduced" }
    set(&settings.deadline, block.duration("deadline", in: .milliseconds(100) ... .seconds(3600)))
    set(&settings.memory, block.size("memory", in: 64 << 20...64 << 30))
    if let count = block.integer("at once", in: 1...32) { settings.concurrency = Int(count.value) }
    set(&settings.largest, block.size("largest", in: 1 << 20...4 << 30))
    if let levels = block.integer("levels inside", in: 1...Int64(ReadingLimits.nesting)) { settings.nesting.depth = Int(levels.value) }
    if let files = block.integer("files inside", in: 1...Int64(ReadingLimits.files)) { settings.nesting.files = Int(files.value) }
    if let size = block.size("unpacked", in: 1 << 20...4 << 30) { settings.nesting.bytes = Int(size.value) }
    if let times = block.integer("expansion", in: 2...100_000) { settings.nesting.expansion = Int(times.value) }
    if let pages = block.integer("pages", in: 1...10_000) { settings.pages.pages = Int(pages.value) }
    if let pages = block.integer("ocr pages", in: 0...1_000) { settings.pages.recognisedPages = Int(pages.value) }
    set(&settings.pages.recognitionTime, block.duration("ocr time", in: .seconds(1) ... .seconds(3600)))
    block.finish()
    return settings
  }

  private func replies(_ block: SettingsBlock?) -> ReplySettings {
    var settings = ReplySettings()
    guard let block else { return settings }
    let wait = Duration.milliseconds(1) ... .seconds(86_400)
    if let count = block.integer("per sender and hour", in: 1...10_000) { settings.perSenderAndHour = Int(count.value) }
    set(&settings.waits.firstLook, block.duration("first look after", in: wait))
    set(&settings.waits.secondLook, block.duration("second look after", in: wait))
    set(&settings.outboxMargin, block.duration("outbox margin", in: .seconds(60) ... .seconds(86_400 * 7)))
    if let horizon = block.duration("horizon", in: wait) {
      settings.waits.horizon = horizon.value
      if horizon.value < settings.waits.firstLook {
        diagnostics.report(
          .valueOutOfRange, at: horizon.span, "the horizon ends before the first look",
          help: "ССЕВ must have committed or dropped a request by then: not shorter than `first look after`")
      }
    }
    block.finish()
    return settings
  }

  private func watch(_ block: SettingsBlock?) -> WatchSettings {
    var settings = WatchSettings()
    guard let block else { return settings }
    if let count = block.integer("messages", in: 10...5_000) { settings.messages = Int(count.value) }
    if let count = block.integer("least", in: 5...5_000) {
      settings.least = Int(count.value)
      if settings.least > settings.messages {
        diagnostics.report(
          .valueOutOfRange, at: count.span, "more decisions are wanted than are looked at", help: "`least` is not greater than `messages`")
      }
    }
    if let points = block.integer("review jump", in: 1...100) { settings.reviewJump = Int(points.value) }
    if let points = block.integer("rule jump", in: 1...100) { settings.ruleJump = Int(points.value) }
    if let word = block.word("on jump", of: ["alarm", "stop-numbering"]) { settings.stopsNumbering = word.value == "stop-numbering" }
    block.finish()
    return settings
  }

  private func set<Value>(_ target: inout Value, _ found: Located<Value>?) {
    if let found { target = found.value }
  }
}

import Model
import Robot

/// The commands by which a person changes something: each is recorded with who did it and why.
enum ManualCommands {
  static let pause = Command(
    "pause", summary: "stop serving one mailbox", operands: [mailbox], options: [.config, .actor, .reason, .json],
    details: "Nothing of the mailbox is polled or worked on until `resume`; what is running is finished. Survives a restart.",
    example: "intake-robot pause 1210150561306 --reason \"смяна на удостоверението\""
  ) { (invocation) async throws(OperatorError) in
    try await perform(.pause(mailbox: invocation.operands[0]), invocation)
  }

  static let resume = Command(
    "resume", summary: "serve a paused mailbox again", operands: [mailbox], options: [.config, .actor, .reason, .json],
    details: "Takes back `pause`. A mailbox that the configuration itself pauses (`mode paused`) stays paused.",
    example: "intake-robot resume 1210150561306"
  ) { (invocation) async throws(OperatorError) in
    try await perform(.resume(mailbox: invocation.operands[0]), invocation)
  }

  static let stopNumbering = Command(
    "numbering stop", summary: "give no more numbers, in any journal", options: [.config, .actor, .reason, .json],
    details: "Messages are still opened, stored, read and decided; they wait before registration. Survives a restart.",
    example: "intake-robot numbering stop --reason \"проверка на дневника\""
  ) { (invocation) async throws(OperatorError) in
    try await perform(.stopNumbering, invocation)
  }

  static let startNumbering = Command(
    "numbering start", summary: "give numbers again", options: [.config, .actor, .reason, .json],
    details: "Takes back `numbering stop`. What the start check stopped is taken back by `recover` only.",
    example: "intake-robot numbering start"
  ) { (invocation) async throws(OperatorError) in
    try await perform(.startNumbering, invocation)
  }

  static let retryJob = Command(
    "jobs retry", summary: "try a parked job again now", operands: [Operand("JOB", .one, "its number, as `jobs list` shows it")],
    options: [.config, .actor, .reason, .json], details: "The job is due at once and has all its attempts again.",
    example: "intake-robot jobs retry 42 --reason \"ССЕВ е поправена\""
  ) { (invocation) async throws(OperatorError) in
    try await perform(.retry(job: try job(invocation)), invocation)
  }

  static let discardJob = Command(
    "jobs discard", summary: "give a parked job up", operands: [Operand("JOB", .one, "its number, as `jobs list` shows it")],
    options: [.config, .actor, .reason, .json],
    details: "The step is never tried again. The message stays where it is, and the record says who gave it up and why: --reason is needed.",
    example: "intake-robot jobs discard 42 --reason \"отговорено на ръка\""
  ) { (invocation) async throws(OperatorError) in
    guard invocation.has(.reason) else {
      throw OperatorError("command-line.reason", "giving a job up needs a reason", remedy: "add --reason \"…\"", disposition: .misconfigured)
    }
    return try await perform(.discard(job: try job(invocation)), invocation)
  }

  static let recover = Command(
    "recover", summary: "take over from mirror or outboxes what the database lacks", options: [.config, outbox, .actor, .reason, .json],
    details: """
      For a database that was restored from a copy: enters every event that the mirror knows and the database does not, opens a new epoch and
      lets numbering go on. Refused when database and mirror contradict each other. With --outbox, for what the mirror does not know either (both
      lost, or rolled back together): reads the outboxes of all mailboxes in ССЕВ. A message that was answered is never answered again; numbers that
      were told become void entries, so that none is given twice. First make sure that no second robot is at work.
      """,
    example: "intake-robot recover --reason \"възстановено копие от 01.07.2026\""
  ) { (invocation) async throws(OperatorError) in
    let fromOutbox = invocation.has(outbox)
    return try await perform(.recover(outbox: fromOutbox), needsRules: fromOutbox, invocation)
  }

  private static let outbox = Option("outbox", nil, "from the outboxes of the mailboxes, after the mirror has given what it has")

  private static let mailbox = Operand("MAILBOX", .one, "its identifier: 9 or 13 digits")

  private static func job(_ invocation: Invocation) throws(OperatorError) -> Int64 {
    guard let id = Int64(invocation.operands[0]), id > 0 else {
      throw OperatorError(
        "command-line.value", "`\(invocation.operands[0])` is not the number of a job", remedy: "`intake-robot jobs list` shows them",
        disposition: .misconfigured)
    }
    return id
  }

  static func perform(_ act: ManualRequest.Act, needsRules: Bool = false, _ invocation: Invocation) async throws(OperatorError) -> ExitCode {
    let request = ManualRequest(act, actor: try invocation.actor(), reason: invocation.value(.reason) ?? "")
    let (_, configuration) = try invocation.configuration()
    let context = invocation.context
    let rulesets = needsRules ? try invocation.rulesets(configuration.rules) : nil
    let text = try await ManualDesk(configuration: configuration, rulesets: rulesets, surroundings: context.surroundings).perform(request)
    if invocation.wantsJSON { context.output.json(["done": .string(text), "actor": .string(request.actor)]) } else { context.output.line(text) }
    return .ok
  }
}

extension Invocation {
  /// Who does this: the login, and beside it what `--actor` says; without a login `--actor` alone.
  func actor() throws(OperatorError) -> String {
    switch (context.login, value(.actor)) {
    case (let login?, let name?): return "\(login) (\(name))"
    case (let login?, nil): return login
    case (nil, let name?): return name
    case (nil, nil):
      throw OperatorError(
        "command-line.actor", "nobody is logged in, so the record would not say who did this", remedy: "add --actor \"име, длъжност\"",
        disposition: .misconfigured)
    }
  }
}

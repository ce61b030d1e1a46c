import Model
import Registry
import Robot

/// The commands about entries and numbers: each is an event of the journal with who did it and why; the number stays.
enum EntryCommands {
  private static let number = Operand("NUMBER", .one, "as printed")
  private static let message = Operand("MESSAGE", .one, "its number, or MAILBOX/NUMBER")
  private static let column = Option("column", "NAME", "subject, rnu, senderName, senderKind, senderReference, documentType, documentTypeTitle, …")
  private static let valueFile = Option("value-file", "FILE", "holds the new text: never on the command line, where every process could read it")
  private static let unit = Option("to", "TEXT", "the unit or body, in full")
  private static let other = Option("to", "NUMBER", "the other entry, as printed")
  private static let system = Option("system", "NAME", "the target system")
  private static let type = Option("type", "CODE", "a code of the ruleset's document types")
  private static let listing = Option("from-listing", nil, "register from what the listing tells")
  private static let given = Option("number", "NUMBER", "the number it has")
  private static let journal = Option("journal", "NAME", "the journal")
  private static let identifier = Option("unit", "ID", "identifier of the unit whose counter it is")
  private static let year = Option("year", "YEAR", "of the counter (default: this year)")
  private static let through = Option("through", "N", "the last sequence number that was given")

  static let all = [correct, annul, forward, link, reroute, erase, register, registeredByHand, void]

  private static let correct = Command(
    "journal correct", summary: "correct a column of an entry", operands: [number], options: [.config, column, valueFile, .actor, .reason, .json],
    details: """
      The entry itself is never changed: the correction is an event, and the old text stays in the journal. Numbers, times and the message cannot be
      corrected. --reason is needed.
      """,
    example: "intake-robot journal correct ЗСПД/Д-В/1/05.07.2026 --column subject --value-file novo.txt --reason \"грешно наименование\""
  ) { (invocation) async throws(OperatorError) in
    let name = try invocation.required(column)
    let text = try TextFile.read(TextFile.resolve(try invocation.required(valueFile), in: invocation.context.workingDirectory))
    let value = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ").trimmed
    return try await amend(.correction([name: value]), invocation)
  }

  private static let annul = Command(
    "journal annul", summary: "annul an entry", operands: [number], options: [.config, .actor, .reason, .json],
    details: "The number stays and is exported with status „анулиран“, with who, when and why. It cannot be taken back. --reason is needed.",
    example: "intake-robot journal annul ЗСПД/Д-В/1/05.07.2026 --reason \"погрешно адресиран\""
  ) { (invocation) async throws(OperatorError) in try await amend(.annulment, invocation) }

  private static let forward = Command(
    "journal forward", summary: "record that a document was forwarded, and tell the sender", operands: [number],
    options: [.config, unit, .actor, .reason, .json],
    details: """
      Status „препратен“; the sender gets one message (template Г) that names the unit and the time of receipt, which stays. The robot forwards
      nothing by itself. --reason is needed.
      """,
    example: "intake-robot journal forward ЗСПД/Д-В/1/05.07.2026 --to \"ДСП – Добрич\" --reason \"по настоящ адрес\""
  ) { (invocation) async throws(OperatorError) in try await amend(.forwarding(to: try invocation.required(unit)), invocation) }

  private static let link = Command(
    "journal link", summary: "link an entry to another one", operands: [number], options: [.config, other, .actor, .reason, .json],
    details: "The other number stands in the column „Свързан документ“ from now on. --reason is needed.",
    example: "intake-robot journal link ЗСПД/Д-В/2/06.07.2026 --to ЗСПД/Д-В/1/05.07.2026 --reason \"допълнение\""
  ) { (invocation) async throws(OperatorError) in try await amend(.linking(to: try invocation.required(other)), invocation) }

  private static let reroute = Command(
    "re-route", summary: "hand a document on to another system, or as another type", operands: [number],
    options: [.config, system, type, .actor, .reason, .json],
    details: """
      For a document that was under review or went the wrong way. The number stays, the review ends, and the document is handed on again under it
      (folder with the suffix -2, -3 …). --reason is needed.
      """,
    example: "intake-robot re-route ЗСПД/Д-В/1/05.07.2026 --system ИИС --type zspd-6b --reason \"прегледано\""
  ) { (invocation) async throws(OperatorError) in
    try await amend(
      .rerouting(system: invocation.value(system), type: invocation.value(type), typeTitle: nil), needsRules: invocation.has(type), invocation)
  }

  private static let erase = Command(
    "erase", summary: "erase the content of a message, and keep its journal row", operands: [message], options: [.config, .actor, .reason, .json],
    details: """
      For data received without ground (ЗЗЛД чл. 25а). Originals, text, names, subject, РНУ, what was read and decided, and the words of the reply go
      for good, from database, archive, mirror and the next backup. Number, times, type and unit stay; the chain still verifies, and what is gone is
      exported as „(заличено)“. The message must have come to its end. ССЕВ, the target system and older backups keep what they have. --reason is
      needed and stays: name nobody in it.
      """,
    example: "intake-robot erase 1210150561306/700101 --reason \"ЗЗЛД чл. 25а, преписка 12\""
  ) { (invocation) async throws(OperatorError) in
    _ = try invocation.required(.reason)
    return try await ManualCommands.perform(.erase(message: try await key(invocation)), invocation)
  }

  private static let register = Command(
    "register", summary: "register a message that can never be opened", operands: [message],
    options: [.config, listing, .actor, .reason, .json],
    details: """
      With --from-listing: by its subject and its sender's name, as the mailbox lists them; the rules decide, and the entry is for review. The sender
      is not answered: the listing does not say who it is. To take up a waiting message in the ordinary way use `messages release`.
      """,
    example: "intake-robot register --from-listing 1210150561306/700101 --reason \"порталът дава грешка при отваряне\""
  ) { (invocation) async throws(OperatorError) in
    guard invocation.has(listing) else {
      throw OperatorError(
        "command-line.value", "registering needs to be told from what", remedy: "add --from-listing, or use `messages release`",
        disposition: .misconfigured)
    }
    _ = try invocation.required(.reason)
    return try await ManualCommands.perform(.registerFromListing(message: try await key(invocation)), needsRules: true, invocation)
  }

  private static let registeredByHand = Command(
    "registered-by-hand", summary: "record that a message has a number that a person gave", operands: [message],
    options: [.config, given, .actor, .reason, .json],
    details: "The message ends as not to be registered by the robot, with the number for the record. Nothing is sent. --reason is needed.",
    example: "intake-robot registered-by-hand 1210150561306/700101 --number 94-00-12/05.07.2026 --reason \"заведено на гише\""
  ) { (invocation) async throws(OperatorError) in
    _ = try invocation.required(.reason)
    return try await ManualCommands.perform(
      .registeredByHand(message: try await key(invocation), number: try invocation.required(given)), invocation)
  }

  private static let void = Command(
    "void", summary: "enter numbers that were given and cannot be proved",
    options: [.config, journal, identifier, year, through, .actor, .reason, .json],
    details: """
      After database and mirror were both lost: every number from the counter's next one up to --through becomes a void entry (status „анулиран“), so
      that none is given twice and none is missing. --reason is needed.
      """,
    example: "intake-robot void --journal ЗСПД --unit 1210150560306 --through 57 --reason \"загуба на базата на 03.07.2026\""
  ) { (invocation) async throws(OperatorError) in
    _ = try invocation.required(.reason)
    guard let last = Int64(try invocation.required(through)), last > 0 else {
      throw OperatorError("command-line.value", "--through is not a sequence number", remedy: "write --through 57", disposition: .misconfigured)
    }
    return try await ManualCommands.perform(
      .void(
        journal: try invocation.required(journal), unit: try invocation.required(identifier), year: try invocation.count(year), through: last),
      needsRules: true, invocation)
  }

  private static func amend(_ amendment: Amendment, needsRules: Bool = false, _ invocation: Invocation) async throws(OperatorError) -> ExitCode {
    _ = try invocation.required(.reason)
    return try await ManualCommands.perform(.amend(number: invocation.operands[0], amendment), needsRules: needsRules, invocation)
  }

  private static func key(_ invocation: Invocation) async throws(OperatorError) -> MessageKey {
    try await invocation.look { (configuration, snapshot) async throws(OperatorError) in
      try await MessageArgument.find(invocation.operands[0], configuration, snapshot).key
    }
  }
}

extension Invocation {
  /// The value of an option that this command cannot do without.
  func required(_ option: Option) throws(OperatorError) -> String {
    if let value = value(option), !value.isEmpty { return value }
    throw OperatorError(
      option.name == Option.reason.name ? "command-line.reason" : "command-line.missing-option", "--\(option.name) is needed",
      remedy: "add --\(option.name) \(option.value ?? "")", disposition: .misconfigured)
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

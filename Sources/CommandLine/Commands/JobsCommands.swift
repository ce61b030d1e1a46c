import Model
import Registry
import Robot

/// `jobs list`, `jobs show`.
enum JobsCommands {
  private static let parked = Option("parked", nil, "only parked ones")
  private static let mailbox = Option("mailbox", "MAILBOX", "only this mailbox")

  static let list = Command(
    "jobs list", summary: "show the steps that are due, running or parked", options: [.config, parked, mailbox, .json],
    details: "One line a job: number, kind, state, message, attempt, when it is due, and what the last attempt said. Ends with 0.",
    example: "intake-robot jobs list --parked"
  ) { (invocation) async throws(OperatorError) in
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let states: Set<JobState> = invocation.has(parked) ? [.parked] : [.available, .running, .parked]
      let jobs = try await snapshot.jobs(JobFilter(states: states, recipient: invocation.value(mailbox), limit: 100_000))
      invocation.print(json: .array(jobs.map(json)), lines: jobs.isEmpty ? ["no jobs"] : jobs.map(line))
    }
    return .ok
  }

  static let show = Command(
    "jobs show", summary: "show one step and every attempt at it", operands: [Operand("JOB", .one, "its number")], options: [.config, .json],
    details: "Everything known about one job. Ends with 0, with 1 when there is no such job.", example: "intake-robot jobs show 42"
  ) { (invocation) async throws(OperatorError) in
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      guard let id = Int64(invocation.operands[0]), let job = try await snapshot.job(id) else {
        throw OperatorError("robot.job-unknown", "there is no job `\(invocation.operands[0])`", remedy: "`intake-robot jobs list` shows them")
      }
      let attempts = try await snapshot.attempts(of: id)
      guard case .object(var members) = json(job) else { return }
      members["attempts"] = .array(attempts.map(json))
      let lines = [line(job), "  created \(job.createdAt.shown), snoozed \(job.snoozes) times"] + (job.lastText.isEmpty ? [] : ["  \(job.lastText)"])
      invocation.print(
        json: .object(members),
        lines: lines + attempts.map { "  attempt \($0.number), \($0.startedAt.shown): \($0.outcome)\($0.code.isEmpty ? "" : " \($0.code)")" })
    }
    return .ok
  }

  private static func line(_ job: JobRecord) -> String {
    let attachment = job.attachment.map { " attachment \($0)" } ?? ""
    let last = job.lastCode.isEmpty ? "" : "  \(job.lastCode)"
    return
      "\(job.id)  \(job.kind.rawValue)  \(job.state.rawValue)  \(job.message)\(attachment)  attempt \(job.attempt)  due \(job.runAt.shown)\(last)"
  }

  private static func json(_ job: JobRecord) -> JSONValue {
    [
      "job": .integer(job.id), "kind": .string(job.kind.rawValue), "state": .string(job.state.rawValue), "message": .string(job.message.description),
      "attachment": job.attachment.map { .integer(Int64($0)) } ?? .null, "attempt": .integer(Int64(job.attempt)),
      "snoozes": .integer(Int64(job.snoozes)), "createdAt": job.createdAt.json, "runAt": job.runAt.json, "code": .string(job.lastCode),
      "text": .string(job.lastText),
    ]
  }

  private static func json(_ attempt: AttemptRecord) -> JSONValue {
    [
      "number": .integer(Int64(attempt.number)), "startedAt": attempt.startedAt.json, "endedAt": attempt.endedAt.json,
      "outcome": .string(attempt.outcome), "code": .string(attempt.code), "text": .string(attempt.text),
    ]
  }
}

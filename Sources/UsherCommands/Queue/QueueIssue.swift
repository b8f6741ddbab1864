import Arguments
import Changes
import Failures
import Redis
import Terminal
import Text
import WaitingRoom

/// `usher queue issue`: adds new tokens at the back.
enum QueueIssue: UndoableCommand {
  static let count = Option(
    "count", .integer(1...WaitingRoom.repairLimit), placeholder: "N",
    help: "Add this many random tokens, and print them")

  static let specification = CommandSpecification(
    "issue", summary: "Add new tokens at the back of the line",
    discussion: """
      Adds tokens with the score that the service would write now. Use it for people whom the service could not give a \
      token, and for tests. Tokens that wait, are active or are set aside already are left unchanged.

      With --count, the tokens are random UUIDs. They are printed on standard output, one per line, once they are in line. \
      `usher undo` removes those that still wait at the position where they were added.
      """,
    details: """
      The score is the time by the clock of Redis, that time plus `waiting-ttl` if scores are expiry times, or the \
      next number after the last one. Tokens of one call have the same millisecond and are sorted by their names; \
      with a counter they keep the order in which they are given. A token is left unchanged also if another member has it.

      --count is for queues whose members are tokens. Each batch is printed after it is in line (if the reader is slow, only \
      what it accepts), and the result goes to standard error.

      \(QueueWords.help)
      """,
    effect: .changes,
    examples: [
      Example("usher queue issue vip-1 vip-2 --yes", "Add two tokens at the back"),
      Example("usher queue issue --count 1000 --yes > tokens.txt", "Add a thousand random tokens and save them"),
    ],
    operands: [QueueWords.tokens], options: [QueueWords.file, count, QueueOption.queue] + ChangeOptions.all,
    groups: [.oneOf("TOKEN", "--file", "--count")],
    exitStatuses: [
      ExitStatus(
        65,
        "a line of the file is not a valid token, or a key of the queue does not have the form that its preset describes"
      ),
      ExitStatus(
        77, "refused: consent is missing, or scores are expiry times and `waiting-ttl` is not configured"),
    ],
    seeAlso: ["queue move", "queue remove", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let random = values[count]
    let words = try random.map { number in (0..<number).map { _ in token() } } ?? QueueWords.read(values)
    try session.change(command: "queue issue") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      if random != nil, room.layout.member != .token {
        throw Failure(
          .refused,
          "members of queue '\(room.layout.name)' contain more than a token, so random tokens would not be valid members",
          hints: ["give the members as operands, or in a file with `--file`"])
      }
      let plan = try room.planIssue(words)
      var proposal = proposal(room, plan)
      proposal.leavesOutputAlone = random != nil
      if random != nil { proposal.sample = [] }
      return PlannedChange(proposal, (room, plan))
    } apply: { planned, change in
      let (room, plan) = planned
      return random == nil ? try room.issue(plan, change) : try issueRandom(room, plan, change, session)
    }
  }

  /// Issues tokens that nobody knows yet, so those issued are the first of the plan, and prints each batch once it is in line.
  private static func issueRandom(
    _ room: WaitingRoom, _ plan: IssuePlan, _ change: RunningChange, _ session: Session
  ) throws -> ChangeOutcome {
    let issued = IssuedTokens(plan.tokens, session)
    let isTerminal = session.output.isTerminal
    let control = change.control
    var telling = change
    telling.control.isInterrupted = { control.isInterrupted() || issued.cannotBePrinted }
    telling.control.progress = { count in
      issued.note(count)
      // On a terminal the tokens themselves tell how far it is.
      if !isTerminal { control.progress(count) }
    }
    do {
      let outcome = try room.issue(plan, telling)
      issued.note(outcome.changed)
      try issued.finish()
      return outcome
    } catch {
      // Those in doubt too: they may stand in line.
      if let broken = error as? BrokenOffChange { issued.note(broken.outcome.changed + broken.outcome.failed) }
      // The first error is the one to report.
      try? issued.finish()
      throw error
    }
  }

  private static func proposal(_ room: WaitingRoom, _ plan: IssuePlan) -> ChangeProposal {
    let queue = plan.snapshot.queue
    return ChangeProposal(
      command: "queue issue", target: QueueOption.target(queue), place: .redis(room.keys),
      action: "add \(plan.count.counted("token")) at the back of queue '\(queue)'", count: plan.count,
      sample: plan.sample,
      warnings: plan.snapshot.warnings, details: plan.snapshot.planDetails + [("known", .integer(plan.known))],
      undo: .automatic,
      nothingToDo: "nothing to do: all of them are in queue '\(queue)' already",
      done: { "issued \($0.changedText) of \(plan.count.counted("token"))" })
  }

  /// A random UUID of version 4. Source: RFC 9562, section 5.4.
  private static func token() -> RedisArgument {
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (place, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(place) { text.append(UInt8(ascii: "-")) }
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return RedisArgument(text)
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    try QueueRepair.undoPlan(
      record, session, isAboutPlaces: true,
      action: { "remove up to \($0) issued tokens from queue '\($1.name)'" },
      done: "removed",
      apply: { room, issue, change in try room.undoIssue(issue, change) })
  }
}

import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue admit`: lets the first in line in.
enum QueueAdmit: UndoableCommand {
  static let count = OptionalOperand("COUNT", .integer(1...), help: "How many people to admit")
  static let fillTo = Option(
    "fill-to", .integer(0...), placeholder: "N", help: "Admit until this many are active")

  static let rate = Option(
    "rate", .rate, placeholder: "RATE", help: "Admit at most so many a time, by the clock of Redis: 420/min")
  // Before-images are kept a day.
  static let duration = Option(
    "for", .duration(.seconds(1)...(.seconds(86_400))).example("10m"), placeholder: "TIME",
    help: "Go on this long with --rate, also while nobody waits")

  static let specification = CommandSpecification(
    "admit", summary: "Admit the people who wait longest",
    discussion: """
      For when the service's own admission stands still, or a sale has room that it does not use. Moves people from the front \
      of the waiting room to the active in atomic batches of at most 500, each of which holds Redis for about a millisecond: \
      nobody is lost or admitted twice, whatever the service does meanwhile. Never moves more people than the plan said.

      With neither COUNT nor --fill-to the queue is filled to its configured capacity, or, with --for, as many are admitted as \
      the rate and the time give. --fill-to is judged anew by each batch. Somebody who is active already only leaves the \
      waiting room, and counts as skipped.

      With --rate each person takes a turn. Turns come at a steady interval and are kept in Redis, where they are taken in \
      the same step as the people move: usher on another machine, or a run that follows this one, goes on with the same \
      turns, and together they never admit faster. With --for the run lasts so long and admits exactly rate times time, or \
      COUNT where that is less; turns for which nobody waits, or for which --fill-to has no room, are gone. A standstill \
      is caught up at double the rate at most. Without --for it ends when the count is reached or nobody waits. An \
      admission without --rate takes no turns.

      From cron, once a minute on several machines: whoever comes first admits for that minute, the others find the queue \
      locked and exit with 75; add --wait so that a run that begins a moment early waits for its forerunner's end. They say so \
      on standard error also with --quiet, because they admitted nobody, and cron mails it. For a crontab that mails of \
      everything else only:

        out=$(usher queue admit --rate 420/min --for 1m --wait 5s --yes --quiet 2>&1) || [ $? = 75 ] || echo "$out"

      Where \
      another run has taken all turns of that time already, it says so and exits with 0. With a low rate, as 10/h, that is \
      most minutes, and the rate holds.

      While the queue is paused by `usher queue pause` nothing is admitted: exit status 77, also for a run that is under way.

      With the preset set-ttl each admission starts the time of the whole active key anew, as the service itself does.

      `usher undo` puts everybody who is still active back at the old place, for a day. Until then Redis keeps their places, \
      some 140 bytes a person.
      """,
    effect: .changes,
    examples: [
      Example("usher queue admit 420 --dry-run", "how many would be admitted, and who is first"),
      Example("usher queue admit 420 --yes", "the first 420 in line"),
      Example("usher queue admit --rate 420/min --for 10m --yes", "seven a second for ten minutes, and no more"),
      Example(
        "usher queue admit --rate 420/min --for 1m --wait 5s --yes --quiet",
        "the same from cron, once a minute, on as many machines as you like; all but one exit with 75"),
      Example("usher queue admit --fill-to 2100 --rate 7/s --yes", "up to 2,100 active, seven a second"),
    ],
    operands: [count], options: [QueueOption.queue, fillTo, rate, duration] + ChangeOptions.withoutRate,
    groups: [.exclusive("COUNT", "--fill-to")],
    exitStatuses: [
      ExitStatus(
        1, "Redis went away or turned away in the middle: what is known to be done is told, and in the history"),
      ExitStatus(65, "a key of the queue holds something else than its preset says"),
      ExitStatus(69, "Redis cannot be reached, and nothing is known to be changed"),
      ExitStatus(75, "another usher is changing the queue"),
      ExitStatus(77, "the queue is paused, or consent is missing"),
    ],
    seeAlso: ["queue status", "queue plan", "queue pause", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let paced = try pacedRun(values)
    let request: AdmissionRequest =
      if let count = values[count] { .count(count) } else if let fillTo = values[fillTo] {
        .fillTo(fillTo)
      } else if paced?
        .duration != nil
      { .count(.max) } else { .fillCapacity }
    var planned: (room: WaitingRoom, plan: AdmissionPlan)?
    try session.change(command: "queue admit") {
      let layout = try session.queueLayout(named: values[QueueOption.queue])
      // Without a capacity to fill, a number is missing on the command line: that is known before any store is reached.
      if request == .fillCapacity { _ = try layout.requireCapacity() }
      let room = WaitingRoom(layout, on: try session.redis())
      let plan = try PauseText.refusing(layout) { try room.planAdmission(request, paced: paced) }
      planned = (room, plan)
      return try proposal(room, plan)
    } apply: { operation, held, control in
      guard let (room, plan) = planned, let lease = held.lease else {
        throw Failure(.bug, "an admission was applied without its plan")
      }
      return try PauseText.refusing(room.layout) {
        try room.admit(plan, operation: operation, lease: lease, control: control)
      }
    }
  }

  private static func pacedRun(_ values: ParsedValues) throws -> PacedRun? {
    let time = values[duration]
    guard let rate = values[rate] else {
      guard let time else { return nil }
      throw Failure(
        .usage, "'--for' needs a rate to admit at",
        hints: ["add how many a time: `usher queue admit --rate 420/min --for \(ValueKind.duration.print(time))`"])
    }
    return PacedRun(Pace(perSecond: rate.perSecond), for: time)
  }

  private static func proposal(_ room: WaitingRoom, _ plan: AdmissionPlan) throws -> ChangeProposal {
    let snapshot = plan.snapshot
    let waiting = snapshot.waiting.grouped
    let people =
      "\(plan.count.grouped) of \(snapshot.waiting.counted("waiting person", plural: "waiting people"))"
    var action = "admit \(people) to queue '\(snapshot.queue)'"
    var limit = waiting
    if plan.turns != nil, let run = plan.run, let time = run.duration {
      let rate = ValueKind.rate.print(Rate(perSecond: run.pace.perSecond))
      action =
        "admit up to \(plan.count.counted("person", plural: "people")) to queue '\(snapshot.queue)' in "
        + "\(ValueKind.duration.print(time)), at \(rate)"
      limit = "up to \(plan.count.grouped)"
    }
    var proposal = ChangeProposal(
      command: "queue admit", target: QueueOption.target(snapshot.queue), store: .redis, action: action,
      count: plan.count, sample: plan.sample, warnings: plan.warnings,
      details: [
        ("queue", .text(snapshot.queue)), ("waiting", .integer(snapshot.waiting)),
        ("active", .integer(snapshot.active)),
        ("capacity", .integer(snapshot.capacity)),
      ], undo: .automatic, lock: room.leaseName, nothingToDo: "nothing to do: \(reason(plan))",
      done: { "admitted \($0.changedText) of \(limit)" })
    let aside = try room.asides().reduce(0) { $0 + $1.count }
    if aside > 0 {
      let restore = QueueLayout.command("restore", queue: snapshot.queue)
      proposal.warnings.append(
        "\(aside.counted("person is", plural: "people are")) set aside and not in this line; give them back first with `\(restore)`"
      )
    }
    if let run = plan.run { proposal.details.append(("rate_per_s", .number(run.pace.perSecond, decimals: 2))) }
    return proposal
  }

  /// Why a plan has nobody to admit.
  private static func reason(_ plan: AdmissionPlan) -> String {
    let snapshot = plan.snapshot
    if let until = plan.takenUntilMilliseconds {
      return "all turns of queue '\(snapshot.queue)' are taken until \(Timestamp.rfc3339(milliseconds: until))"
    }
    if snapshot.waiting == 0 { return "nobody waits in queue '\(snapshot.queue)'" }
    return
      "\(snapshot.active.grouped) \(snapshot.active == 1 ? "is" : "are") active already, and the queue is filled to \((plan.fillTo ?? 0).grouped)"
  }
}

extension QueueAdmit {
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let room = try room(of: record, session)
    let plan = try room.planUndo(of: record.id)
    return UndoPlan(
      action:
        "put up to \(plan.count.counted("person", plural: "people")) back into the waiting room of queue '\(room.layout.name)'",
      count: plan.count, warnings: plan.snapshot.warnings, lock: room.leaseName,
      done: { "put \($0.changedText) of \(plan.count.grouped) back into the waiting room" })
  }

  static func applyUndo(
    _ record: OperationRecord, as undo: OperationID, _ session: Session, _ guardian: ChangeGuard,
    _ control: ChangeControl
  ) throws -> ChangeOutcome {
    guard let lease = guardian.lease else { throw Failure(.bug, "an admission was undone without its lock") }
    return try room(of: record, session).undo(record.id, operation: undo, lease: lease, control: control)
  }

  private static func room(of record: OperationRecord, _ session: Session) throws -> WaitingRoom {
    let name = try QueueOption.name(inTarget: record.request.target)
    return WaitingRoom(try session.queueLayout(named: name), on: try session.redis())
  }
}

import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue admit`: admits the first people in line.
enum QueueAdmit: UndoableCommand {
  static let count = OptionalOperand("COUNT", .integer(1...), help: "Number of people to admit")
  static let fillTo = Option(
    "fill-to", .integer(0...), placeholder: "N", help: "Admit until this many are active")

  static let rate = Option(
    "rate", .rate, placeholder: "RATE", help: "Limit the rate of admissions, for example 420/min")
  // Before-images are kept for one day.
  static let duration = Option(
    "for", .duration(.seconds(1)...(.seconds(86_400))).example("10m"), placeholder: "DURATION",
    help: "With --rate, run for this time, even if nobody waits")

  static let specification = CommandSpecification(
    "admit", summary: "Admit the people who have waited longest",
    discussion: """
      Moves people from the front of the line to the active store, in atomic batches: nobody is lost or admitted twice, and \
      never more people than the plan shows. Without a number or --for, the queue is filled to its capacity.

      With --rate, all runs on this queue share one schedule and never exceed the rate together. With --for, they \
      admit at most rate times time. While the queue is paused, nobody is admitted. `usher undo` works for one day.
      """,
    details: """
      Use it when the service does not admit people itself, or leaves capacity unused. A batch has at most 500 people and \
      occupies Redis for about a millisecond. --fill-to is checked again by each batch. A person who is active already only \
      leaves the waiting room, and is counted as skipped.

      With --rate, each person takes a turn. Turns have a steady interval and are kept in Redis. They are taken in the same \
      atomic step in which people move, so that runs on other machines, at the same time or later, use the same turns. \
      With --for, the run lasts for that time and admits rate times time, or COUNT if that is less; runs at the same time \
      admit that together. Turns that nobody can use, because nobody waits or because --fill-to is reached, are lost. After a standstill the run catches up at twice \
      the rate at most. Without --for, the run ends when the count is reached or nobody waits. An admission without --rate \
      takes no turns.

      To admit people from cron, run the command once a minute, on several machines if you like:

        * * * * * usher queue admit --rate 420/min --for 1m --wait 30s --yes --quiet

      The runs of all machines share the turns of that minute. A run whose turns were all taken by others says so and exits \
      with 0. With a low rate such as 10/h this is the normal case.

      A run with --rate has the queue's lock only while a batch of people moves, so `usher queue move` and other changes get \
      their turn in between.

      While the queue is paused by `usher queue pause`, the command exits with status 77, and so does a run that has started \
      before the pause. With the preset set-ttl each admission restarts the time to live of the whole active key, as the \
      service itself does.

      `usher undo` moves everybody who is still active back to the previous position, for one day. Until then Redis keeps the \
      previous scores, about 140 bytes for each person.
      """,
    effect: .changes,
    examples: [
      Example("usher queue admit 420 --dry-run", "Show how many people would be admitted, and who is first"),
      Example("usher queue admit 420 --yes", "Admit the first 420 people in line"),
      Example("usher queue admit --rate 420/min --for 10m --yes", "Admit seven people per second for ten minutes"),
    ],
    operands: [count], options: [QueueOption.queue, fillTo, rate, duration] + ChangeOptions.withoutRate,
    groups: [.exclusive("COUNT", "--fill-to")],
    exitStatuses: [
      ExitStatus(1, "Redis failed during the run; the output says what is known to be done"),
      ExitStatus(65, "a key of the queue does not have the form that its preset describes"),
      ExitStatus(69, "Redis cannot be reached, and nothing is known to be changed"),
      ExitStatus(75, "another change has the queue's lock"),
      ExitStatus(77, "the queue is paused, or consent is missing"),
    ],
    seeAlso: ["queue status", "queue plan", "queue pause"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let paced = try pacedRun(values)
    let request: AdmissionRequest =
      if let count = values[count] { .count(count) } else if let fillTo = values[fillTo] {
        .fillTo(fillTo)
      } else if paced?
        .duration != nil
      { .count(.max) } else { .fillCapacity }
    try session.change(command: "queue admit") {
      let layout = try session.queueLayout(named: values[QueueOption.queue])
      // Without a capacity the command line needs a number. Check this before any store is reached.
      if request == .fillCapacity { _ = try layout.requireCapacity() }
      let room = WaitingRoom(layout, on: try session.redis())
      let plan = try PauseText.refusing(layout) { try room.planAdmission(request, paced: paced) }
      return PlannedChange(try proposal(room, plan), (room, plan))
    } apply: { planned, change in
      let (room, plan) = planned
      return try PauseText.refusing(room.layout) { try room.admit(plan, change) }
    }
  }

  private static func pacedRun(_ values: ParsedValues) throws -> PacedRun? {
    let time = values[duration]
    guard let rate = values[rate] else {
      guard let time else { return nil }
      throw Failure(
        .usage, "'--for' needs '--rate'",
        hints: [
          "add the rate of admissions: `usher queue admit --rate 420/min --for \(ValueKind.duration.print(time))`"
        ])
    }
    return PacedRun(Pace(perSecond: rate.perSecond), for: time)
  }

  private static func proposal(_ room: WaitingRoom, _ plan: AdmissionPlan) throws -> ChangeProposal {
    let snapshot = plan.snapshot
    let waiting = snapshot.waiting.grouped
    let people = "the \(snapshot.waiting.counted("person", plural: "people")) waiting in queue '\(snapshot.queue)'"
    var action = "admit \(plan.count.grouped) of \(people)"
    var limit = waiting
    if plan.turns != nil, let run = plan.run, let time = run.duration {
      let rate = ValueKind.rate.print(Rate(perSecond: run.pace.perSecond))
      action =
        "admit up to \(plan.count.counted("person", plural: "people")) to queue '\(snapshot.queue)' in "
        + "\(ValueKind.duration.print(time)), at \(rate)"
      limit = "up to \(plan.count.grouped)"
    }
    var proposal = ChangeProposal(
      command: "queue admit", target: QueueOption.target(snapshot.queue), place: .redis(room.keys), action: action,
      count: plan.count, sample: plan.sample, warnings: plan.warnings,
      details: [
        ("queue", .text(snapshot.queue)), ("waiting", .integer(snapshot.waiting)),
        ("active", .integer(snapshot.active)),
        ("capacity", .integer(snapshot.capacity)),
      ], undo: .automatic, nothingToDo: "nothing to do: \(reason(plan))",
      done: { "admitted \($0.changedText) of \(limit)" })
    let parked = try room.parked().reduce(0) { $0 + $1.count }
    if parked > 0 {
      let unpark = QueueLayout.command("unpark", queue: snapshot.queue)
      proposal.warnings.append(
        "\(parked.counted("person is", plural: "people are")) set aside and not in this line; return them first with `\(unpark)`"
      )
    }
    if let run = plan.run { proposal.details.append(("rate_per_s", .number(run.pace.perSecond, decimals: 2))) }
    return proposal
  }

  /// Why a plan has nobody to admit.
  private static func reason(_ plan: AdmissionPlan) -> String {
    let snapshot = plan.snapshot
    if let until = plan.takenUntilMilliseconds {
      return
        "all turns of queue '\(snapshot.queue)' are taken by other runs until \(Timestamp.rfc3339(milliseconds: until))"
    }
    if snapshot.waiting == 0 { return "nobody waits in queue '\(snapshot.queue)'" }
    return
      "\(snapshot.active.grouped) \(snapshot.active == 1 ? "is" : "are") active already, and the queue is filled to \((plan.fillTo ?? 0).grouped)"
  }
}

extension QueueAdmit {
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let room = try QueueRepair.room(of: record, session)
    let plan = try room.planUndo(of: record.id)
    return UndoPlan(
      action:
        "return up to \(plan.count.counted("person", plural: "people")) to the waiting room of queue '\(room.layout.name)'",
      count: plan.count, warnings: plan.snapshot.warnings, place: .redis(room.keys),
      done: { "returned \($0.changedText) of \(plan.count.grouped) to the waiting room" },
      apply: { try room.undo(plan.operation, $0) })
  }
}

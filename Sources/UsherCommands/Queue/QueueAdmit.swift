import Arguments
import Failures
import Journal
import Terminal
import WaitingRoom

/// `usher queue admit`: lets the first in line in.
enum QueueAdmit: UndoableCommand {
  static let count = OptionalOperand("COUNT", .integer(1...), help: "How many people to admit")
  static let fillTo = Option(
    "fill-to", .integer(0...), placeholder: "N", help: "Admit until this many are active")

  static let specification = CommandSpecification(
    "admit", summary: "Admit the people who wait longest",
    discussion: """
      For when the service's own admission stands still, or a sale has room that it does not use. Moves people from the front \
      of the waiting room to the active in atomic batches of at most 500, each of which holds Redis for about a millisecond: \
      nobody is lost or admitted twice, whatever the service does meanwhile. Never moves more people than the plan said.

      With neither COUNT nor --fill-to the queue is filled to its configured capacity. --fill-to is judged anew by each batch. \
      Somebody who is active already only leaves the waiting room, and counts as skipped.

      With the preset set-ttl each admission starts the time of the whole active key anew, as the service itself does.

      `usher undo` puts everybody who is still active back at the old place, for a day. Until then Redis keeps their places, \
      some 140 bytes a person.
      """,
    effect: .changes,
    examples: [
      Example("usher queue admit 420 --dry-run", "how many would be admitted, and who is first"),
      Example("usher queue admit 420 --yes", "the first 420 in line"),
      Example("usher queue admit --fill-to 2100 --rate 7/s --yes", "up to 2,100 active, seven a second"),
    ],
    operands: [count], options: [QueueOption.queue, fillTo] + ChangeOptions.all,
    groups: [.exclusive("COUNT", "--fill-to")],
    exitStatuses: [ExitStatus(65, "a key of the queue holds something else than its preset says")],
    seeAlso: ["queue status", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let request: AdmissionRequest =
      if let count = values[count] { .count(count) } else if let fillTo = values[fillTo] { .fillTo(fillTo) } else {
        .fillCapacity
      }
    var planned: (room: WaitingRoom, plan: AdmissionPlan)?
    try session.change(command: "queue admit") {
      let layout = try session.queueLayout(named: values[QueueOption.queue])
      // Without a capacity to fill, a number is missing on the command line: that is known before any store is reached.
      if request == .fillCapacity { _ = try layout.requireCapacity() }
      let room = WaitingRoom(layout, on: try session.redis())
      let plan = try room.planAdmission(request)
      planned = (room, plan)
      return proposal(room, plan)
    } apply: { operation, held, control in
      guard let (room, plan) = planned, let lease = held.lease else {
        throw Failure(.bug, "an admission was applied without its plan")
      }
      return try room.admit(plan, operation: operation, lease: lease, control: control)
    }
  }

  private static func proposal(_ room: WaitingRoom, _ plan: AdmissionPlan) -> ChangeProposal {
    let snapshot = plan.snapshot
    let waiting = Figures.count(snapshot.waiting)
    let reason =
      if snapshot.waiting == 0 {
        "nobody waits in queue '\(snapshot.queue)'"
      } else {
        "\(Figures.count(snapshot.active)) are active already, and the queue is filled to \(Figures.count(plan.fillTo ?? 0))"
      }
    return ChangeProposal(
      command: "queue admit", target: QueueOption.target(snapshot.queue), store: .redis,
      action: "admit \(Figures.count(plan.count)) of \(waiting) waiting people to queue '\(snapshot.queue)'",
      count: plan.count, sample: plan.sample, warnings: plan.warnings,
      details: [
        ("queue", .text(snapshot.queue)), ("waiting", .integer(snapshot.waiting)),
        ("active", .integer(snapshot.active)),
        ("capacity", .integer(snapshot.capacity)),
      ], undo: .automatic, lock: room.leaseName, nothingToDo: "nothing to do: \(reason)",
      done: { "admitted \(Figures.count($0.changed)) of \(waiting)" })
  }
}

extension QueueAdmit {
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let room = try room(of: record, session)
    let plan = try room.planUndo(of: record.id)
    return UndoPlan(
      action: "put up to \(Figures.count(plan.count)) people back into the waiting room of queue '\(room.layout.name)'",
      count: plan.count, warnings: plan.snapshot.warnings, lock: room.leaseName,
      done: { "put \(Figures.count($0.changed)) of \(Figures.count(plan.count)) back into the waiting room" })
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

import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue drain`: sets everybody who waits aside.
enum QueueDrain: UndoableCommand {
  static let specification = CommandSpecification(
    "drain", summary: "Set everybody who waits aside",
    discussion: """
      For a sale that has to stop: nobody waits any more, so nobody is admitted, and nobody loses the place. It is one step whatever the \
      length of the line: the waiting room's key is renamed to usher:aside:QUEUE:ID, which never expires. The active stay active, and the \
      service may go on taking new people in.

      People who are set aside are unknown to the service until they are restored: most services answer them that their token is none. \
      Keys that the service keeps of each person stay where they are, and may run out meanwhile.

      `usher queue restore` or `usher undo` gives everybody the exact score back, between those who came meanwhile.
      """,
    effect: .changes,
    examples: [
      Example("usher queue drain --dry-run", "how many would be set aside"),
      Example("usher queue drain --reason 'payment is down' --yes", "set everybody aside"),
    ],
    options: [QueueOption.queue] + ChangeOptions.withoutRate,
    exitStatuses: [ExitStatus(65, "a key of the queue holds something else than its preset says")],
    seeAlso: ["queue restore", "queue remove", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    var planned: WaitingRoom?
    try session.change(command: "queue drain") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      planned = room
      return proposal(room, try room.snapshot(), try room.asides())
    } apply: { operation, held, control in
      guard let planned else { throw Failure(.bug, "a drain was applied without its plan") }
      return try planned.drain(operation: operation, lease: try QueueRepair.lease(held), control: control)
    }
  }

  private static func proposal(_ room: WaitingRoom, _ snapshot: QueueSnapshot, _ asides: [Aside]) -> ChangeProposal {
    let count = snapshot.waiting.grouped
    let earlier = asides.map(\.count).reduce(0, +)
    return ChangeProposal(
      command: "queue drain", target: QueueOption.target(snapshot.queue), store: .redis,
      action:
        "set \(snapshot.waiting == 1 ? "the one waiting person" : "all \(count) waiting people") of queue '\(snapshot.queue)' aside",
      count: snapshot.waiting,
      warnings: snapshot.warnings, details: snapshot.planDetails + [("aside", .integer(earlier))], undo: .automatic,
      lock: room.leaseName, nothingToDo: "nothing to do: nobody waits in queue '\(snapshot.queue)'",
      done: { "set \($0.changedText("person", plural: "people")) aside" })
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let room = try QueueRepair.room(of: record, session)
    let plan = try QueueRestore.plan(room, record.id)
    return UndoPlan(
      action: plan.action, count: plan.count, warnings: plan.warnings, lock: room.leaseName, done: plan.done)
  }

  static func applyUndo(
    _ record: OperationRecord, as undo: OperationID, _ session: Session, _ guardian: ChangeGuard,
    _ control: ChangeControl
  ) throws -> ChangeOutcome {
    try QueueRepair.room(of: record, session).restore(
      record.id, operation: undo, lease: try QueueRepair.lease(guardian), control: control)
  }
}

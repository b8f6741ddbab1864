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
      Empties the waiting room and keeps everybody's place, for a sale that has to stop. It is one step at any length of the \
      line. Active people stay active, and the service can accept new people.

      To the service, people who are set aside are unknown until `usher queue restore` or `usher undo` gives them their \
      exact score back.
      """,
    details: """
      The waiting room's key is renamed to usher:aside:QUEUE:ID, which never expires.

      Most services answer people who are set aside that their token is unknown. Keys that the service keeps for each person \
      stay where they are, and may expire meanwhile. When people are given back, they stand between those who came \
      meanwhile, according to their scores.
      """,
    effect: .changes,
    examples: [
      Example("usher queue drain --dry-run", "Show how many people would be set aside"),
      Example("usher queue drain --reason 'payment is down' --yes", "Set everybody aside"),
    ],
    options: [QueueOption.queue] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
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

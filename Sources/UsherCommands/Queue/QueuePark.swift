import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue park`: sets everybody who waits aside.
enum QueuePark: UndoableCommand {
  static let specification = CommandSpecification(
    "park", summary: "Set aside everybody who waits",
    discussion: """
      Empties the waiting room and keeps everybody's position, for a sale that has to stop. It is one step at any length of the \
      line. Active people stay active, and the service can accept new people.

      The service does not know people who are set aside until `usher queue unpark` or `usher undo` returns them with their \
      exact scores.
      """,
    details: """
      The waiting room's key is renamed to usher:{WAITING}:parked:ID, which never expires.

      Most services answer people who are set aside that their token is unknown. Keys that the service keeps for each person \
      remain, and may expire meanwhile. People who are returned are sorted by score among those who came meanwhile.
      """,
    effect: .changes,
    examples: [
      Example("usher queue park --dry-run", "Show how many people would be set aside"),
      Example("usher queue park --reason 'payment is down' --yes", "Set aside everybody"),
    ],
    options: [QueueOption.queue] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
    seeAlso: ["queue unpark", "queue remove", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.change(command: "queue park") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      return PlannedChange(proposal(room, try room.snapshot(), try room.parked()), room)
    } apply: { room, change in
      try room.park(change)
    }
  }

  private static func proposal(_ room: WaitingRoom, _ snapshot: QueueSnapshot, _ parked: [Parked]) -> ChangeProposal {
    let people = snapshot.waiting.counted("person", plural: "people")
    let earlier = parked.map(\.count).reduce(0, +)
    return ChangeProposal(
      command: "queue park", target: QueueOption.target(snapshot.queue), place: .redis(room.keys),
      action:
        "set aside \(snapshot.waiting == 1 ? "the \(people)" : "all \(people)") waiting in queue '\(snapshot.queue)'",
      count: snapshot.waiting,
      warnings: snapshot.warnings, details: snapshot.planDetails + [("aside", .integer(earlier))], undo: .automatic,
      nothingToDo: "nothing to do: nobody waits in queue '\(snapshot.queue)'",
      done: { "set aside \($0.changedText("person", plural: "people"))" })
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let room = try QueueRepair.room(of: record, session)
    let plan = try QueueUnpark.plan(room, record.id)
    return UndoPlan(
      action: plan.action, count: plan.count, warnings: plan.warnings, place: plan.place, done: plan.done,
      apply: { try room.unpark(record.id, $0) })
  }
}

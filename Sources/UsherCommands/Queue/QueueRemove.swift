import Arguments
import Changes
import Failures
import Redis
import Terminal
import Text
import WaitingRoom

/// `usher queue remove`: takes people out of the waiting room, and out of the active where asked.
enum QueueRemove: UndoableCommand {
  static let active = Toggle("active", help: "Remove them from the active store as well")

  static let specification = CommandSpecification(
    "remove", summary: "Remove people from the queue",
    discussion: """
      Removes people from the waiting room: bots, duplicate tokens, or people who asked for it. With --active, they are also \
      removed from the active store at once, and lose the seat that they are choosing. Words that match nobody are counted, \
      shown and skipped.

      `usher undo` restores the exact score and place, for one day. People who have come back by then keep their new place.
      """,
    details: """
      People are removed in atomic batches of at most 200 (100 if each person has keys of their own). The before-image is \
      written in the same step. Keys that the service keeps for each person, such as token:info:TOKEN, are removed too if \
      the queue's settings name them, and counters are updated. If two members have the same token, the token's keys are \
      removed with the first of them.

      If the members of the active store contain more than the token, --active finds them by one scan before the removal. A \
      person who is admitted between the scan and the removal stays active.

      \(QueueWords.help)

      Until the undo expires, Redis keeps about 60 bytes for each person.
      """,
    effect: .changes,
    examples: [
      Example("usher queue remove 7f3c-81 --dry-run", "Show who would be removed"),
      Example(
        "usher queue remove --active --file bots.txt --max-affected 5000 --yes",
        "Remove the people of a file, waiting or active"),
      Example("grep bot tokens.txt | usher queue remove - --yes", "Remove a list from another program"),
    ],
    operands: [QueueWords.tokens], options: [QueueWords.file, active, QueueOption.queue] + ChangeOptions.all,
    groups: [QueueWords.group],
    exitStatuses: [
      ExitStatus(
        65,
        "a line of the file is not a valid token, or a key of the queue does not have the form that its preset describes"
      ),
      ExitStatus(77, "refused: consent is missing"),
    ],
    seeAlso: ["queue move", "queue park", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let words = try QueueWords.read(values)
    try session.change(command: "queue remove") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      let plan = try room.planRemoval(words, takesActive: values[active])
      return PlannedChange(proposal(room, plan), (room, plan))
    } apply: { planned, change in
      try planned.0.remove(planned.1, change)
    }
  }

  private static func proposal(_ room: WaitingRoom, _ plan: RemovalPlan) -> ChangeProposal {
    let (queue, count) = (plan.snapshot.queue, plan.count.grouped)
    let whom =
      plan.takesActive
      ? plan.count.counted("person, waiting or active,", plural: "people, waiting or active,")
      : plan.count.counted("waiting person", plural: "waiting people")
    return ChangeProposal(
      command: "queue remove", target: QueueOption.target(queue), place: .redis(room.keys),
      action: "remove \(whom) from queue '\(queue)'", count: plan.count, sample: plan.sample,
      warnings: [QueueWords.warning(plan.unknown, queue: queue, takesActive: plan.takesActive)]
        .compactMap { $0 } + plan.snapshot.warnings,
      details: plan.snapshot.planDetails + [("unknown", .integer(plan.unknown.count))], undo: .automatic,
      nothingToDo: "nothing to do: none of them is in queue '\(queue)'",
      done: { "removed \($0.changedText) of \(count)" })
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    try QueueRepair.undoPlan(
      record, session, action: { "return up to \($0) removed people to queue '\($1.name)'" }, done: "returned",
      apply: { room, removal, change in try room.undoRemoval(removal, change) })
  }
}

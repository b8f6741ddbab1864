import Arguments
import Changes
import Failures
import Redis
import Terminal
import Text
import WaitingRoom

/// `usher queue remove`: takes people out of the waiting room, and out of the active where asked.
enum QueueRemove: UndoableCommand {
  static let active = Toggle("active", help: "Take them out of the active as well")

  static let specification = CommandSpecification(
    "remove", summary: "Take people out of the queue",
    discussion: """
      For bots, double tokens, and people whom support has asked to let go. They leave in atomic batches of at most 200 (100 where \
      each has keys of its own), each with its before-image in the same step. Keys that the service keeps of a person, such as \
      token:info:TOKEN, go to the trash with them where the queue's settings name them, and counters are kept in step. Of two members \
      with one token, the first that goes takes the token's keys along.

      With --active they also stop being active, at once: whoever is choosing a seat loses it. Where the active store has whole members \
      or expiries in its members, those of a token are found by one walk over it, from outside and before the removal: whoever is \
      admitted between the two stays active.

      Words that mean nobody are counted, shown and skipped.

      \(QueueWords.help)

      `usher undo` gives each the exact score and place, for a day; whoever has come back meanwhile keeps the place of now. Until then \
      Redis keeps some 140 bytes a person.
      """,
    effect: .changes,
    examples: [
      Example("usher queue remove 7f3c-81 --dry-run", "who would go"),
      Example("usher queue remove 7f3c-81 7f3c-82 --reason bots --yes", "two people who wait"),
      Example("usher queue remove --active --file bots.txt --max-affected 5000 --yes", "a list, wherever they are"),
      Example("grep bot tokens.txt | usher queue remove - --yes", "a list from another program"),
    ],
    operands: [QueueWords.tokens], options: [QueueWords.file, active, QueueOption.queue] + ChangeOptions.all,
    groups: [QueueWords.group],
    exitStatuses: [
      ExitStatus(
        65, "a line of the file can be no token, or a key of the queue holds something else than its preset says"),
      ExitStatus(77, "refused: consent is missing"),
    ],
    seeAlso: ["queue move", "queue drain", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let words = try QueueWords.read(values)
    var planned: (room: WaitingRoom, plan: RemovalPlan)?
    try session.change(command: "queue remove") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      let plan = try room.planRemoval(words, takesActive: values[active])
      planned = (room, plan)
      return proposal(room, plan)
    } apply: { operation, held, control in
      guard let (room, plan) = planned else { throw Failure(.bug, "a removal was applied without its plan") }
      return try room.remove(plan, operation: operation, lease: try QueueRepair.lease(held), control: control)
    }
  }

  private static func proposal(_ room: WaitingRoom, _ plan: RemovalPlan) -> ChangeProposal {
    let (queue, count) = (plan.snapshot.queue, plan.count.grouped)
    let whom =
      plan.takesActive
      ? plan.count.counted("person, waiting or active,", plural: "people, waiting or active,")
      : plan.count.counted("waiting person", plural: "waiting people")
    return ChangeProposal(
      command: "queue remove", target: QueueOption.target(queue), store: .redis,
      action: "remove \(whom) from queue '\(queue)'", count: plan.count, sample: plan.sample,
      warnings: [QueueWords.warning(plan.unknown, mean: plan.takesActive ? "nobody" : "nobody who waits")]
        .compactMap { $0 } + plan.snapshot.warnings,
      details: plan.snapshot.planDetails + [("unknown", .integer(plan.unknown.count))], undo: .automatic,
      lock: room.leaseName, nothingToDo: "nothing to do: none of them is in queue '\(queue)'",
      done: { "removed \($0.changedText) of \(count)" })
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    try QueueRepair.undoPlan(
      record, session, action: { "put up to \($0) removed people back into queue '\($1.name)'" }, done: "put back")
  }

  static func applyUndo(
    _ record: OperationRecord, as undo: OperationID, _ session: Session, _ guardian: ChangeGuard,
    _ control: ChangeControl
  ) throws -> ChangeOutcome {
    try QueueRepair.room(of: record, session).undoRemoval(
      record.id, operation: undo, lease: try QueueRepair.lease(guardian), control: control)
  }
}

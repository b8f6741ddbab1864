import Arguments
import Changes
import Failures
import Redis
import Terminal
import Text
import WaitingRoom

/// `usher queue move`: moves waiting people to another position.
enum QueueMove: UndoableCommand {
  static let destination = RequiredOption(
    "to", .text.suggesting("front", "back"), placeholder: "DESTINATION",
    help: "Move to front, to back, or before this token")

  static let specification = CommandSpecification(
    "move", summary: "Move waiting people to another position in line",
    discussion: """
      Moved people keep the order in which they are given. The position follows from the score: they get scores between those \
      of the new neighbours, so that their score no longer says when they arrived. If no number is free between them, the move is \
      refused, and the message names a position where it works.

      `usher undo` restores the exact scores, for one day, for all who are still at the position to which they were moved.
      """,
    details: """
      The new scores are whole numbers where there are enough of them, and fractions otherwise. The wait that `usher queue \
      status` shows for moved people is that of their new position.

      If scores are expiry times (`score: expiry-ms`), moved people get another expiry: an earlier one at the front, and \
      a later one at the back, where it is not earlier than that of a person who arrives now, if `waiting-ttl` is \
      configured. The plan says how many people will have expired.

      People with the same score are sorted by their names. If there is no number between two neighbours, names may \
      put the people into the right order with the same score; otherwise the move is refused. To move people before a token \
      that is called front or back, name the person before it.

      \(QueueWords.help)
      """,
    effect: .changes,
    examples: [
      Example("usher queue move 7f3c-81 --to front --dry-run", "Show what would change"),
      Example("usher queue move 7f3c-81 7f3c-82 --to front --yes", "Move two people to the front, in this order"),
      Example(
        "usher queue move --file late.txt --to back --yes", "Move the people of a file to the back"),
    ],
    operands: [QueueWords.tokens], options: [destination, QueueWords.file, QueueOption.queue] + ChangeOptions.all,
    groups: [QueueWords.group],
    exitStatuses: [
      ExitStatus(65, "the person named by --to does not wait, or a line of the file is not a valid token"),
      ExitStatus(77, "refused: consent is missing, or there is no score between the two neighbours"),
    ],
    seeAlso: ["queue remove", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let words = try QueueWords.read(values)
    let word = try values[destination]
    let destination: MoveDestination =
      switch word {
      case "front": .front
      case "back": .back
      default: .before(RedisArgument(ByteNotation.reading(word.utf8)))
      }
    try session.change(command: "queue move") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      let plan = try room.planMove(words, to: destination)
      return PlannedChange(proposal(room, plan, word), (room, plan))
    } apply: { planned, change in
      let (room, plan) = planned
      // The line may have moved while the question was open, so the positions are looked up again.
      return try room.move(try room.planMove(plan.members, to: destination), change)
    }
  }

  private static func proposal(_ room: WaitingRoom, _ plan: MovePlan, _ word: String) -> ChangeProposal {
    let (queue, count) = (plan.snapshot.queue, plan.count.grouped)
    let place = ["front", "back"].contains(word) ? "to the \(word)" : "before '\(word)'"
    var details = plan.snapshot.planDetails + [("unknown", .integer(plan.unknown.count))]
    let meaning =
      switch room.layout.score {
      case .counter: ""
      case .arrivalMilliseconds, .arrivalSeconds: ", and no longer the arrival"
      case .expiryMilliseconds, .expirySeconds: ", and another expiry"
      }
    details.append(
      ("score", .text("says the new position\(meaning)\(plan.usesTies ? "; shared, sorted by names" : "")")))
    return ChangeProposal(
      command: "queue move", target: QueueOption.target(queue), place: .redis(room.keys),
      action:
        "move \(plan.count.counted("person", plural: "people")) waiting in queue '\(queue)' \(place)",
      count: plan.count, sample: plan.sample,
      warnings: [QueueWords.warning(plan.unknown, queue: queue), warning(plan)].compactMap { $0 }
        + plan.snapshot.warnings,
      details: details, undo: .automatic,
      nothingToDo: "nothing to do: none of them waits in queue '\(queue)'",
      done: { "moved \($0.changedText) of \(count) \(place)" })
  }

  /// The warning about people who will have expired at the new position; nil if there are none.
  private static func warning(_ plan: MovePlan) -> String? {
    guard plan.placesOver > 0 else { return nil }
    return
      "\(plan.placesOver.grouped) of them will have expired at the new position, and the service may remove \(plan.placesOver == 1 ? "this person" : "them")"
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    try QueueRepair.undoPlan(
      record, session, isAboutPlaces: true,
      action: { "restore the positions of up to \($0) moved people in queue '\($1.name)'" },
      done: "restored the positions of",
      apply: { room, move, change in try room.undoMove(move, change) })
  }
}

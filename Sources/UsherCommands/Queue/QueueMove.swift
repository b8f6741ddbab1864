import Arguments
import Changes
import Failures
import Redis
import Terminal
import Text
import WaitingRoom

/// `usher queue move`: gives waiting people another place.
enum QueueMove: UndoableCommand {
  static let destination = RequiredOption(
    "to", .text.suggesting("front", "back"), placeholder: "PLACE",
    help: "Move to front, to back, or before this token")

  static let specification = CommandSpecification(
    "move", summary: "Move waiting people to another place in line",
    discussion: """
      Moved people stand in the order in which they are given. A place is a score: they get scores between those of the new \
      neighbours, so that their score no longer says when they arrived. If no number is free between them, the move is \
      refused, and the message names a position where it works.

      `usher undo` restores the exact scores, for one day, for all who still stand where they were moved.
      """,
    details: """
      The new scores are whole numbers where there are enough of them, and fractions otherwise. The wait that `usher queue \
      status` shows for moved people is that of their new place.

      If scores are expiry times (`score: expiry-ms`), moved people get another end: an earlier one at the front, and \
      a later one at the back, where it is not earlier than that of a person who arrives now, if `waiting-ttl` is \
      configured. The plan says for how many people the place will have ended.

      People with the same score stand in the order of their names. If there is no number between two neighbours, names may \
      put the people into the right order with the same score; otherwise the move is refused. To move people before a token \
      that is called front or back, name the person before it.

      \(QueueWords.help)
      """,
    effect: .changes,
    examples: [
      Example("usher queue move 7f3c-81 --to front --dry-run", "Show what would change"),
      Example("usher queue move 7f3c-81 7f3c-82 --to front --yes", "Move two people to the front, in this order"),
      Example(
        "usher queue move --file late.txt --to back --yes", "Move the people of a file behind everybody who waits"),
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
      // The line has moved while somebody read the question: the places are those of now.
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
      case .arrivalMilliseconds, .arrivalSeconds: ", and no longer when they came"
      case .expiryMilliseconds, .expirySeconds: ", and another end of their places"
      }
    details.append(
      ("score", .text("says the new place\(meaning)\(plan.usesTies ? "; shared, in the order of names" : "")")))
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

  /// A warning about people whom the move leaves with a place that has ended; nil where there are none.
  private static func warning(_ plan: MovePlan) -> String? {
    guard plan.placesOver > 0 else { return nil }
    let places = plan.placesOver == 1 ? "place" : "places"
    return
      "there, the \(places) of \(plan.placesOver.grouped) of them will have ended, and the service may take them out"
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    try QueueRepair.undoPlan(
      record, session, isAboutPlaces: true,
      action: { "give up to \($0) moved people of queue '\($1.name)' their places back" },
      done: "gave their places back to",
      apply: { room, move, change in try room.undoMove(move, change) })
  }
}

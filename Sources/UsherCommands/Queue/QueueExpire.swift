import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue expire`: removes active people whose admission has expired.
enum QueueExpire: UndoableCommand {
  static let specification = CommandSpecification(
    "expire", summary: "Remove expired active people",
    discussion: """
      Removes people whose admission has expired from the active store, for services that leave expired people there and \
      count them as active. It works with the presets zset-expiry and proceed-zset and the form set-expiry, which contain each token's \
      time. set-ttl and key-per-token are refused.

      `usher undo` returns them, for one day, unless they wait or are active again.
      """,
    details: """
      Until expired people are removed, the queue looks full while nobody is in it. The command never removes more people \
      than the plan shows, at most 500,000 in one run, and nobody who has not expired by the clock of Redis. With \
      set-expiry the set is scanned first; a person who has a second member with a time in the future is left unchanged.

      With set-ttl no token's time can be read. With key-per-token Redis itself removes expired keys.
      """,
    effect: .changes,
    examples: [
      Example("usher queue expire --dry-run", "Show how many people have expired, and the oldest of them"),
      Example("usher queue expire --max-affected 5000 --yes", "Remove them, if they are at most 5,000"),
    ],
    options: [QueueOption.queue] + ChangeOptions.all,
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes"),
      ExitStatus(77, "refused: consent is missing, or this kind of queue does not contain a token's time"),
    ],
    seeAlso: ["queue status", "queue remove", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.change(command: "queue expire") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      let plan = try room.planExpiry()
      let queue = plan.snapshot.queue
      let people = plan.count.counted("expired active person", plural: "expired active people")
      let proposal = ChangeProposal(
        command: "queue expire", target: QueueOption.target(queue), place: .redis(room.keys),
        action:
          "remove \(people) from queue '\(queue)'",
        count: plan.count, sample: plan.sample, warnings: warnings(plan) + plan.snapshot.warnings,
        details: plan.snapshot.planDetails, undo: .automatic,
        nothingToDo: "nothing to do: nobody active in queue '\(queue)' has expired",
        done: { "removed \($0.changedText) of \(people)" })
      return PlannedChange(proposal, (room, plan))
    } apply: { planned, change in
      try planned.0.expire(planned.1, change)
    }
  }

  private static func warnings(_ plan: ExpiryPlan) -> [String] {
    plan.beyond == 0
      ? []
      : [
        "one run removes at most \(plan.count.grouped), so \(plan.beyond.counted("expired person", plural: "expired people")) will remain; "
          + "run the command again to remove more"
      ]
  }

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    try QueueRepair.undoPlan(
      record, session, action: { "return up to \($0) people to the active store of queue '\($1.name)'" },
      done: "returned",
      apply: { room, expiry, change in try room.undoRemoval(expiry, change) })
  }
}

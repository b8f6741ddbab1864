import Arguments
import Changes
import Failures
import Terminal
import WaitingRoom

/// `usher queue resume`: ends a pause early.
enum QueueResume: Command {
  static let specification = CommandSpecification(
    "resume", summary: "End a pause early",
    discussion: """
      Allows `usher queue admit` again, and deletes the `pause-key` that `usher queue pause` set, unless somebody else set \
      it. A pause also ends by itself. If there is no pause, there is nothing to do.
      """,
    details: """
      With the preset set-ttl the time to live of the active key, which the pause extended, is set back to its earlier end. \
      Everybody keeps at least the time of one admission from now on. If the service has reset the time to live during the \
      pause, it is left unchanged.
      """,
    effect: .changes,
    examples: [
      Example("usher queue resume --yes", "Admit people again"),
      Example("usher queue resume --queue tickets --dry-run", "Show whose pause would end, and how much of it is left"),
    ],
    options: [QueueOption.queue] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
    seeAlso: ["queue pause", "queue admit"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.change(command: "queue resume") {
      let layout = try session.queueLayout(named: values[QueueOption.queue])
      let room = WaitingRoom(layout, on: try session.redis())
      let flag = layout.sideKeys.pauseFlag
      return PlannedChange(try proposal(room, try room.pauseNow(), flag: flag), (room, flag))
    } apply: { planned, change in
      let (room, flag) = planned
      let outcome = try room.resume(operation: change.id, serviceFlag: flag)
      return QueuePause.changeOutcome(
        outcome, flag: flag,
        "the key '\(flag ?? "")' does not exist any more, or was set by somebody else, and was left unchanged")
    }
  }

  private static func proposal(_ room: WaitingRoom, _ pause: RoomPause?, flag: String?) throws -> ChangeProposal {
    let snapshot = try room.snapshot()
    let queue = snapshot.queue
    let now = try room.redis.command("TIME").array
    let left = try pause.map { $0.untilMilliseconds - (try now.first?.integer ?? 0) * 1000 } ?? 0
    // In whole seconds, rounded up: what is left is at most a day.
    let again = QueueLayout.command("pause --for \(max(1, (left + 999) / 1000))s", queue: queue)
    return ChangeProposal(
      command: "queue resume", target: QueueOption.target(queue), place: .redis(room.keys, isLocked: false),
      action: "end the pause of queue '\(queue)'\(pause.map { ", which is \(PauseText.sentence($0))" } ?? "")",
      count: pause == nil ? 0 : 1, warnings: snapshot.warnings,
      details: [
        ("queue", .text(queue)), ("waiting", .integer(snapshot.waiting)), ("active", .integer(snapshot.active)),
        ("paused_until", .instant(milliseconds: pause?.untilMilliseconds)), ("paused_by", .text(pause?.actor)),
        ("pause_key", .text(flag)),
      ], undo: .by(command: again), nothingToDo: "nothing to do: queue '\(queue)' is not paused",
      done: {
        $0.changed > 0 ? "ended the pause of queue '\(queue)'" : "the pause of queue '\(queue)' had already ended"
      })
  }
}

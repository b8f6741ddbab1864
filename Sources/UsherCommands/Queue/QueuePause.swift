import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue pause`: admits nobody for some time, and keeps active people active.
enum QueuePause: UndoableCommand {
  // A longer pause would be forgotten.
  static let duration = RequiredOption(
    "for", .duration(.seconds(1)...(.seconds(86_400))).example("10m"), placeholder: "DURATION",
    help: "How long the pause lasts")

  static let specification = CommandSpecification(
    "pause", summary: "Pause all admissions for some time",
    discussion: """
      During the pause, every `usher queue admit` exits with status 77 and says who paused the queue and until when. The \
      pause ends by itself, or by `usher queue resume`. Pausing again can make the pause longer, never shorter.

      The service's own admission continues, unless the service checks a key: name it as `pause-key` of the queue in the \
      config file, and usher sets it during the pause. Active people stay active.
      """,
    details: """
      Use it when the systems behind the waiting room have to recover, for example the database or the payment.

      If the service checks no key, this command does not stop the service's admission, and the plan says so. A `pause-key` \
      that somebody else has set already is left unchanged.

      With the preset set-ttl the time to live of the whole active key is extended to the end of the pause plus the time of \
      one admission. Without new admissions it would run out, and all active people would expire together. It is never made \
      shorter. With the other presets each person has a separate time, which continues as before. If the service has reset the \
      active key's time to live during a pause, pausing again corrects that too.
      """,
    effect: .changes,
    examples: [
      Example(
        "usher queue pause --for 10m --dry-run",
        "Show how many people wait, and until when active people would stay active"),
      Example("usher queue pause --for 10m --yes --reason 'payments are slow'", "Admit nobody for ten minutes"),
    ],
    options: [QueueOption.queue, duration] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
    seeAlso: ["queue resume", "queue admit"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let length = try values[duration]
    try session.change(command: "queue pause") {
      let layout = try session.queueLayout(named: values[QueueOption.queue])
      let room = WaitingRoom(layout, on: try session.redis())
      let flag = layout.sideKeys.pauseFlag
      return PlannedChange(proposal(room, try room.planPause(for: length), length, flag: flag), (room, flag))
    } apply: { planned, change in
      let (room, flag) = planned
      let pause = try room.pause(for: length, operation: change.id, by: session.actor, serviceFlag: flag)
      var outcome = changeOutcome(
        pause, flag: flag, "the key '\(flag ?? "")' was set by somebody else and was left unchanged")
      // Answering the question takes time, so the end is later than that of the plan.
      outcome.sentence =
        "paused queue '\(room.layout.name)' until \(Timestamp.rfc3339(milliseconds: pause.untilMilliseconds))"
      return outcome
    }
  }

  private static func proposal(
    _ room: WaitingRoom, _ plan: PausePlan, _ length: Duration, flag: String?
  ) -> ChangeProposal {
    let queue = plan.snapshot.queue
    let until = Timestamp.rfc3339(milliseconds: plan.untilMilliseconds)
    let action =
      plan.pause == nil
      ? "pause queue '\(queue)' for \(ValueKind.duration.print(length)), until \(until)"
      : "extend the pause of queue '\(queue)' until \(until)"
    var warnings = plan.snapshot.warnings
    if flag == nil {
      warnings.append(
        "the pause stops only `usher queue admit`: queue '\(queue)' has no `pause-key`, so the service continues to admit people"
      )
    }
    return ChangeProposal(
      command: "queue pause", target: QueueOption.target(queue), place: .redis(room.keys, isLocked: false),
      action: action,
      count: plan.isDone ? 0 : 1, warnings: warnings,
      details: [
        ("queue", .text(queue)), ("waiting", .integer(plan.snapshot.waiting)),
        ("active", .integer(plan.snapshot.active)),
        ("paused_until", .instant(milliseconds: plan.untilMilliseconds)),
        ("active_until", .instant(milliseconds: plan.activeEndsMilliseconds)), ("pause_key", .text(flag)),
      ], undo: .automatic,
      nothingToDo: "nothing to do: queue '\(queue)' is \(plan.pause.map(PauseText.sentence) ?? "paused")",
      done: { _ in "paused queue '\(queue)' until \(until)" })
  }

  /// One queue changed, or none. `untold` is the note that the service's key was left unchanged.
  static func changeOutcome(_ outcome: PauseOutcome, flag: String?, _ untold: String) -> ChangeOutcome {
    ChangeOutcome(
      changed: outcome.isChanged ? 1 : 0, skipped: outcome.isChanged ? 0 : 1,
      notes: outcome.isChanged && flag != nil && !outcome.isServiceTold ? [untold] : [])
  }
}

extension QueuePause {
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let room = try QueueRepair.room(of: record, session)
    let layout = room.layout
    let pause = try room.pauseNow()
    if let pause, pause.operation != record.id {
      throw Failure(
        .refused, "the pause of queue '\(layout.name)' was extended meanwhile by \(pause.actor)",
        hints: ["end it with \(layout.command("resume"))"]
          + (pause.operation.map { ["or undo that first with `usher undo \($0)`"] } ?? []))
    }
    return UndoPlan(
      action: "end the pause of queue '\(layout.name)'", count: pause == nil ? 0 : 1,
      place: .redis(room.keys, isLocked: false),
      done: { $0.changed > 0 ? "ended the pause of queue '\(layout.name)'" : "the pause had already ended" },
      apply: { change in
        let outcome = try room.resume(
          operation: change.id, undoing: record.id, serviceFlag: layout.sideKeys.pauseFlag)
        return ChangeOutcome(changed: outcome.isChanged ? 1 : 0, skipped: outcome.isChanged ? 0 : 1)
      })
  }
}

import Changes
import Redis
import Text

extension WaitingRoom {
  /// How many a batch moves at most: half a thousand hold the server for about a millisecond.
  static let batchLimit = 500

  /// Carries a plan out in atomic batches; each counts itself into the operation's record and leaves its before-image.
  ///
  /// Never moves more than the plan's count; fewer if the queue becomes empty or is filled by others.
  /// With a pace, the turns are kept in Redis and taken in the same step as the people move; the pace of the control is not used.
  /// Throws `AdmissionPaused` when somebody pauses the queue meanwhile.
  public func admit(
    _ plan: AdmissionPlan, _ change: RunningChange
  ) throws -> ChangeOutcome {
    guard plan.count > 0 else { return ChangeOutcome() }
    try noteWhoIsActive(before: plan, change.id)
    let pace = plan.run?.pace
    let totals = try run(
      AdmitScript.script(for: layout), change.paced(unitsPerSecond: nil), batchSize: Self.batchLimit,
      arguments: [
        "wanted": RedisArgument(plan.count), "fill_to": RedisArgument(plan.fillTo ?? -1),
        "limit": RedisArgument(Self.batchLimit),
        "interval": RedisArgument(pace.map { String($0.intervalMicroseconds) } ?? "0"),
        "all_turns": RedisArgument(plan.turns ?? -1),
      ], pipelining: pace.map { .paced($0.stepMicroseconds) } ?? .two)
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = !totals.isComplete && change.control.isInterrupted()
    if totals.other > 0 {
      outcome.notes.append(
        "\(totals.other.grouped) of them \(totals.other == 1 ? "was" : "were") active already, and only left the waiting room"
      )
    }
    let moved = totals.changed + totals.other
    if moved < plan.count, !outcome.wasInterrupted {
      outcome.notes.append("\((plan.count - moved).grouped) fewer than planned: \(reason(for: plan, totals))")
    }
    return outcome
  }

  /// If there are too many active people for a script to scan, it gets those of the line who are active already: a hash next to the
  /// before-images, of the member in line and the entry, which the script checks again. Undo uses it too.
  ///
  /// A person whom the service admits between this scan and the batch is admitted as well.
  private func noteWhoIsActive(before plan: AdmissionPlan, _ operation: OperationID) throws {
    guard let limit = layout.active.walkLimit else { return }
    let size = try namingWrongTypes { try redis.command("SCARD", RedisArgument(layout.active.key)).integer }
    guard size.addingReportingOverflow(plan.count).overflow || size + plan.count > limit else { return }
    let key = RedisArgument(keys.beforeImages(operation) + ":known")
    let batches = Batches(elements: try alsoActive(in: RedisArgument(layout.waitingKey)), size: Self.batchLimit)
    for number in stride(from: 1, through: batches.count, by: 1) {
      try redis.command(["HSET", key] + batches.batch(number).flatMap { [$0.member, $0.entry] })
      try redis.command("EXPIRE", key, RedisArgument(RedisJournal.beforeImageRetentionSeconds))
    }
  }

  private func reason(for plan: AdmissionPlan, _ totals: BulkRun.Totals) -> String {
    let (left, turns) = (totals.extra.first ?? 0, totals.extra.last ?? 0)
    if let planned = plan.turns {
      let reasons = [
        turns < planned ? "other runs took \((planned - turns).grouped) of the \(planned.grouped) turns" : nil,
        totals.changed + totals.other < min(turns, plan.count)
          ? plan.fillTo == nil
            ? "nobody waited when a turn came" : "nobody waited, or the capacity was full, when a turn came" : nil,
      ].compactMap { $0 }
      return reasons.joined(separator: ", and ")
    }
    return left == 0 ? "nobody is waiting any more" : "others filled the capacity meanwhile"
  }

  /// The hash in which a queue's pace is kept (see `PaceBook`); it goes away by itself a minute after the last admission.
  var paceKey: String { keys.name("pace") }
}

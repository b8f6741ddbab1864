import Changes
import Failures
import Redis
import Text

extension WaitingRoom {
  /// How many a batch moves at most: half a thousand hold the server for about a millisecond.
  static let batchLimit = 500

  /// Carries a plan out in atomic batches; each counts itself into the operation's record and leaves its before-image.
  ///
  /// Never moves more than the plan's count, whatever happens beside it; fewer when the queue runs empty or is filled by others.
  /// With a pace, the turns are kept in Redis and taken in the same step as the people move; the pace of the control is not used.
  /// Throws `AdmissionPaused` when somebody pauses the queue meanwhile.
  public func admit(
    _ plan: AdmissionPlan, operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    guard plan.count > 0 else { return ChangeOutcome() }
    var control = control
    control.unitsPerSecond = nil
    try noteWhoIsActive(before: plan, operation)
    let pace = plan.run?.pace
    let interval = pace.map { String($0.intervalMicroseconds) } ?? "0"
    let run = BatchedScript(
      redis: redis, script: AdmitScript.script(for: layout.active),
      keys: keys(operation, images: operation, lease) + [RedisArgument(pauseKey), RedisArgument(paceKey)] + counterKeys,
      arguments: [
        RedisArgument(plan.count), RedisArgument(plan.fillTo ?? -1), RedisArgument(Self.batchLimit),
        RedisArgument(interval), RedisArgument(plan.turns ?? -1),
      ], lifetimeMilliseconds: layout.active.lifetimeMilliseconds, lease: lease, control: control,
      batchSize: Self.batchLimit, stepMicroseconds: pace?.stepMicroseconds)
    let totals = try explaining { try run.run() }
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = totals.hasMore && control.isInterrupted()
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

  /// Where the active are too many for a script to walk over them, it is told who of the line is active already: a hash beside the
  /// before-images, of the member in line and the entry, which the script looks at again. Undo knows them by it too.
  ///
  /// Who becomes active between this walk and the batch, by the service's hand, is admitted as well.
  private func noteWhoIsActive(before plan: AdmissionPlan, _ operation: OperationID) throws {
    guard let limit = layout.active.walkLimit else { return }
    let size = try namingWrongTypes { try redis.command("SCARD", RedisArgument(layout.active.key)).integer }
    guard size.addingReportingOverflow(plan.count).overflow || size + plan.count > limit else { return }
    let key = RedisArgument(RedisJournal.beforeImageKey(operation) + ":known")
    let batches = Batches(elements: try alsoActive(in: RedisArgument(layout.waitingKey)), size: Self.batchLimit)
    for number in stride(from: 1, through: batches.count, by: 1) {
      try redis.command(["HSET", key] + batches.batch(number).flatMap { [$0.member, $0.entry] })
      try redis.command("EXPIRE", key, RedisArgument(RedisJournal.beforeImageRetentionSeconds))
    }
  }

  private func reason(for plan: AdmissionPlan, _ totals: BatchedScript.Totals) -> String {
    guard plan.turns == nil else {
      return plan.fillTo == nil
        ? "nobody waited when their turn came" : "nobody waited, or there was no room, when their turn came"
    }
    return totals.left == 0 ? "nobody waits any more" : "others filled the room meanwhile"
  }

  /// The keys that every batch script begins with.
  func keys(_ operation: OperationID, images: OperationID, _ lease: RedisLease) -> [RedisArgument] {
    [
      RedisArgument(layout.waitingKey), RedisArgument(RedisJournal.operationKey(operation)),
      RedisArgument(RedisJournal.beforeImageKey(images)), RedisArgument(lease.key), RedisArgument(layout.active.key),
    ]
  }

  /// The service's counters as `CounterLibrary` takes them: of the waiting, then of the active.
  var counterKeys: [RedisArgument] {
    [layout.sideKeys.waitingCounter, layout.sideKeys.activeCounter].map { RedisArgument($0 ?? layout.waitingKey) }
  }

  /// The hash in which a queue's pace is kept (see `PaceBook`); it goes away by itself a minute after the last admission.
  var paceKey: String { "\(RedisJournal.keyPrefix)pace:\(layout.name)" }

  /// Runs a changing script, and says in words what it could only say by a code.
  func explaining<T>(_ body: () throws -> T) throws -> T {
    do {
      return try namingWrongTypes(body)
    } catch let error as RedisError where error.serverCode == "USHERPAUSED" {
      throw try pauseNow().map { AdmissionPaused($0) } ?? error
    } catch let error as RedisError where error.serverCode == "USHERCOUNTER" {
      throw Failure(
        .badInput, "a counter of queue \"\(layout.name)\" holds no whole number, so it cannot be kept in step",
        causes: [error.failure.causes.first ?? ""], hints: ["see the queue's keys with `usher config show`"])
    }
  }

  /// A script can only say that one of its keys has the wrong type; another look tells which.
  func namingWrongTypes<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as RedisError where error.serverCode == "WRONGTYPE" {
      _ = try checkTypesAndReadClock()
      throw error
    }
  }
}

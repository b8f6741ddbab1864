import Failures
import Journal
import Redis

extension WaitingRoom {
  /// How many a batch moves at most: half a thousand hold the server for about a millisecond.
  static let batchLimit = 500

  /// Carries a plan out in atomic batches; each counts itself into the operation's record and leaves its before-image.
  ///
  /// Never moves more than the plan's count, whatever happens beside it; fewer when the queue runs empty or is filled by others.
  public func admit(
    _ plan: AdmissionPlan, operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    guard plan.count > 0 else { return ChangeOutcome() }
    let size = control.batchSize(upTo: Self.batchLimit)
    let run = BatchedScript(
      redis: redis, script: AdmitScript.script(for: layout.active),
      keys: keys(operation, images: operation, lease) + layout.sideKeys.counterKeys,
      arguments: [RedisArgument(plan.count), RedisArgument(plan.fillTo ?? -1), RedisArgument(size)],
      lifetimeMilliseconds: layout.active.lifetimeMilliseconds, lease: lease, control: control, batchSize: size)
    let totals = try namingWrongTypes { try run.run() }
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = totals.hasMore && control.isInterrupted()
    if totals.other > 0 {
      outcome.notes.append("\(totals.other) of them were active already; they only left the waiting room")
    }
    let moved = totals.changed + totals.other
    if moved < plan.count, !outcome.wasInterrupted {
      let reason = totals.left == 0 ? "nobody waits any more" : "others filled the room meanwhile"
      outcome.notes.append("\(plan.count - moved) fewer than planned: \(reason)")
    }
    return outcome
  }

  /// The keys that every batch script begins with.
  func keys(_ operation: OperationID, images: OperationID, _ lease: RedisLease) -> [RedisArgument] {
    [
      RedisArgument(layout.waitingKey), RedisArgument(RedisJournal.operationKey(operation)),
      RedisArgument(RedisJournal.beforeImageKey(images)), RedisArgument(lease.key), RedisArgument(layout.active.key),
    ]
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

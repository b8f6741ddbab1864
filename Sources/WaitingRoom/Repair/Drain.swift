import Failures
import Journal
import Redis

/// People whom a drain has set aside and nobody has restored.
public struct Aside: Equatable, Sendable {
  public var drain: OperationID
  /// How many are set aside now; those who came while a restore was broken off may be among them.
  public var count: Int
}

extension WaitingRoom {
  /// The hash of all drains of this queue that wait to be restored.
  var asidesKey: String { "\(RedisJournal.keyPrefix)asides:\(layout.name)" }

  func asideKey(_ drain: OperationID) -> String { "\(RedisJournal.keyPrefix)aside:\(layout.name):\(drain)" }

  /// The drains of this queue that wait to be restored, the oldest first; changes nothing.
  public func asides() throws -> [Aside] {
    let drains = try redis.command("HKEYS", RedisArgument(asidesKey)).array
      .compactMap { OperationID(try $0.string) }.sorted()
    let counts = try redis.pipeline(drains.map { ["ZCARD", RedisArgument(asideKey($0))] })
    return try zip(drains, counts).map { Aside(drain: $0, count: try $1.integer) }
  }

  /// Sets everybody who waits aside in one step, whatever their number.
  public func drain(
    operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    let totals = try repair(
      DrainScript.script(for: layout), operation: operation, lease: lease, control: control, batchSize: 1
    ) { _ in [RedisArgument(operation.description)] }
    return ChangeOutcome(changed: totals.changed)
  }

  /// Gives everybody whom `drain` has set aside back with the scores of before, between those who came meanwhile.
  ///
  /// May be broken off at any moment and repeated: everybody is either waiting or set aside, never both and never neither.
  public func restore(
    _ drain: OperationID, operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    let totals = try repair(
      RestoreScript.script(for: layout), operation: operation, images: drain, lease: lease, control: control,
      batchSize: Self.repairBatchLimit
    ) { _ in [RedisArgument(drain.description), RedisArgument(Self.repairBatchLimit)] }
    var outcome = ChangeOutcome(changed: totals.changed)
    outcome.wasInterrupted = totals.hasMore && control.isInterrupted()
    if totals.other > 0 {
      outcome.notes.append("\(totals.other) of them had come again meanwhile, and are back only once")
    }
    if outcome.wasInterrupted { outcome.notes.append("some are still set aside: run it again for the rest") }
    return outcome
  }
}

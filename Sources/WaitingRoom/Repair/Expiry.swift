import Failures
import Journal
import Redis

/// What taking out the active whose time is over would do now.
public struct ExpiryPlan: Sendable {
  public var count: Int
  public var snapshot: QueueSnapshot
  /// The first few that would go, the longest over first.
  public var sample: [String]
}

extension WaitingRoom {
  /// Counts the active whose time is over; changes nothing.
  ///
  /// Fails with `refused` where the form cannot tell one token's time, and says who ends it instead.
  public func planExpiry() throws -> ExpiryPlan {
    guard try repairableForm().keepsExpired else {
      throw Failure(
        .refused, "cannot take out whose time is over in queue \"\(layout.name)\"",
        causes: [
          layout.active.keyType == nil
            ? "each token is a key with a time of its own, and Redis ends it"
            : "the set has one time for the whole key: no token's own time can be read, and Redis ends all at once"
        ])
    }
    guard layout.active.lifetimeMilliseconds != nil else {
      throw Failure(
        .refused, "queue \"\(layout.name)\" has no time after which an admission is over",
        hints: ["set `active-ttl` of the queue in the config file"])
    }
    let now = try checkTypesAndReadClock()
    let key = RedisArgument(layout.active.key)
    // The scores of both sorted sets that keep people beyond their time are times of their unit.
    guard let form = layout.active as? any TimedSet, let oldest = form.oldest(now) else {
      throw Failure(.bug, "a form keeps people beyond their time without keeping times")
    }
    let bound = RedisArgument(form.scoreText(oldest))
    let count = try redis.command("ZCOUNT", key, "-inf", bound).integer
    let first = try redis.command("ZRANGEBYSCORE", key, "-inf", bound, "LIMIT", "0", "5").array
    return ExpiryPlan(
      count: count, snapshot: try snapshot(), sample: try first.map { RedisText.plain(try $0.bytes) })
  }

  /// Takes them out in atomic batches with their before-images; never more than the plan's count.
  public func expire(
    _ plan: ExpiryPlan, operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    let size = repairBatchSize(control, takesActive: true)
    let totals = try repair(
      ExpireScript.script(for: layout), operation: operation, lease: lease, control: control, batchSize: size
    ) { _ in [RedisArgument(plan.count), RedisArgument(size)] }
    return outcome(totals, control, skipped: "")
  }
}

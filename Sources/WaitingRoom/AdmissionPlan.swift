import Failures
import Redis

/// How many to admit, in the operator's words.
public enum AdmissionRequest: Equatable, Sendable {
  /// So many, or all who wait.
  case count(Int)
  /// Until so many are active.
  case fillTo(Int)
  /// Until the configured capacity is reached.
  case fillCapacity
}

/// What an admission would do now.
public struct AdmissionPlan: Sendable {
  public var layout: QueueLayout
  /// How many leave the waiting room at most.
  public var count: Int
  /// How many may be active, judged anew by each batch; nil when the operator gave a count.
  public var fillTo: Int?
  public var snapshot: QueueSnapshot
  /// The first tokens in line.
  public var sample: [String]
  public var warnings: [String]
}

extension WaitingRoom {
  /// How many tokens a plan shows.
  private static let sampleSize = 5

  /// Reads the queue and says what an admission would do; changes nothing.
  public func planAdmission(_ request: AdmissionRequest) throws -> AdmissionPlan {
    let fillTo: Int? =
      switch request {
      case .count: nil
      case .fillTo(let number): number
      case .fillCapacity: try layout.requireCapacity()
      }
    let snapshot = try snapshot()
    let asked: Int =
      switch request {
      case .count(let number): number
      default: max(0, (fillTo ?? 0) - snapshot.active)
      }
    var plan = AdmissionPlan(
      layout: layout, count: max(0, min(asked, snapshot.waiting)), fillTo: fillTo, snapshot: snapshot, sample: [],
      warnings: snapshot.warnings)
    if plan.count > 0 {
      let last = min(plan.count, Self.sampleSize) - 1
      let tokens = try redis.command("ZRANGE", RedisArgument(layout.waitingKey), "0", RedisArgument(last)).array
      plan.sample = try tokens.map { RedisText.plain(try $0.bytes) }
    }
    let after = snapshot.active + plan.count
    if let capacity = snapshot.capacity, after > capacity {
      plan.warnings.append("\(after) would be active, more than the capacity of \(capacity)")
    }
    if fillTo != nil, layout.active.keyType == nil {
      plan.warnings.append(
        "the active can be counted only by a walk over all keys, so it is done once, before the first batch")
    }
    return plan
  }
}

extension QueueLayout {
  /// The configured capacity; fails with `usage` where there is none, because a number is missing on the command line then.
  public func requireCapacity() throws -> Int {
    guard let capacity else {
      throw Failure(
        .usage, "queue \"\(name)\" has no capacity to fill",
        hints: ["say how many: `usher queue admit 420`, or `usher queue admit --fill-to 2100`"])
    }
    return capacity
  }
}

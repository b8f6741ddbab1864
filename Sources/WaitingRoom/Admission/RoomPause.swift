import Changes
import Failures
import Redis

/// A pause of a queue that lasts now.
///
/// Kept in Redis as a string that ends by itself, of the operation and who did it.
public struct RoomPause: Equatable, Sendable {
  /// By the clock of Redis, since 1970.
  public var untilMilliseconds: Int
  /// The operation that began or last prolonged it; nil when the key was written by something else.
  public var operation: OperationID?
  /// `user@host`.
  public var actor: String

  init(value: String, untilMilliseconds: Int) {
    self.untilMilliseconds = untilMilliseconds
    let words = value.split(separator: " ", maxSplits: 1).map(String.init)
    operation = words.first.flatMap { OperationID($0) }
    actor = operation == nil ? value : words.count > 1 ? words[1] : "somebody"
  }
}

/// What an admission throws while its queue is paused.
public struct AdmissionPaused: Error, Equatable {
  public var pause: RoomPause

  init(_ pause: RoomPause) { self.pause = pause }
}

/// What a pause would do now.
public struct PausePlan: Sendable {
  public var snapshot: QueueSnapshot
  /// The pause that lasts already.
  public var pause: RoomPause?
  public var untilMilliseconds: Int
  /// Until when the whole active key would live then; nil if the layout has no such time, or the key none.
  public var activeEndsMilliseconds: Int?
  /// The pause, and all that it needs, is there already.
  public var isDone: Bool
}

/// What a pause, or its end, has changed.
public struct PauseOutcome: Equatable, Sendable {
  /// False when there was nothing to do any more.
  public var isChanged: Bool
  public var untilMilliseconds: Int
  /// Until when the whole active key lives now; nil if it was left unchanged.
  public var activeEndsMilliseconds: Int?
  /// Whether the service's own flag was written or taken away.
  public var isServiceTold: Bool
}

extension WaitingRoom {
  var pauseKey: String { keys.name("paused") }

  /// The pause that lasts now; nil while there is none.
  public func pauseNow() throws -> RoomPause? {
    let key = RedisArgument(pauseKey)
    let value = try redis.append(["GET", key])
    let time = try redis.append(["PTTL", key])
    let clock = try redis.append(["TIME"])
    let text = try redis.checked(value).optional?.string
    let left = try redis.checked(time).integer
    let now = try redis.checked(clock).array
    guard let text, now.count == 2, left != -2 else { return nil }
    let milliseconds = try now[0].integer * 1000 + now[1].integer / 1000
    return RoomPause(value: text, untilMilliseconds: milliseconds + max(0, left))
  }

  /// What a pause of this length would do. Only reads.
  public func planPause(for length: Duration) throws -> PausePlan {
    let snapshot = try snapshot()
    let pause = try pauseNow()
    let now = try checkTypesAndReadClock()
    let ends = now + Int(length / .milliseconds(1))
    let until = max(ends, pause?.untilMilliseconds ?? 0)
    var plan = PausePlan(snapshot: snapshot, pause: pause, untilMilliseconds: until, isDone: until > ends)
    if hasWholeKeyTime, let left = snapshot.activeTTLMilliseconds, let lifetime = layout.active.lifetimeMilliseconds {
      let needed = until + lifetime
      plan.activeEndsMilliseconds = max(now + left, needed)
      // A tenth of a second is what the looks at the two clocks may be apart.
      if now + left < needed - 100 { plan.isDone = false }
    }
    return plan
  }

  /// Pauses the queue until `now + length`, or leaves a longer pause as it is. One atomic step, which may be repeated.
  ///
  /// The whole active key lives until the pause is over and everybody has had the time of an admission once more; it is never
  /// made shorter. Where each person has a time of their own, nothing is done to it.
  ///
  /// - Parameter serviceFlag: a string key that the service looks at; written for the same time, unless somebody else's is there.
  public func pause(
    for length: Duration, operation: OperationID, by actor: Actor, serviceFlag: String?
  ) throws -> PauseOutcome {
    try outcome(
      try redis.evaluate(
        PauseScript.pause, keys: pauseKeys(operation, serviceFlag),
        arguments: [
          "length": RedisArgument(Int(length / .milliseconds(1))), "value": "\(operation) \(actor.text)",
          "lifetime": activeLifetime, "flag_value": "\(PauseScript.flagMark)\(operation)",
          "record_prefix": RedisArgument(keys.operationPrefix),
        ]))
  }

  /// Ends a pause. One atomic step, which may be repeated.
  ///
  /// The time of the whole active key that the pause has given, and nobody has changed since, becomes what it was before, and at
  /// least that of an admission from now on.
  ///
  /// - Parameter undone: ends this pause alone, and goes back to the one that it prolonged, should that one still last.
  public func resume(
    operation: OperationID, undoing undone: OperationID? = nil, serviceFlag: String?
  ) throws -> PauseOutcome {
    try outcome(
      try redis.evaluate(
        PauseScript.resume, keys: pauseKeys(operation, serviceFlag),
        arguments: [
          "lifetime": activeLifetime, "record_prefix": RedisArgument(keys.operationPrefix),
          "undone": RedisArgument(undone?.description ?? ""), "flag_mark": RedisArgument(PauseScript.flagMark),
        ]))
  }

  var hasWholeKeyTime: Bool { layout.active is WholeKeySet }

  /// 0 where no key's time has to be kept up.
  private var activeLifetime: RedisArgument {
    RedisArgument(hasWholeKeyTime ? layout.active.lifetimeMilliseconds ?? 0 : 0)
  }

  /// If the service has no flag, the pause's own key is used instead.
  private func pauseKeys(_ operation: OperationID, _ serviceFlag: String?) -> [String: RedisArgument] {
    [
      "paused": pauseKey, "operation": keys.operation(operation), "active": layout.active.key,
      "flag": serviceFlag ?? pauseKey,
    ].mapValues { RedisArgument($0) }
  }

  private func outcome(_ reply: RedisValue) throws -> PauseOutcome {
    let numbers = try reply.array.map { try $0.integer }
    guard numbers.count == 4 else { throw Failure(.bug, "a pause answered with \(numbers.count) numbers") }
    return PauseOutcome(
      isChanged: numbers[0] == 1, untilMilliseconds: numbers[1],
      activeEndsMilliseconds: numbers[2] > 0 ? numbers[2] : nil, isServiceTold: numbers[3] == 1)
  }
}

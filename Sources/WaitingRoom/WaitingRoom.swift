import Changes
import Failures
import Redis

/// One queue on one server: what commands ask, and what they change.
public struct WaitingRoom {
  public let redis: RedisConnection
  public let layout: QueueLayout

  public init(_ layout: QueueLayout, on redis: RedisConnection) {
    self.layout = layout
    self.redis = redis
  }

  /// The names under which usher keeps what is its own of this queue, and by which its changes exclude one another.
  public var keys: OwnKeys { OwnKeys(beside: layout.waitingKey) }

  /// Reads the queue as it is now; changes nothing.
  public func snapshot() throws -> QueueSnapshot {
    let now = try checkTypesAndReadClock()
    let waitingKey = RedisArgument(layout.waitingKey)
    let count = try redis.append(["ZCARD", waitingKey])
    let first = try redis.append(["ZRANGE", waitingKey, "0", "0", "WITHSCORES"])
    let last = try redis.append(["ZRANGE", waitingKey, "-1", "-1", "WITHSCORES"])
    let over = try layout.score.isExpiry ? redis.append(countOver(now)) : nil
    let waiting = try redis.checked(count).integer
    let oldestScore = try redis.checked(first).pairs.first?.1.double
    let mark = LineMark(last: try LineMark.Last(redis.checked(last)), count: waiting, milliseconds: now)
    let active = try layout.active.observe(on: redis, nowMilliseconds: now)
    var snapshot = QueueSnapshot(layout: layout, mark: mark, active: active)
    snapshot.placesOver = try over.map { try redis.checked($0).integer }
    snapshot.readOldestWait(score: oldestScore, meaning: layout.score, nowMilliseconds: now)
    return snapshot
  }

  /// Counts those whose place has ended, in a queue whose scores are that end.
  private func countOver(_ now: Int) -> [RedisArgument] {
    [
      "ZCOUNT", RedisArgument(layout.waitingKey), "-inf",
      RedisArgument("\(layout.score.score(time: now) ?? -.infinity)"),
    ]
  }

  /// Fails with `badInput` when a key holds another type than the layout says; else the server's clock in milliseconds.
  func checkTypesAndReadClock() throws -> Int {
    let clock = try redis.append(["TIME"])
    var expectations = [(key: layout.waitingKey, type: "zset", what: "waiting")]
    if let type = layout.active.keyType { expectations.append((layout.active.key, type, "active")) }
    var tickets: [RedisTicket] = []
    for expectation in expectations { tickets.append(try redis.append(["TYPE", RedisArgument(expectation.key)])) }
    let now = try milliseconds(of: redis.checked(clock))
    for (expectation, ticket) in zip(expectations, tickets) {
      let found = try redis.checked(ticket).string
      guard found == expectation.type || found == "none" else {
        throw Failure(
          .badInput,
          "the key '\(expectation.key)' holds a \(Self.prose(found)), but queue '\(layout.name)' keeps its "
            + "\(expectation.what) people in a \(Self.prose(expectation.type))",
          hints: ["see the queue's preset and keys with `usher config show`"])
      }
    }
    return now
  }

  /// Redis's word for a type in the words of its manual.
  private static func prose(_ type: String) -> String {
    switch type {
    case "zset": "sorted set"
    default: type
    }
  }
}

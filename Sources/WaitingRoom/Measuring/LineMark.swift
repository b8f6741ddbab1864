import Redis

/// The end of a line, for the next look: everybody who comes later is behind the person there.
struct LineMark: Equatable, Sendable {
  struct Last: Equatable, Sendable {
    var member: RedisArgument
    var score: Double
  }

  /// Nil if nobody waits.
  var last: Last?
  var count: Int
  /// By the server's clock.
  var milliseconds: Int
}

/// What happened to a line between two looks.
struct LinePassage: Equatable, Sendable {
  /// Who came.
  var arrived: Int
  /// Who left the line, admitted or by themselves.
  var left: Int
  /// The person who was last in line is gone: people who came behind that person and left were not counted.
  var isAtLeast: Bool
}

extension WaitingRoom {
  /// Reads where the line ends.
  func mark() throws -> LineMark {
    let key = RedisArgument(layout.waitingKey)
    let last = try redis.append(["ZRANGE", key, "-1", "-1", "WITHSCORES"])
    let count = try redis.append(["ZCARD", key])
    let clock = try redis.append(["TIME"])
    return LineMark(
      last: try LineMark.Last(redis.checked(last)), count: try redis.checked(count).integer,
      milliseconds: try milliseconds(of: redis.checked(clock)))
  }

  /// Arrivals and departures since an earlier look.
  ///
  /// Who stands behind the last of then has come, and by as many places as that one moved people have left; so any score will do
  /// that puts who comes to the end. Where the last of then is gone, those with a higher score have come.
  func passage(since before: LineMark, to now: LineMark) throws -> LinePassage {
    guard let last = before.last else { return LinePassage(arrived: now.count, left: 0, isAtLeast: true) }
    let key = RedisArgument(layout.waitingKey)
    if let place = try redis.command("ZRANK", key, last.member).optional?.integer {
      return LinePassage(
        arrived: max(0, now.count - 1 - place), left: max(0, before.count - 1 - place), isAtLeast: false)
    }
    let arrived = try redis.command("ZCOUNT", key, "(\(last.score)", "+inf").integer
    return LinePassage(arrived: arrived, left: max(0, before.count + arrived - now.count), isAtLeast: true)
  }
}

extension LineMark.Last {
  /// From the answer to ZRANGE WITHSCORES; nil for an empty one.
  init?(_ reply: RedisValue) throws {
    guard let (member, score) = try reply.pairs.first else { return nil }
    self.init(member: RedisArgument(try member.bytes), score: try score.double)
  }
}

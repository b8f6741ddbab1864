import Redis

/// A sorted set from front to back, a page at a time, with the next page under way while this one is worked on.
///
/// Each page begins at the score and the member at which the last one ended, not at a rank: a person who is there all the time comes
/// exactly once, however many come and go in front of them meanwhile. Somebody who is moved meanwhile may come twice or not at all.
struct SortedSetWalk {
  struct Row {
    var member: RedisValue
    var score: RedisValue
  }

  /// A page holds the server for a third of a millisecond.
  static let pageSize = 1000

  private let redis: RedisConnection
  private let key: RedisArgument
  private let size: Int
  private var first: [RedisArgument]?
  private var ahead: RedisTicket?
  private var end: End?

  /// Where the last page ended.
  private struct End {
    var score: RedisValue
    var member: RedisValue
    /// How many of this score stand at this member or before it, as far as is known.
    var ties: Int
  }

  /// - Parameters:
  ///   - above: the bound of scores to begin at, as ZRANGEBYSCORE takes it; nil for the front of the set.
  ///   - from: so many are passed over.
  init(
    _ redis: RedisConnection, key: RedisArgument, above: RedisArgument? = nil, from: Int = 0, pageSize: Int = pageSize
  ) {
    self.redis = redis
    self.key = key
    size = pageSize
    // By rank the server finds any place at once; by score it has to count what it passes over.
    if let above, above != "-inf" {
      first = [
        "ZRANGEBYSCORE", key, above, "+inf", "WITHSCORES", "LIMIT", RedisArgument(from), RedisArgument(pageSize),
      ]
    } else {
      first = ["ZRANGE", key, RedisArgument(from), RedisArgument(from + pageSize - 1), "WITHSCORES"]
    }
  }

  /// Nil at the end, never empty.
  mutating func nextPage() throws -> [Row]? {
    var rows: [Row]
    let asked: Int
    if let request = first {
      first = nil
      rows = try Self.rows(try redis.command(request))
      asked = size
    } else {
      guard let ticket = ahead, let end else { return nil }
      ahead = nil
      rows = try Self.rows(try redis.checked(ticket))
      asked = size + 1
      if let row = rows.first, row.score == end.score, row.member == end.member {
        rows.removeFirst()
      } else {
        return try catchUp(after: end)
      }
      if rows.count < asked - 1 { return rows.isEmpty ? nil : finish(rows) }
      advance(rows, before: end)
      try request(after: self.end)
      return rows
    }
    guard rows.count == asked else { return rows.isEmpty ? nil : finish(rows) }
    advance(rows, before: nil)
    try request(after: end)
    return rows
  }

  private mutating func finish(_ rows: [Row]) -> [Row] {
    end = nil
    return rows
  }

  /// Notes where this page ends.
  private mutating func advance(_ rows: [Row], before: End?) {
    guard let last = rows.last else { return }
    let ties = rows.reversed().prefix { $0.score == last.score }.count
    let earlier = ties == rows.count && before?.score == last.score ? before?.ties ?? 0 : 0
    end = End(score: last.score, member: last.member, ties: earlier + ties)
  }

  private mutating func request(after end: End?) throws {
    guard let end else { return }
    ahead = try redis.append(byScore(end.score, offset: end.ties - 1, count: size + 1))
    try redis.flush()
  }

  private func byScore(_ score: RedisValue, offset: Int, count: Int) throws -> [RedisArgument] {
    [
      "ZRANGEBYSCORE", key, RedisArgument(try score.bytes), "+inf", "WITHSCORES", "LIMIT", RedisArgument(offset),
      RedisArgument(count),
    ]
  }

  /// Somebody of the same score has come or gone: looks through all of that score for the first who was not shown.
  private mutating func catchUp(after end: End) throws -> [Row]? {
    let (score, member) = (try end.score.double, try end.member.bytes)
    var offset = 0
    while true {
      let found = try Self.rows(try redis.command(try byScore(end.score, offset: offset, count: size)))
      let shown = try found.prefix { row in
        try row.score.double == score && !member.lexicographicallyPrecedes(try row.member.bytes)
      }.count
      let rows = Array(found.dropFirst(shown))
      if rows.isEmpty, found.count == size {
        offset += size
        continue
      }
      guard !rows.isEmpty else { return nil }
      guard found.count == size else { return finish(rows) }
      advance(rows, before: End(score: end.score, member: end.member, ties: offset + shown))
      try request(after: self.end)
      return rows
    }
  }

  private static func rows(_ reply: RedisValue) throws -> [Row] {
    let flat = try reply.array
    var rows: [Row] = []
    rows.reserveCapacity(flat.count / 2 + 1)
    for index in stride(from: 0, to: flat.count - 1, by: 2) {
      rows.append(Row(member: flat[index], score: flat[index + 1]))
    }
    return rows
  }
}

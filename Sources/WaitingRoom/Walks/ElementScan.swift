import Redis

/// The members of a set or a sorted set, a page at a time, in no order, with the next page under way while this one is worked on.
///
/// Who is there from start to end comes at least once, perhaps more often. Source: https://redis.io/docs/latest/commands/scan/
struct ElementScan {
  private let redis: RedisConnection
  private let command: RedisArgument
  private let key: RedisArgument
  private let options: [RedisArgument]
  private var ahead: RedisTicket?
  private var isStarted = false

  init(
    _ redis: RedisConnection, command: RedisArgument, key: RedisArgument, match: RedisArgument? = nil, count: Int = 500
  ) {
    self.redis = redis
    self.command = command
    self.key = key
    options = (match.map { ["MATCH", $0] } ?? []) + ["COUNT", RedisArgument(count)]
  }

  /// Sends the first request now, to travel with others.
  mutating func start() throws {
    guard !isStarted else { return }
    isStarted = true
    ahead = try redis.append([command, key, "0"] + options)
  }

  /// Nil at the end; of ZSCAN the scores are left out.
  mutating func nextPage() throws -> [[UInt8]]? {
    try nextReply()?.enumerated().compactMap { index, value in
      command == "ZSCAN" && !index.isMultiple(of: 2) ? nil : try value.bytes
    }
  }

  /// Nil at the end; the members of a sorted set with their scores.
  mutating func nextScoredPage() throws -> [(member: RedisValue, score: RedisValue)]? {
    try nextReply().map { values in
      stride(from: 0, to: values.count - 1, by: 2).map { (values[$0], values[$0 + 1]) }
    }
  }

  private mutating func nextReply() throws -> [RedisValue]? {
    try start()
    guard let ticket = ahead else { return nil }
    ahead = nil
    let reply = try redis.checked(ticket).array
    guard reply.count == 2 else {
      throw RedisError(.unexpectedReply(wanted: "a cursor and members", found: "an array of \(reply.count)"))
    }
    let cursor = try reply[0].bytes
    if cursor != [UInt8(ascii: "0")] {
      ahead = try redis.append([command, key, RedisArgument(cursor)] + options)
      try redis.flush()
    }
    return try reply[1].array
  }
}

extension Array {
  /// What is left of the elements after as many are passed over as `count` still says.
  func skipping(_ count: inout Int) -> ArraySlice<Element> {
    let passed = Swift.min(count, self.count)
    count -= passed
    return dropFirst(passed)
  }
}

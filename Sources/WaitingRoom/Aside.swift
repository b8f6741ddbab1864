import Journal
import Redis

extension WaitingRoom {
  /// The newest operations that may have set people aside. A key of people has its operation's id in its name, and asking for a key
  /// that does not exist costs the server half a microsecond, where a walk over all keys could take seconds.
  static let asideLookback = 2000

  private func asideKey(_ id: String) -> RedisArgument {
    RedisArgument("\(RedisJournal.keyPrefix)aside:\(layout.name):\(id)")
  }

  /// Asks for the newest operations, to travel with other questions.
  func requestOperations() throws -> RedisTicket {
    try redis.append([
      "ZREVRANGE", RedisArgument("\(RedisJournal.keyPrefix)operations"), "0", RedisArgument(Self.asideLookback - 1),
    ])
  }

  /// The keys with people that were set aside, and how many each holds, newest first.
  func asideKeys(_ operations: RedisTicket) throws -> [(id: String, key: RedisArgument, count: Int)] {
    let ids = try redis.checked(operations).array.map { try $0.string }
    let tickets = try ids.map { try redis.append(["ZCARD", asideKey($0)]) }
    // A key of that name that is no sorted set holds nobody.
    return try zip(ids, tickets).compactMap { id, ticket in
      guard case .integer(let count) = try redis.reply(to: ticket), count > 0 else { return nil }
      return (id, asideKey(id), Int(count))
    }
  }

  /// Somebody who was set aside: as this member, or else who fits, by a walk over those set aside.
  func asideMember(
    _ member: RedisArgument? = nil, where fits: (MemberReading) -> Bool
  ) throws -> (operation: OperationID, person: Person)? {
    let clock = try redis.append(["TIME"])
    let keys = try asideKeys(try requestOperations())
    let now = try milliseconds(of: redis.checked(clock))
    for (id, key, _) in keys {
      guard let operation = OperationID(id) else { continue }
      if let member {
        guard let score = try redis.command("ZSCORE", key, member).optional?.decimal else { continue }
        return (operation, waiting(member.bytes, score: score, position: nil, now))
      }
      var walk = ElementScan(redis, command: "ZSCAN", key: key)
      while let page = try walk.nextScoredPage() {
        for row in page {
          let member = try row.member.bytes
          guard let reading = layout.member.reading(member), fits(reading) else { continue }
          return (operation, waiting(member, score: try row.score.decimal, position: nil, now))
        }
      }
    }
    return nil
  }
}

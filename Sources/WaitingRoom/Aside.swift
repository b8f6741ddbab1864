import Changes
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

  /// What the keys of those set aside begin with; the drain's id follows.
  var asidePrefix: String { "\(RedisJournal.keyPrefix)aside:\(layout.name):" }

  func asideKey(_ drain: OperationID) -> String { "\(asidePrefix)\(drain)" }

  /// The drains of this queue that wait to be restored, the oldest first; changes nothing.
  public func asides() throws -> [Aside] { try asides(try requestAsides()).reversed() }

  /// Asks for the drains that wait to be restored, to travel with other questions.
  func requestAsides() throws -> RedisTicket { try redis.append(["HKEYS", RedisArgument(asidesKey)]) }

  /// The drains that the answer names, and how many each has set aside, newest first.
  func asides(_ answer: RedisTicket) throws -> [Aside] {
    let drains = try redis.checked(answer).array.compactMap { OperationID(try $0.string) }.sorted(by: >)
    let tickets = try drains.map { try redis.append(["ZCARD", RedisArgument(asideKey($0))]) }
    // A key of that name that is no sorted set holds nobody.
    return try zip(drains, tickets).compactMap { drain, ticket in
      guard case .integer(let count) = try redis.reply(to: ticket), count > 0 else { return nil }
      return Aside(drain: drain, count: Int(count))
    }
  }

  /// Somebody who was set aside: as this member, or else who fits, by a walk over those set aside.
  func asideMember(
    _ member: RedisArgument? = nil, where fits: (MemberReading) -> Bool
  ) throws -> (operation: OperationID, person: Person)? {
    let clock = try redis.append(["TIME"])
    let drains = try asides(try requestAsides()).map(\.drain)
    let now = try milliseconds(of: redis.checked(clock))
    for operation in drains {
      let key = RedisArgument(asideKey(operation))
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

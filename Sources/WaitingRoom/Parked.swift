import Changes
import Redis

/// People who are set aside (parked) by one operation.
public struct Parked: Equatable, Sendable {
  /// The operation that set them aside.
  public var operation: OperationID
  /// How many are set aside now; those who came while an unpark was broken off may be among them.
  public var count: Int
}

extension WaitingRoom {
  /// The hash of all operations that have set people of this queue aside who are not back yet.
  var parkedKey: String { keys.name("parked") }

  /// What the keys of those set aside begin with; the id of the operation follows.
  var parkedPrefix: String { keys.name("parked:") }

  func parkedKey(_ operation: OperationID) -> String { "\(parkedPrefix)\(operation)" }

  /// Who is set aside, by operation, the oldest first; changes nothing.
  public func parked() throws -> [Parked] { try parked(try requestParked()).reversed() }

  /// Asks for the operations that have set people aside, to travel with other questions.
  func requestParked() throws -> RedisTicket { try redis.append(["HKEYS", RedisArgument(parkedKey)]) }

  /// The operations that the answer names, and how many each has set aside, newest first.
  func parked(_ answer: RedisTicket) throws -> [Parked] {
    let operations = try redis.checked(answer).array.compactMap { OperationID(try $0.string) }.sorted(by: >)
    let tickets = try operations.map { try redis.append(["ZCARD", RedisArgument(parkedKey($0))]) }
    // A key of that name that is not a sorted set holds nobody.
    return try zip(operations, tickets).compactMap { operation, ticket in
      guard case .integer(let count) = try redis.reply(to: ticket), count > 0 else { return nil }
      return Parked(operation: operation, count: Int(count))
    }
  }

  /// Somebody who was set aside: as this member, or else who fits, by a scan of those set aside.
  func parkedMember(
    _ member: RedisArgument? = nil, where fits: (MemberReading) -> Bool
  ) throws -> (operation: OperationID, person: Person)? {
    let clock = try redis.append(["TIME"])
    let operations = try parked(try requestParked()).map(\.operation)
    let now = try milliseconds(of: redis.checked(clock))
    for operation in operations {
      let key = RedisArgument(parkedKey(operation))
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

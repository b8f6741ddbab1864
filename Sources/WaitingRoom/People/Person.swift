import Redis
import Text

/// Somebody in a queue, as a list shows people.
public struct Person: Equatable, Sendable {
  public var queue: String
  /// From 1 at the front; nil if the store keeps no order.
  public var position: Int?
  /// Nil if the member is not of the layout's form.
  public var token: String?
  public var user: String?
  /// The member as it is kept, where that is not the token.
  public var member: String?
  /// Of somebody who waits.
  public var score: Double?
  public var arrivedMilliseconds: Int?
  public var waitedMilliseconds: Int?
  public var admittedMilliseconds: Int?
  /// When the admission ends, or the place of somebody who waits.
  public var expiresMilliseconds: Int?
}

/// People of a queue, a page at a time.
public struct PeoplePages {
  private let next: () throws -> [Person]?

  init(_ next: @escaping () throws -> [Person]?) { self.next = next }

  /// Nil at the end; a page may be empty without being the last.
  public func nextPage() throws -> [Person]? { try next() }
}

extension WaitingRoom {
  /// Those who wait, from the front; `from` of them are passed over, and `limit` is the most that are given.
  ///
  /// Waits are calculated at the moment at which the listing began, and positions count the rows, whatever changes meanwhile.
  public func waitingPeople(from: Int = 0, limit: Int? = nil) throws -> PeoplePages {
    let now = try checkTypesAndReadClock()
    var walk = SortedSetWalk(
      redis, key: RedisArgument(layout.waitingKey), from: from,
      pageSize: max(1, min(limit ?? .max, SortedSetWalk.pageSize)))
    var position = from
    return bounded(by: limit) {
      try walk.nextPage()?.map { row in
        position += 1
        return try waiting(row.member.bytes, score: row.score.decimal, position: position, now)
      }
    }
  }

  /// Those who are active, in the order of the store where it has one.
  public func activePeople(from: Int = 0, limit: Int? = nil) throws -> PeoplePages {
    let now = try checkTypesAndReadClock()
    let next = try layout.active.pages(on: redis, from: from, nowMilliseconds: now)
    let isOrdered = layout.active.keyType == "zset"
    var position = from
    return bounded(by: limit) {
      try next()?.map { entry in
        position += 1
        return active(entry, position: isOrdered ? position : nil)
      }
    }
  }

  private func bounded(by limit: Int?, _ next: @escaping () throws -> [Person]?) -> PeoplePages {
    guard let limit else { return PeoplePages(next) }
    var left = limit
    return PeoplePages {
      guard left > 0, let page = try next() else { return nil }
      left -= page.count
      return left < 0 ? Array(page.dropLast(-left)) : page
    }
  }

  func waiting(_ member: [UInt8], score: Double, position: Int?, _ now: Int) -> Person {
    var person = Person(queue: layout.name, position: position, score: score)
    name(&person, member, layout.member)
    if let wait = layout.score.wait(score: score, nowMilliseconds: now) {
      person.arrivedMilliseconds = layout.score.arrival(score: score)
      person.waitedMilliseconds = max(0, wait)
    }
    person.expiresMilliseconds = layout.score.expiry(score: score)
    return person
  }

  func active(_ entry: ActiveEntry, position: Int?) -> Person {
    var person = Person(queue: layout.name, position: position)
    name(&person, entry.name, layout.active.naming == nil ? layout.member : .token)
    person.admittedMilliseconds = entry.admittedMilliseconds
    person.expiresMilliseconds = entry.expiresMilliseconds
    return person
  }

  private func name(_ person: inout Person, _ member: [UInt8], _ form: MemberForm) {
    if form == .token {
      person.token = ByteNotation.encode(member)
      return
    }
    person.member = ByteNotation.encode(member)
    guard let reading = form.reading(member) else { return }
    person.token = ByteNotation.encode(reading.token)
    person.user = reading.user.map(ByteNotation.encode)
  }
}

extension RedisValue {
  /// As `double`; most scores are whole numbers, which are read in a fraction of the time.
  var decimal: Double {
    get throws {
      guard case .bytes(let bytes) = self, !bytes.isEmpty, bytes.count <= 15 else { return try double }
      var number = 0
      for byte in bytes {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return try double }
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return Double(number)
    }
  }
}

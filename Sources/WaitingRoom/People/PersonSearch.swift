import Changes
import Failures
import Redis
import Text

/// Where somebody is, and what can be said of the wait.
public struct Whereabouts: Equatable, Sendable {
  public enum State: String, Sendable {
    case waiting
    case active
    /// Set aside by `usher queue park`.
    case aside
    case unknown
  }

  public var state: State
  public var person: Person
  /// How many wait in front; nil for who does not wait.
  public var ahead: Int?
  /// How many wait in all.
  public var waiting: Int
  /// Waiting and active at once: both stores have the token.
  public var isInBoth = false
  /// The operation that set the person aside.
  public var asideBy: OperationID?
  /// Until the admission, from the pace that was measured.
  public var estimate: Estimate?
  /// What the estimate was made of, or why there is none.
  public var basis: String
  public var warnings: [String] = []
}

/// Whom a search is for.
public enum PersonQuery: Equatable, Sendable {
  case token(RedisArgument)
  case user(RedisArgument)
}

extension WaitingRoom {
  /// Finds somebody; reads only. Two round trips where the member is the token and the person is there; more where the queue has to
  /// be scanned, because members hold more than the token.
  ///
  /// - Parameter outflow: how many left the line in a measured time; by default the recent admissions in the active store.
  public func find(_ query: PersonQuery, outflow: Flow? = nil) throws -> Whereabouts {
    try namingWrongTypes {
      switch query {
      case .token(let token):
        guard layout.member != .token else { return try locate(member: token, token: token, outflow) }
        guard let member = try waitingMembers(for: [token])[0] else {
          // A whole member may be active, or set aside, as such.
          guard let reading = layout.member.reading(token.bytes) else { return try locate(activeToken: token, outflow) }
          return try locate(member: token, token: RedisArgument(reading.token), outflow)
        }
        return try locate(member: member, token: token, outflow)
      case .user(let user):
        guard layout.member.namesUsers else {
          throw Failure(
            .usage, "members of queue '\(layout.name)' do not contain a user", causes: ["a member is a token"],
            hints: ["search for the token: \(layout.command("show TOKEN"))"])
        }
        if let member = try waitingMember(ofUser: user) { return try locate(member: member, token: user, outflow) }
        if layout.active.naming == nil, let member = try activeMember(where: { $0.user == user.bytes }) {
          return try locate(member: member, token: user, outflow)
        }
        var person = Person(queue: layout.name)
        person.user = ByteNotation.encode(user.bytes)
        let aside = try parkedMember { $0.user == user.bytes }
        return try away(
          person, aside,
          unknown: layout.active.naming == nil
            ? Self.notHere
            : "is not waiting; the active store holds only tokens, so usher cannot tell whether the user is active")
      }
    }
  }

  /// Somebody whose member in the waiting room would be this one.
  private func locate(member: RedisArgument, token: RedisArgument, _ outflow: Flow?) throws -> Whereabouts {
    let waitingKey = RedisArgument(layout.waitingKey)
    let clock = try redis.append(["TIME"])
    let score = try redis.append(["ZSCORE", waitingKey, member])
    let rank = try redis.append(["ZRANK", waitingKey, member])
    let count = try redis.append(["ZCARD", waitingKey])
    let pause = try redis.append(["PTTL", RedisArgument(pauseKey)])
    let activeName =
      layout.active.naming == nil ? member.bytes : layout.member.reading(member.bytes)?.token ?? member.bytes
    let look = try layout.active.look(for: RedisArgument(activeName), on: redis)
    let now = try milliseconds(of: redis.checked(clock))
    let waitingScore = try redis.checked(score).optional?.decimal
    let place = try redis.checked(rank).optional?.integer
    let waiting = try redis.checked(count).integer
    let pauseLeft = try redis.checked(pause).integer
    let entry = try look(now)
    if let waitingScore, let place {
      var found = Whereabouts(
        state: .waiting,
        person: self.waiting(member.bytes, score: waitingScore, position: place + 1, now), ahead: place,
        waiting: waiting,
        basis: "")
      if let entry {
        found.isInBoth = true
        let active = active(entry, position: nil)
        (found.person.admittedMilliseconds, found.person.expiresMilliseconds) =
          (active.admittedMilliseconds, active.expiresMilliseconds)
        found.warnings.append("is waiting and active at once: usher does not admit a person twice, but the service may")
      }
      try estimate(&found, place: place, outflow, now, pauseLeft)
      return found
    }
    if let entry {
      return Whereabouts(
        state: .active, person: active(entry, position: nil), waiting: waiting,
        basis: "is active, and no longer waiting",
        warnings: expiryWarnings(entry))
    }
    let aside = try parkedMember(member) { _ in false }
    var person = Person(queue: layout.name)
    person.token = ByteNotation.encode(token.bytes)
    return try away(person, aside, waiting: waiting)
  }

  /// Somebody who does not wait, in a queue whose members are more than the token.
  private func locate(activeToken token: RedisArgument, _ outflow: Flow?) throws -> Whereabouts {
    var name: RedisArgument? = token
    if layout.active.naming == nil { name = try activeMember { $0.token == token.bytes } }
    if let name {
      let clock = try redis.append(["TIME"])
      let count = try redis.append(["ZCARD", RedisArgument(layout.waitingKey)])
      let look = try layout.active.look(for: name, on: redis)
      let now = try milliseconds(of: redis.checked(clock))
      let waiting = try redis.checked(count).integer
      if let entry = try look(now) {
        return Whereabouts(
          state: .active, person: active(entry, position: nil), waiting: waiting,
          basis: "is active, and no longer waiting",
          warnings: expiryWarnings(entry))
      }
    }
    var person = Person(queue: layout.name)
    person.token = ByteNotation.encode(token.bytes)
    return try away(person, try parkedMember { $0.token == token.bytes })
  }

  private static let notHere = "is not waiting, not active and not set aside"

  private func away(
    _ person: Person, _ aside: (operation: OperationID, person: Person)?, waiting: Int? = nil, unknown: String = notHere
  ) throws -> Whereabouts {
    let count = try waiting ?? redis.command("ZCARD", RedisArgument(layout.waitingKey)).integer
    guard let aside else {
      return Whereabouts(state: .unknown, person: person, waiting: count, basis: unknown)
    }
    return Whereabouts(
      state: .aside, person: aside.person, waiting: count, asideBy: aside.operation,
      basis: "is set aside; \(layout.command("unpark \(aside.operation)")) returns everybody")
  }

  private func expiryWarnings(_ entry: ActiveEntry) -> [String] {
    guard entry.expiresMilliseconds == nil, let reason = layout.active.timelessReason else { return [] }
    return layout.active.keyType == nil
      ? ["the key has no time to live: this admission never ends"] : ["no expiry is known: \(reason)"]
  }

  /// The active member that fits; a scan of the active store, for members that hold more than the token.
  private func activeMember(where fits: (MemberReading) -> Bool) throws -> RedisArgument? {
    let now = try checkTypesAndReadClock()
    let next = try layout.active.pages(on: redis, from: 0, nowMilliseconds: now)
    while let page = try next() {
      for entry in page {
        if let reading = layout.member.reading(entry.name), fits(reading) { return RedisArgument(entry.name) }
      }
    }
    return nil
  }

  private func estimate(_ found: inout Whereabouts, place: Int, _ outflow: Flow?, _ now: Int, _ pauseLeft: Int) throws {
    if pauseLeft != -2 {
      found.basis = "admission is paused"
      return
    }
    let flows: [Flow]
    if let outflow {
      flows = [outflow]
      let seconds = Double(outflow.windowMilliseconds) / 1000
      found.basis = "\(outflow.count.grouped) in front left the queue in \(seconds) s"
    } else if let measured = try layout.active.admitted(
      within: [60_000, 300_000], on: redis, nowMilliseconds: now)
    {
      flows = measured
      found.basis = measured.map {
        "\($0.count.grouped) admitted in \(($0.windowMilliseconds / 1000).grouped) s \($0.count == 1 ? "is" : "are") still active"
      }
      .joined(separator: ", ")
    } else {
      let reason = layout.active.timelessReason ?? "the service uses other lifetimes than active-ttl"
      found.basis = "the number of admissions is unknown: \(reason); measure it with `--measure 10s`"
      return
    }
    found.estimate = Estimate(of: place + 1, departures: flows)
    if found.estimate == nil { found.basis = "nobody left the queue: " + found.basis }
  }

  func milliseconds(of time: RedisValue) throws -> Int {
    let parts = try time.array
    guard parts.count == 2 else { throw Failure(.failed, "cannot read the clock of Redis at \(redis.target)") }
    return try parts[0].integer * 1000 + parts[1].integer / 1000
  }
}

import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("the search for one person")
struct PersonSearchTests {
  @Test("tells who waits, with place and wait, in every shape", arguments: Shape.allCases)
  func waiting(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue((0..<100).map { ("t\($0)", "\(now - 60_000 + $0)") })
    let found = try queue.room.find(.token("t41"))
    #expect((found.state, found.person.position, found.ahead, found.waiting) == (.waiting, 42, 41, 100))
    #expect((found.person.token, found.person.arrivedMilliseconds) == ("t41", now - 60_000 + 41))
    #expect((59_000..<90_000).contains(try #require(found.person.waitedMilliseconds)))
    #expect(!found.isInBoth && found.warnings.isEmpty)
    #expect(found.estimate == nil && !found.basis.isEmpty)
  }

  @Test("tells who is active, until when the store says", arguments: Shape.allCases)
  func active(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let now = try queue.journal.serverMilliseconds()
    try queue.activate("a", lifetime: 300_000)
    let found = try queue.room.find(.token("a"))
    #expect((found.state, found.ahead, found.person.token) == (.active, nil, "a"))
    if shape == .wholeKeySet {
      #expect(found.person.expiresMilliseconds == nil)
      #expect(found.warnings.first?.contains("no expiry is known") == true)
    } else {
      #expect((now + 290_000...now + 330_000).contains(try #require(found.person.expiresMilliseconds)))
      #expect(found.warnings.isEmpty)
    }
    #expect(try queue.room.find(.token("b")).state == .unknown)
  }

  @Test("says of somebody who waits and is active at once that it is so", arguments: Shape.allCases)
  func both(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(3)
    try queue.activate("t1")
    let found = try queue.room.find(.token("t1"))
    #expect((found.state, found.isInBoth, found.person.position) == (.waiting, true, 2))
    #expect(found.warnings.first?.contains("at once") == true)
  }

  @Test("does not take somebody for active whose time is over", arguments: [Shape.expirySet, .admissionTimeSet])
  func over(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.redis.command("ZADD", "active", "1000", "a")
    #expect(try queue.room.find(.token("a")).state == .unknown)
    let set = try QueueFixture(.expiringMemberSet)
    try set.redis.command("SADD", "active", "a:1000")
    #expect(try set.room.find(.token("a")).state == .unknown)
  }

  @Test("finds by the whole member who is active or set aside as such")
  func wholeMember() throws {
    let queue = try QueueFixture(.expirySet, member: .tokenAndUser)
    try queue.enqueue([("t1:kim", "1"), ("t2:lee", "2")])
    try queue.admit(.count(1))
    #expect(try queue.room.find(.token("t1:kim")).state == .active)
    let drain = try queue.park().0
    let found = try queue.room.find(.token("t2:lee"))
    #expect((found.state, found.asideBy) == (.aside, drain))
    #expect(try queue.room.find(.token("t9:lee")).state == .unknown)
  }

  @Test("finds whom a drain has set aside", arguments: [MemberForm.token, .tokenAndUser])
  func aside(form: MemberForm) throws {
    let queue = try QueueFixture(member: form)
    try queue.enqueue(3)
    let drain = try queue.begin("queue park")
    _ = try queue.begin()
    let key = RedisArgument("usher:{waiting}:parked:\(drain)")
    try queue.redis.command("HSET", "usher:{waiting}:parked", RedisArgument(drain.description), "1")
    try queue.redis.command("ZADD", key, "1700000000000", NamingTests.member(form, "gone"), "2", "other:1")
    let found = try queue.room.find(.token("gone"))
    #expect((found.state, found.asideBy, found.person.score) == (.aside, drain, 1_700_000_000_000))
    #expect(try queue.room.find(.token("nobody")).state == .unknown)
    #expect(try queue.room.measure().aside == 2)
    try queue.redis.command("DEL", key)
    try queue.redis.command("SET", key, "no sorted set")
    #expect(try queue.room.find(.token("gone")).state == .unknown)
    #expect(try queue.room.measure().aside == 0)
  }

  @Test("goes by the user where members name one", arguments: [true, false])
  func user(keepsMembers: Bool) throws {
    let form = NamingTests.document
    let queue = try QueueFixture(.expirySet, member: form, naming: keepsMembers ? nil : form)
    try queue.enqueue((0..<50).map { (NamingTests.member(form, "t\($0)"), "\($0)") })
    let waits = try queue.room.find(.user("user t7"))
    #expect((waits.state, waits.person.token, waits.person.user, waits.ahead) == (.waiting, "t7", "user t7", 7))
    try queue.admit(.count(10))
    let active = try queue.room.find(.user("user t7"))
    // Tokens alone in the active store do not say whose they are.
    #expect(active.state == (keepsMembers ? .active : .unknown))
    #expect(active.basis.contains("cannot tell whether") == !keepsMembers)
    #expect(try queue.room.find(.token("t7")).state == .active)
    #expect(try queue.room.find(.token(NamingTests.member(form, "t30"))).ahead == 20)
    #expect(try queue.room.find(.user("user t77")).state == .unknown)
    let plain = try QueueFixture()
    #expect(try #require(throws: Failure.self) { try plain.room.find(.user("7")) }.kind == .usage)
  }

  @Test("takes two round trips at most", arguments: Shape.allCases)
  func roundTrips(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(100)
    try queue.activate("a")
    func reads() throws -> Int { Int(try queue.redis.information("stats")["total_reads_processed"] ?? "") ?? -1000 }
    for token in ["t50", "a"] as [RedisArgument] {
      let before = try reads()
      let found = try queue.room.find(.token(token))
      #expect(found.state != .unknown)
      // Each INFO is one read itself.
      #expect(try reads() - before - 1 <= 2, "\(token.text)")
    }
  }

  @Test("estimates from the admissions that the store has, as a range", arguments: Shape.allCases)
  func estimate(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue(1000)
    // 120 a minute over the last five minutes, half of the lifetime.
    for second in 0..<140 {
      for number in 0..<2 {
        for words in shape.activate("a\(second)-\(number)", at: now - second * 1000) { try queue.redis.command(words) }
      }
    }
    let found = try queue.room.find(.token("t599"))
    switch shape {
    case .wholeKeySet, .keyPerToken:
      #expect(found.estimate == nil)
      #expect(found.basis.contains("--measure"))
    default:
      let estimate = try #require(found.estimate)
      #expect(estimate.atLeastMilliseconds < 300_000 && estimate.atLeastMilliseconds > 200_000)
      #expect(try #require(estimate.atMostMilliseconds) > 500_000)
      #expect(found.basis.contains("admitted in 60 s"))
    }
    let measured = try queue.room.find(.token("t599"), outflow: Flow(count: 100, windowMilliseconds: 10_000))
    #expect(measured.estimate == Estimate(of: 600, departures: [Flow(count: 100, windowMilliseconds: 10_000)]))
    #expect(measured.estimate?.atLeastMilliseconds == 49_140)
    #expect(measured.estimate?.atMostMilliseconds == 74_074)
    let idle = try queue.room.find(.token("t599"), outflow: Flow(count: 0, windowMilliseconds: 10_000))
    #expect(idle.estimate == nil && idle.basis.contains("nobody left the queue"))
    try queue.redis.command("SET", "usher:{waiting}:paused", "1", "PX", "60000")
    let paused = try queue.room.find(.token("t599"))
    #expect((paused.estimate, paused.basis) == (nil, "admission is paused"))
  }

  @Test(
    "does not reckon admissions from expiries that the service sets otherwise",
    arguments: [Shape.expirySet, .expiringMemberSet])
  func otherLifetime(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 60_000)
    try queue.enqueue(10)
    try queue.activate("a", "b", lifetime: 300_000)
    let found = try queue.room.find(.token("t5"))
    #expect(found.estimate == nil && found.basis.contains("active-ttl"))
    #expect(try queue.room.measure().admissions == nil)
  }

  @Test("of a key of the wrong type fails with its name")
  func wrongType() throws {
    let queue = try QueueFixture()
    try queue.redis.command("SET", "active", "x")
    let failure = try #require(throws: Failure.self) { try queue.room.find(.token("a")) }
    #expect(failure.kind == .badInput && failure.message.contains("'active'"))
  }
}

@Suite("an estimate")
struct EstimateTests {
  @Test(
    "is a range in which a count of n stands for (√n ± 1)²",
    arguments: [
      (100, 400, nil, 13_573, 16_620), (0, 400, nil, 0, 0), (100, 4, nil, 572_949, 6_000_000),
      (100, 1, nil, 1_029_437, nil), (100, 0, nil, nil, nil), (0, 0, nil, 0, 0), (100, 400, 100, 16_618, 25_115),
      (100, 400, 350, 46_704, nil), (100, 400, 900, nil, nil),
    ] as [(Int, Int, Int?, Int?, Int?)])
  func range(people: Int, departed: Int, arrived: Int?, least: Int?, most: Int?) {
    let estimate = Estimate(
      of: people, departures: [Flow(count: departed, windowMilliseconds: 60_000)],
      arrivals: arrived.map { Flow(count: $0, windowMilliseconds: 60_000) })
    #expect(estimate?.atLeastMilliseconds == least)
    #expect(estimate?.atMostMilliseconds == most)
  }

  @Test("spans all paces that were measured, and is none where none was")
  func several() {
    let flows = [Flow(count: 100, windowMilliseconds: 1000), Flow(count: 100, windowMilliseconds: 10_000)]
    #expect(Estimate(of: 600, departures: flows)?.atLeastMilliseconds == 4914)
    #expect(Estimate(of: 600, departures: flows)?.atMostMilliseconds == 74_074)
    #expect(Estimate(of: 600, departures: []) == nil)
    #expect(Estimate(of: 600, departures: [Flow(count: 5, windowMilliseconds: 0)]) == nil)
    #expect(Flow(count: 30, windowMilliseconds: 15_000).perMinute == 120)
    #expect(Flow(count: 30, windowMilliseconds: 0).perMinute == nil)
  }
}

@Suite("the measured status of a queue")
struct SnapshotMeasureTests {
  @Test(
    "counts the arrivals of the last minute that still wait",
    arguments: [ScoreMeaning.arrivalMilliseconds, .arrivalSeconds])
  func arrivals(score: ScoreMeaning) throws {
    let queue = try QueueFixture(score: score)
    let unit = score == .arrivalSeconds ? 1000 : 1
    let now = try queue.journal.serverMilliseconds()
    #expect(try queue.room.measure().arrivals == nil)
    try queue.enqueue([("first", "\((now - 31_000) / unit)")])
    try queue.enqueue((0..<100).map { ("new\($0)", "\((now - 30_000) / unit)") })
    // Nobody has waited a minute: all who came since the first came still wait, and the first begins the time.
    let young = try #require(try queue.room.measure().arrivals)
    #expect(young.count == 100 && (30_000..<60_000).contains(young.windowMilliseconds))
    try queue.enqueue((0..<50).map { ("old\($0)", "\((now - 200_000) / unit)") })
    try queue.enqueue([("ahead of its time", "\((now + 3_600_000) / unit)")])
    #expect(try queue.room.measure().arrivals == Flow(count: 101, windowMilliseconds: 60_000, isAtLeast: true))
    let short = try QueueFixture(score: score)
    try short.enqueue([("a", "\((now - 1000) / unit)")])
    #expect(try short.room.measure().arrivals == nil)
    let counter = try QueueFixture(score: .counter)
    try counter.enqueue(10)
    #expect(try counter.room.measure().arrivals == nil)
  }

  @Test("counts the admissions of the last minute where the store keeps them", arguments: Shape.allCases)
  func admissions(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let now = try queue.journal.serverMilliseconds()
    for (token, age) in [("a", 0), ("b", 20_000), ("c", 100_000), ("d", 200_000)] as [(RedisArgument, Int)] {
      for words in shape.activate(token, at: now - age) { try queue.redis.command(words) }
    }
    let admissions = try queue.room.measure().admissions
    switch shape {
    case .wholeKeySet, .keyPerToken: #expect(admissions == nil)
    default: #expect(admissions == Flow(count: 2, windowMilliseconds: 60_000, isAtLeast: true))
    }
  }

  @Test(
    "counts between two looks who came and who left the line", arguments: [ScoreMeaning.arrivalMilliseconds, .counter])
  func twoLooks(score: ScoreMeaning) throws {
    let queue = try QueueFixture(score: score)
    try queue.enqueue((0..<100).map { ("t\($0)", "\(1_700_000_000_000 + $0)") })
    var first = try queue.room.measure()
    first.nowMilliseconds -= 10_000
    try queue.enqueue((100..<130).map { ("t\($0)", "\(1_700_000_000_000 + $0)") })
    try queue.redis.command("ZREMRANGEBYRANK", "waiting", "0", "59")
    let second = try queue.room.measure(since: first)
    #expect((second.arrivals?.count, second.admissions?.count) == (30, 60))
    #expect((10_000..<40_000).contains(try #require(second.arrivals?.windowMilliseconds)))
    let drain = try #require(second.drain)
    #expect(drain.atLeastMilliseconds > 10_000 && drain.atMostMilliseconds == nil || drain.atMostMilliseconds! > 20_000)
    // All gone, and as many new ones as there were.
    try queue.redis.command("DEL", "waiting")
    var empty = try queue.room.measure(since: second)
    empty.nowMilliseconds -= 1000
    #expect(empty.drain?.atLeastMilliseconds ?? 0 == 0)
    try queue.enqueue([("x", "1800000000000")])
    let refilled = try queue.room.measure(since: empty)
    #expect(refilled.arrivals?.count == 1 && refilled.arrivals?.isAtLeast == true)
  }

  @Test("knows no drain where more come than go, or a pace is unknown")
  func noDrain() throws {
    let queue = try QueueFixture(.admissionTimeSet)
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue((0..<1000).map { ("t\($0)", "\(now - 50_000 + $0)") })
    for number in 0..<100 { try queue.activate("a\(number)") }
    #expect(try queue.room.measure().drain == nil)
    try queue.redis.command("ZREMRANGEBYRANK", "waiting", "10", "-1")
    #expect(try queue.room.measure().drain != nil)
    let empty = try QueueFixture()
    #expect(try empty.room.measure().drain == nil)
  }

  @Test("tells of a pause until when it lasts, and of one without an end")
  func paused() throws {
    let queue = try QueueFixture()
    #expect(try queue.room.measure().pausedUntilMilliseconds == nil)
    try queue.redis.command("SET", "usher:{waiting}:paused", "1", "PX", "60000")
    let until = try #require(try queue.room.measure().pausedUntilMilliseconds)
    let now = try queue.journal.serverMilliseconds()
    #expect((now + 30_000...now + 60_000).contains(until))
    try queue.redis.command("PERSIST", "usher:{waiting}:paused")
    #expect(try queue.room.measure().warnings == ["admission is paused, and the pause has no end"])
  }
}

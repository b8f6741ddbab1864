import Redis
import Support
import Testing

@testable import WaitingRoom

@Suite("a walk over a sorted set")
struct WalkTests {
  private func all(_ walk: SortedSetWalk, between: (Int) throws -> Void = { _ in }) throws -> [String] {
    var walk = walk
    var members: [String] = []
    var pages = 0
    while let page = try walk.nextPage() {
      #expect(!page.isEmpty)
      members += try page.map { try $0.member.string }
      pages += 1
      try between(pages)
    }
    return members
  }

  @Test(
    "gives everybody once, in the order of the set, also where many share a score", arguments: [1, 2, 7, 10, 1000],
    [1, 3, 10, 1000])
  func everybody(pageSize: Int, sharing: Int) throws {
    let queue = try QueueFixture()
    try queue.enqueue((0..<50).map { (RedisArgument("t\($0)"), "\($0 / sharing)") })
    let line = try queue.line().map(\.token.text)
    #expect(try all(SortedSetWalk(queue.redis, key: "waiting", pageSize: pageSize)) == line)
    for from in [1, 9, 49, 50, 60] {
      #expect(
        try all(SortedSetWalk(queue.redis, key: "waiting", from: from, pageSize: pageSize))
          == Array(line.dropFirst(from)))
    }
    #expect(
      try all(SortedSetWalk(queue.redis, key: "waiting", above: "(0", from: 1, pageSize: pageSize))
        == Array(line.dropFirst(min(50, sharing) + 1)))
    #expect(try all(SortedSetWalk(queue.redis, key: "nobody")) == [])
  }

  @Test("takes scores of every kind")
  func scores() throws {
    let queue = try QueueFixture()
    let scores = [
      "-inf", "-1e300", "0.1", "0.30000000000000004", "9007199254740993", "1.7976931348623157e+308", "inf", "inf",
    ]
    try queue.enqueue(scores.enumerated().map { (RedisArgument("s\($0)"), $1) })
    #expect(try all(SortedSetWalk(queue.redis, key: "waiting", pageSize: 1)) == scores.indices.map { "s\($0)" })
  }

  @Test("shows who stays exactly once, while others come and go", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func beside(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    let queue = try QueueFixture()
    let people = (0..<200).map { (RedisArgument("t\($0)"), "\(Int.random(in: 0..<20, using: &generator))") }
    try queue.enqueue(people)
    var staying = Set(people.map(\.0.text))
    let shown = try all(SortedSetWalk(queue.redis, key: "waiting", pageSize: 13)) { page in
      for _ in 0..<8 {
        guard let leaver = staying.sorted().randomElement(using: &generator) else { return }
        try queue.redis.command("ZREM", "waiting", RedisArgument(leaver))
        staying.remove(leaver)
        let score = Int.random(in: 0..<20, using: &generator)
        try queue.redis.command("ZADD", "waiting", RedisArgument(score), RedisArgument("new \(page) \(leaver)"))
      }
    }
    #expect(Set(shown).count == shown.count)
    #expect(staying.subtracting(shown) == [])
  }

  @Test("has the next page under way, and one page at a time")
  func ahead() throws {
    let queue = try QueueFixture()
    try queue.enqueue(35)
    try queue.redis.command("CONFIG", "RESETSTAT")
    _ = try all(SortedSetWalk(queue.redis, key: "waiting", pageSize: 10))
    #expect(try queue.redis.information("commandstats")["cmdstat_zrangebyscore"]?.hasPrefix("calls=3,") == true)
  }
}

@Suite("the people of a queue")
struct PeopleTests {
  private func all(_ pages: PeoplePages) throws -> [Person] {
    var people: [Person] = []
    while let page = try pages.nextPage() { people += page }
    return people
  }

  @Test("wait in order, with position, arrival and wait")
  func waiting() throws {
    let queue = try QueueFixture()
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue((0..<2500).map { ("t\($0)", "\(now - 100_000 + $0)") })
    let people = try all(queue.room.waitingPeople())
    #expect(people.map(\.token) == (0..<2500).map { "t\($0)" })
    #expect(people.map(\.position) == (1...2500).map { $0 })
    #expect(people[7].arrivedMilliseconds == now - 100_000 + 7)
    #expect(people[7].score == Double(now - 100_000 + 7))
    #expect((99_993..<130_000).contains(try #require(people[7].waitedMilliseconds)))
    let page = try all(queue.room.waitingPeople(from: 1200, limit: 30))
    #expect(page.map(\.position) == (1201...1230).map { $0 })
    #expect(page.first?.token == "t1200")
    #expect(try all(queue.room.waitingPeople(from: 2500, limit: 3)) == [])
  }

  @Test("have no arrival where the score is none, and a wait of nothing where a clock is ahead")
  func noTime() throws {
    let counter = try QueueFixture(score: .counter)
    try counter.enqueue([("a", "17")])
    let person = try #require(try all(counter.room.waitingPeople()).first)
    #expect((person.score, person.arrivedMilliseconds, person.waitedMilliseconds) == (17, nil, nil))
    let queue = try QueueFixture()
    try queue.enqueue([("old", "17"), ("new", "\(try queue.journal.serverMilliseconds() + 60_000)")])
    let people = try all(queue.room.waitingPeople())
    #expect((people[0].arrivedMilliseconds, people[0].waitedMilliseconds) == (nil, nil))
    #expect(people[1].waitedMilliseconds == 0)
  }

  @Test("have a user where members name one, and no token where a member cannot be read")
  func members() throws {
    let queue = try QueueFixture(member: NamingTests.document)
    try queue.enqueue([(NamingTests.member(NamingTests.document, "a"), "1"), ("strange", "2"), (#"{"t":"b"}"#, "3")])
    let people = try all(queue.room.waitingPeople())
    #expect(people.map(\.token) == ["a", nil, "b"])
    #expect(people.map(\.user) == ["user a", nil, nil])
    #expect(people.map(\.member) == [#"{"u":"user a","t":"a"}"#, "strange", #"{"t":"b"}"#])
  }

  @Test(
    "are active with what each store tells of them, and without those whose time is over", arguments: Shape.allCases)
  func active(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let now = try queue.journal.serverMilliseconds()
    for number in 0..<1500 { try queue.activate(RedisArgument("t\(number)"), lifetime: 300_000) }
    switch shape {
    case .expirySet, .admissionTimeSet: try queue.redis.command("ZADD", "active", "1000", "gone")
    case .expiringMemberSet: try queue.redis.command("SADD", "active", "gone:1000", "strange")
    case .wholeKeySet, .keyPerToken: break
    }
    let people = try all(queue.room.activePeople())
    #expect(Set(people.map(\.token)) == Set((0..<1500).map { "t\($0)" }))
    #expect(people.count == 1500)
    let isOrdered = shape == .expirySet || shape == .admissionTimeSet
    #expect(people.map(\.position) == (isOrdered ? (1...1500).map { $0 } : Array(repeating: nil, count: 1500)))
    for person in people {
      switch shape {
      case .wholeKeySet: #expect(person.expiresMilliseconds == nil)
      default: #expect((now + 250_000...now + 400_000).contains(try #require(person.expiresMilliseconds)))
      }
      #expect((person.admittedMilliseconds != nil) == (shape == .admissionTimeSet))
      #expect((person.score, person.arrivedMilliseconds) == (nil, nil))
    }
    #expect(try all(queue.room.activePeople(from: 1490)).count == 10)
    #expect(try all(queue.room.activePeople(limit: 7)).count == 7)
  }

  @Test("of a key of the wrong type are refused with its name", arguments: [true, false])
  func wrongType(isActive: Bool) throws {
    let queue = try QueueFixture()
    try queue.redis.command("SET", isActive ? "active" : "waiting", "x")
    #expect(throws: (any Error).self) {
      try isActive ? queue.room.activePeople() : queue.room.waitingPeople()
    }
  }
}

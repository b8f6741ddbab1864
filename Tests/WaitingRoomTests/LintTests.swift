import Redis
import Testing

@testable import WaitingRoom

@Suite("the lints of a queue")
struct LintTests {
  private func checks(_ queue: QueueFixture) throws -> [String] { try queue.room.lint().lints.map(\.check) }

  /// People who came lately, a second apart, and somebody who was just admitted.
  private func healthy(
    _ shape: Shape = .admissionTimeSet, member: MemberForm = .token, naming: MemberForm? = nil,
    sideKeys: SideKeys = SideKeys()
  ) throws
    -> QueueFixture
  {
    let queue = try QueueFixture(shape, member: member, naming: naming, sideKeys: sideKeys)
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue((0..<100).map { (NamingTests.member(member, "t\($0)"), "\(now - 200_000 + $0 * 1000)") })
    try queue.activate("a", "b")
    return queue
  }

  @Test("are none for a queue in order", arguments: Shape.allCases)
  func none(shape: Shape) throws {
    let queue = try healthy(shape)
    let report = try queue.room.lint()
    // One time to live for everybody is the trap itself.
    #expect(report.lints.map(\.check) == (shape == .wholeKeySet ? ["whole key"] : []))
    #expect((report.waiting, report.waitingLookedAt, report.active, report.activeLookedAt) == (100, 100, 2, 2))
    let empty = try QueueFixture(shape)
    #expect(try empty.room.lint().lints == [])
  }

  @Test("find who waits and is active at once", arguments: Shape.allCases, [MemberForm.token, .tokenAndUser])
  func both(shape: Shape, member: MemberForm) throws {
    let queue = try healthy(shape, member: member, naming: member)
    try queue.activate("t3", "t77", "x")
    let lint = try #require(try queue.room.lint().lints.first { $0.check == "both" })
    #expect(lint.detail.hasPrefix("2 are waiting and active at once, for example 't"))
    #expect(lint.gravity == .warning)
  }

  @Test("name the queue in the commands that they hint at, because several may be configured")
  func commands() throws {
    let queue = try healthy()
    try queue.activate("t3")
    try queue.redis.command("SET", "usher:{waiting}:paused", "1", "PX", "60000")
    let hints = try queue.room.lint().lints.compactMap(\.hint).joined(separator: "\n")
    for words in ["show TOKEN", "remove TOKEN", "resume"] {
      #expect(hints.contains("`usher queue \(words) --queue tickets`"), "\(hints)")
    }
  }

  @Test("say how much was looked at where that was not all")
  func sampled() throws {
    let queue = try healthy()
    for start in stride(from: 0, to: 20_000, by: 1000) {
      try queue.redis.command(
        ["ZADD", "waiting"] + (start..<start + 1000).flatMap { ["\(1000 + $0)", "m\($0)"] as [RedisArgument] })
    }
    let report = try queue.room.lint()
    #expect((report.waiting, report.waitingLookedAt) == (20_100, 5000))
    let scores = try #require(report.lints.first { $0.check == "scores" })
    #expect(scores.detail == "4,900 of 5,000 scores are not valid arrival-ms values")
    #expect(scores.gravity == .problem)
  }

  @Test("find members that are not of the form")
  func members() throws {
    let queue = try healthy(member: NamingTests.document)
    try queue.enqueue([("strange", "1"), ("{}", "2")])
    let lint = try #require(try queue.room.lint().lints.first { $0.check == "members" })
    #expect(lint.detail == "2 waiting members are not in the configured form, for example 'strange'")
    #expect(lint.gravity == .problem)
  }

  @Test("tell seconds from milliseconds, and clocks that are ahead")
  func scores() throws {
    let queue = try QueueFixture()
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue((0..<10).map { ("t\($0)", "\(now / 1000 - 60 + $0)") })
    try queue.activate("a")
    let lint = try #require(try queue.room.lint().lints.first { $0.check == "scores" })
    #expect(lint.hint?.contains("score: arrival-s") == true)
    let ahead = try healthy()
    try ahead.enqueue([("late", "\(now + 90_000)")])
    let clock = try #require(try ahead.room.lint().lints.first { $0.check == "clock" })
    #expect(clock.detail.hasPrefix("1 of 101 arrivals is ahead of the server's clock"))
    let right = try healthy()
    #expect(!(try checks(right).contains("clock")))
  }

  @Test("find scores that many share", arguments: [(19, false), (20, true)])
  func ties(sharing: Int, isFound: Bool) throws {
    let queue = try healthy()
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue((0..<sharing).map { ("same\($0)", "\(now - 5000)") })
    #expect(try checks(queue) == (isFound ? ["ties"] : []))
    let counter = try QueueFixture(.admissionTimeSet, score: .counter)
    try counter.activate("a")
    try counter.enqueue([("a1", "1"), ("b1", "2"), ("c1", "2"), ("d1", "3")])
    #expect(
      try counter.room.lint().lints.first?.detail.hasPrefix(
        "2 of 4 share their score with others, up to 2 have one score")
        == true)
  }

  @Test("find the active set without a time to live, and the whole key's trap")
  func wholeKey() throws {
    let queue = try healthy(.wholeKeySet)
    #expect(try queue.room.lint().lints.first?.detail.hasPrefix("all 2 active users expire together in ") == true)
    try queue.redis.command("PERSIST", "active")
    #expect(
      try queue.room.lint().lints.map(\.detail) == ["the active set has no time to live: active users never expire"])
  }

  @Test("find a queue that nobody admits from", arguments: Shape.allCases)
  func idle(shape: Shape) throws {
    let queue = try healthy(shape)
    let now = try queue.journal.serverMilliseconds()
    for token in ["a", "b"] as [RedisArgument] { try shape.leave(token, on: queue.redis) }
    #expect(try queue.room.lint().lints.map(\.detail) == ["100 wait, and nobody is active"])
    switch shape {
    case .keyPerToken: return
    case .wholeKeySet: for words in shape.activate("a", at: now, lifetime: 200_000) { try queue.redis.command(words) }
    default: for words in shape.activate("a", at: now - 100_000) { try queue.redis.command(words) }
    }
    let lint = try #require(try queue.room.lint().lints.first { $0.check == "idle" })
    #expect(
      lint.detail.contains(
        shape == .wholeKeySet ? "the last admission was 10" : "nobody was admitted in the last minute"))
    try queue.redis.command("SET", "usher:{waiting}:paused", "1", "PX", "60000")
    let paused = try checks(queue)
    #expect(paused.contains("paused") && !paused.contains("idle"))
  }

  @Test("find counters that have drifted, and hold nothing against one that is a little behind")
  func counters() throws {
    let queue = try healthy(sideKeys: SideKeys(waitingCounter: "w", activeCounter: "a"))
    #expect(
      try queue.room.lint().lints.map(\.detail) == [
        "the counter 'w' of waiting people is not a number", "the counter 'a' of active users is not a number",
      ])
    try queue.redis.command("MSET", "w", "105", "a", "2")
    #expect(try checks(queue) == [])
    try queue.redis.command("MSET", "w", "150", "a", "x")
    #expect(
      try queue.room.lint().lints.map(\.detail) == [
        "the counter 'w' of waiting people is 150, but there are 100",
        "the counter 'a' of active users is not a number",
      ])
  }

  @Test("read and never write: a replica has them too")
  func readOnly() throws {
    let queue = try QueueFixture(settings: ["--replicaof", "127.0.0.1 1"])
    #expect(try queue.room.lint().lints == [])
  }
}

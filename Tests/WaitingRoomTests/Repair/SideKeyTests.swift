import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("side keys")
struct SideKeyTests {
  private static let side = SideKeys(
    perToken: ["token:info:{token}", "u:{token}:%1"], waitingCounter: "count:waiting", activeCounter: "count:active")

  private func fixture(_ shape: Shape) throws -> QueueFixture {
    let queue = try QueueFixture(shape)
    try queue.enqueue(10)
    try queue.activate("a", "b")
    for token in ["t1", "t2", "a"] {
      try queue.redis.command("HSET", "token:info:\(token)", "user", "\(token)")
      try queue.redis.command("SET", "u:\(token):%1", "v", "PX", "90000")
    }
    try queue.redis.command("SET", "count:waiting", "10", "PX", "80000")
    try queue.redis.command("SET", "count:active", "2")
    return queue
  }

  private func counters(_ queue: QueueFixture) throws -> [Int] {
    [try queue.redis.command("GET", "count:waiting").integer, try queue.redis.command("GET", "count:active").integer]
  }

  @Test("of removed people go to the trash and come back with value and time", arguments: Shape.allCases)
  func perToken(shape: Shape) throws {
    let queue = try fixture(shape)
    let (operation, _) = try queue.remove(["t1", "t3", "a"], takesActive: true, side: Self.side)
    #expect(try queue.redis.command("EXISTS", "token:info:t1", "token:info:a", "u:t1:%1", "u:a:%1") == .integer(0))
    #expect(try queue.redis.command("EXISTS", "token:info:t2", "u:t2:%1") == .integer(2))
    #expect(try counters(queue) == [8, 1])
    for key in try queue.beforeImageKeys(of: operation) {
      #expect((1...RedisJournal.beforeImageRetentionSeconds).contains(try queue.redis.command("TTL", key).integer))
    }
    try queue.undoRemoval(operation, side: Self.side)
    #expect(try queue.redis.command("HGET", "token:info:t1", "user").string == "t1")
    #expect(try queue.redis.command("TTL", "token:info:a") == .integer(-1))
    #expect((1...90_000).contains(try queue.redis.command("PTTL", "u:a:%1").integer))
    #expect(try counters(queue) == [10, 2])
    #expect((1...80_000).contains(try queue.redis.command("PTTL", "count:waiting").integer))
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("that were made anew meanwhile stay as they are, and those of people who stay away end")
  func anew() throws {
    let queue = try fixture(.wholeKeySet)
    let (operation, _) = try queue.remove(["t1", "t2"], side: Self.side)
    try queue.redis.command("HSET", "token:info:t1", "user", "new")
    try queue.enqueue([("t2", "1800000000000")])
    try queue.undoRemoval(operation, side: Self.side)
    #expect(try queue.redis.command("HGET", "token:info:t1", "user").string == "new")
    #expect(try queue.redis.command("EXISTS", "token:info:t2") == .integer(0))
    #expect(try counters(queue) == [9, 2])
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("of somebody who stays active stay too when only the place is removed")
  func staysActive() throws {
    let queue = try fixture(.expirySet)
    try queue.activate("t1")
    try queue.remove(["t1"], side: Self.side)
    #expect(try queue.redis.command("EXISTS", "token:info:t1") == .integer(1))
    #expect(try counters(queue) == [9, 2])
  }

  @Test("count with every change: issue, drain, restore, and their undo")
  func counts() throws {
    let queue = try fixture(.wholeKeySet)
    try queue.issue(["n1", "n2", "t1"], side: Self.side)
    #expect(try counters(queue) == [12, 2])
    let (drain, _) = try queue.park(side: Self.side)
    #expect(try counters(queue) == [0, 2])
    try queue.issue(["n3", "n1"], side: Self.side)
    #expect(try counters(queue) == [1, 2])
    try queue.unpark(drain, side: Self.side)
    #expect(try counters(queue) == [13, 2])
    #expect(try queue.line().count == 13)
    let (second, _) = try queue.park(side: Self.side)
    try queue.issue((0..<20).map { "m\($0)" }, side: Self.side)
    try queue.unpark(second, side: Self.side)
    #expect(try counters(queue) == [33, 2])
    #expect(try queue.line().count == 33)
  }

  @Test("a counter that is missing is not made negative, and one that holds no number ends it before anything changes")
  func wrongCounter() throws {
    let queue = try fixture(.wholeKeySet)
    try queue.redis.command("DEL", "count:waiting")
    try queue.remove(["t4"], side: Self.side)
    #expect(try queue.redis.command("EXISTS", "count:waiting") == .integer(0))
    let line = try queue.line()
    for words: [RedisArgument] in [["SET", "count:active", "many"], ["RPUSH", "count:waiting", "1"]] {
      try queue.redis.command(words)
      let failure = try #require(throws: Failure.self) { try queue.remove(["t1"], side: Self.side) }
      #expect(failure.kind == .badInput)
      #expect(failure.causes.first?.contains("\(words[1].text)") == true, "\(failure)")
      #expect(throws: Failure.self) { try queue.park(side: Self.side) }
      #expect(try queue.line() == line)
      try queue.redis.command("DEL", words[1])
    }
  }

  @Test("expiring the active takes their keys along, and undo brings them back")
  func expiry() throws {
    let queue = try fixture(.expirySet)
    try queue.redis.command("ZADD", "active", "1000", "a")
    let (operation, outcome) = try queue.expire(side: Self.side)
    #expect(outcome.changed == 1)
    #expect(try queue.redis.command("EXISTS", "token:info:a") == .integer(0))
    #expect(try counters(queue) == [10, 1])
    try queue.undoRemoval(operation, side: Self.side)
    #expect(try queue.redis.command("EXISTS", "token:info:a") == .integer(1))
    #expect(try counters(queue) == [10, 2])
  }
}

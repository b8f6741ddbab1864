import Redis
import Support
import Testing

@testable import WaitingRoom

@Suite("a measurement of a queue")
struct MeasurementTests {
  /// Runs `steps`, one between two looks each, while the queue is measured.
  private func measure(
    _ queue: QueueFixture, _ steps: @escaping @Sendable (RedisConnection, Int) throws -> Void
  ) throws -> QueueMeasurement {
    let server = queue.server
    let calls = Calls()
    return try #require(
      try queue.room.measure(for: .milliseconds(200)) {
        do {
          try steps(server.connect(), calls.count())
        } catch {
          Issue.record(error)
        }
        return false
      })
  }

  @Test("counts who came and who left the line, whatever the score means", arguments: Shape.allCases)
  func counts(shape: Shape) throws {
    let queue = try QueueFixture(shape, score: shape == .wholeKeySet ? .counter : .arrivalMilliseconds)
    try queue.enqueue(100)
    try queue.activate("a", "b")
    let measured = try measure(queue) { redis, call in
      guard call == 1 else { return }
      for number in 0..<7 {
        try redis.command("ZADD", "waiting", RedisArgument(1_800_000_000_000 + number), "n\(number)")
      }
      // Four are let in, one of them is through at once, and so is one of before.
      for number in 0..<4 {
        try redis.command("ZREM", "waiting", "t\(number)")
        for words in shape.activate("t\(number)", at: 9_000_000_000_000) { try redis.command(words) }
      }
      try shape.leave("t0", on: redis)
      try shape.leave("a", on: redis)
    }
    #expect((measured.arrived, measured.left) == (7, 4))
    #expect((measured.activeBefore, measured.activeAfter) == (2, 4))
    #expect(measured.finished == 2)
    #expect(measured.seconds >= 0.2)
  }

  @Test("of a line that nobody stands in, or whose mark has gone, has no counts")
  func noMark() throws {
    let queue = try QueueFixture()
    let empty = try measure(queue) { _, _ in }
    #expect((empty.arrived, empty.left) == (nil, nil))
    try queue.enqueue(3)
    let gone = try measure(queue) { redis, call in
      if call == 1 { try redis.command("ZPOPMIN", "waiting", "3") }
    }
    #expect((gone.arrived, gone.left) == (nil, nil))
  }

  @Test("ends early, with nothing, when somebody asks for that")
  func interrupted() throws {
    let queue = try QueueFixture()
    #expect(try queue.room.measure(for: .seconds(3600)) { true } == nil)
  }

  @Test("looks in a row are counted together over a minute, and a look without counts begins anew")
  func recent() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    var flows = RecentFlows()
    func look(_ arrived: Int, _ left: Int, _ window: Int) throws -> QueueSnapshot {
      var snapshot = try queue.room.snapshot()
      snapshot.arrivals = Flow(count: arrived, windowMilliseconds: window)
      snapshot.admissions = Flow(count: left, windowMilliseconds: window, isAtLeast: left == 7)
      flows.count(&snapshot)
      return snapshot
    }
    #expect(try look(1, 2, 2000).admissions == Flow(count: 2, windowMilliseconds: 2000))
    let second = try look(3, 7, 2000)
    #expect(second.arrivals == Flow(count: 4, windowMilliseconds: 4000))
    #expect(second.admissions == Flow(count: 9, windowMilliseconds: 4000, isAtLeast: true))
    #expect(second.drain == Estimate(of: 10, departures: [try #require(second.admissions)], arrivals: second.arrivals))
    #expect(try look(5, 5, 58_000).arrivals == Flow(count: 8, windowMilliseconds: 60_000))
    #expect(try look(1, 1, 90_000).arrivals == Flow(count: 1, windowMilliseconds: 90_000))
    var gap = try queue.room.snapshot()
    flows.count(&gap)
    #expect(gap.arrivals == nil)
    #expect(try look(1, 1, 2000).arrivals == Flow(count: 1, windowMilliseconds: 2000))
  }

  @Test("two looks at a line tell who came and who left, and say where somebody may have been missed")
  func passage() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    let before = try queue.room.mark()
    // Ties of the last in line, and somebody who moved to the front, are told apart by the places.
    try queue.enqueue([("u1", "1700000000009"), ("u2", "1800000000000")])
    try queue.redis.command("ZREM", "waiting", "t0", "t1", "t2")
    #expect(
      try queue.room.passage(since: before, to: queue.room.mark())
        == LinePassage(arrived: 2, left: 3, isAtLeast: false))
    try queue.redis.command("ZREM", "waiting", "t9")
    #expect(
      try queue.room.passage(since: before, to: queue.room.mark()) == LinePassage(arrived: 1, left: 3, isAtLeast: true))
    try queue.redis.command("DEL", "waiting")
    let empty = try queue.room.mark()
    #expect(
      try queue.room.passage(since: before, to: empty) == LinePassage(arrived: 0, left: 10, isAtLeast: true))
    try queue.enqueue(4)
    #expect(
      try queue.room.passage(since: empty, to: queue.room.mark()) == LinePassage(arrived: 4, left: 0, isAtLeast: true))
  }
}

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

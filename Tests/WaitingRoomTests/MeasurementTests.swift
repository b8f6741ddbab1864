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

  @Test("the scores of the last minute tell of the arrivals, where they are times")
  func byScore() throws {
    let queue = try QueueFixture()
    #expect(try queue.room.arrivalsByScore() == nil)
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue([("old", String(now - 600_000))])
    try queue.enqueue((0..<30).map { ("n\($0)", String(now - 1000 - $0 * 1000)) })
    try queue.enqueue([("ahead", String(now + 3_600_000))])
    let arrivals = try #require(try queue.room.arrivalsByScore())
    #expect((arrivals.count, arrivals.seconds) == (30, 60))
    let seconds = try QueueFixture(score: .arrivalSeconds)
    try seconds.enqueue([("old", String(now / 1000 - 600)), ("new", String(now / 1000 - 10))])
    #expect(try seconds.room.arrivalsByScore()?.count == 1)
    let counter = try QueueFixture(score: .counter)
    try counter.enqueue([("a", "1"), ("b", "2")])
    #expect(try counter.room.arrivalsByScore() == nil)
  }

  @Test("only as much time counts as the first in line has waited, and none below five seconds")
  func shortLine() throws {
    let queue = try QueueFixture()
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue([("b", String(now - 1000))])
    #expect(try queue.room.arrivalsByScore() == nil)
    try queue.enqueue([("a", String(now - 20_000))])
    let arrivals = try #require(try queue.room.arrivalsByScore())
    // The first in line begins the time, and is not counted in it.
    #expect(arrivals.count == 1)
    #expect((20...30).contains(arrivals.seconds))
  }
}

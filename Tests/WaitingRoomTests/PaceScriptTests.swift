import Changes
import Redis
import Testing

@testable import WaitingRoom

/// One call of the script at a time, against what `Pace` says of the same book at the same instant.
@Suite("the turns that the script takes")
struct PaceScriptTests {
  private struct Stage {
    let queue: QueueFixture
    let operation: OperationID
    let lease: RedisLease

    init(_ people: Int = 1000) throws {
      queue = try QueueFixture()
      try queue.enqueue(people)
      operation = try queue.begin()
      lease = try queue.lease()
    }

    func call(_ batch: Int, every interval: Int, turns: Int = -1, wanted: Int = 1000) throws -> [Int] {
      let room = queue.room
      return try queue.redis.evaluate(
        AdmitScript.script(for: queue.layout.active),
        keys: room.keys(operation, images: operation, lease)
          + [RedisArgument(room.pauseKey), RedisArgument(room.paceKey)] + room.counterKeys,
        arguments: [
          RedisArgument(lease.token), "15000", RedisArgument(batch), "60", "300000", RedisArgument(wanted), "-1", "500",
          RedisArgument(interval), RedisArgument(turns),
        ]
      ).array.map { try $0.integer }
    }

    /// Writes a book as it was so long ago, in microseconds; gives the instant it is counted from.
    func write(next: Int, last: Int, every interval: Int) throws {
      let time = try queue.redis.command("TIME").array
      let now = try time[0].integer * 1_000_000 + time[1].integer
      try queue.redis.command(
        "HSET", "usher:pace:tickets", "next_us", RedisArgument(now + next), "interval_us", RedisArgument(interval),
        "last_us", RedisArgument(now + last))
    }

    func book() throws -> PaceBook { try #require(try queue.room.paceBook()) }
  }

  @Test(
    "in the middle of a run are those that the plan's arithmetic gives, for any lateness",
    arguments: [
      (0, -50_000, 100_000), (-60_000, -100_000, 10_000), (-100_000, -100_000, 1000), (-900_000, -901_000, 1000),
      (-5_000_000, -5_000_000, 10_000), (-1, -1_000_000, 1_000_000), (-250, -500, 500), (-10_000, -10_000, 50),
    ])
  func middle(next: Int, last: Int, interval: Int) throws {
    let stage = try Stage()
    // A first batch, so that the run is in its middle.
    #expect(try stage.call(1, every: interval)[0] == 1)
    let moved = try stage.queue.active().count
    try stage.write(next: next, last: last, every: interval)
    let before = try stage.book()
    let reply = try stage.call(2, every: interval)
    let after = try stage.book()
    let pace = Pace(perSecond: 1_000_000 / Double(interval))
    let due = min(500, before.due(now: after.last, pace))
    #expect(reply[1] - moved == due)
    #expect(due == 0 || abs(after.next - before.next - Double(due * interval)) < 1)
    #expect(reply[0] == (due > 0 ? 2 : 1))
  }

  @Test("a call before its time does nothing, keeps its number free, and says how long to wait")
  func notDue() throws {
    let stage = try Stage()
    let first = try stage.call(1, every: 60_000_000)
    #expect(Array(first.prefix(5)) == [1, 1, 0, 999, 1])
    #expect((30_000_000...60_000_000).contains(first[5]))
    let book = try stage.book()
    let second = try stage.call(2, every: 60_000_000)
    #expect(Array(second.prefix(5)) == [1, 1, 0, 999, 1])
    #expect(try stage.book() == book)
    #expect(try stage.queue.active().count == 1)
  }

  @Test("a run that begins before the next turn of its forerunner waits for that turn")
  func tooEarly() throws {
    let stage = try Stage()
    try stage.write(next: 30_000_000, last: -30_000_000, every: 60_000_000)
    let reply = try stage.call(1, every: 10_000)
    #expect(Array(reply.prefix(5)) == [0, 0, 0, 1000, 1])
    #expect((1_000_000...30_000_000).contains(reply[5]))
    #expect(try stage.queue.active().isEmpty)
    // Nothing is written either, not even that somebody was here.
    #expect(try stage.queue.redis.command("HEXISTS", "usher:pace:tickets", "operation") == .integer(0))
  }

  @Test("a batch that is asked for twice takes its turns once")
  func repeated() throws {
    let stage = try Stage()
    try stage.write(next: -100_000, last: -100_000, every: 1000)
    let first = try stage.call(1, every: 1000)
    #expect(first[1] > 50)
    let book = try stage.book()
    let again = try stage.call(1, every: 1000)
    #expect(again.prefix(5) == first.prefix(5))
    #expect(try stage.book() == book)
    #expect(try stage.queue.active().count == first[1])
  }

  @Test("turns for which nobody waits are gone, and the run is over with its last")
  func nobody() throws {
    let stage = try Stage(0)
    try stage.write(next: -300_000, last: -300_000, every: 1000)
    let reply = try stage.call(1, every: 1000, turns: 20_000)
    #expect((reply[1], reply[3], reply[4]) == (0, 0, 1))
    // All that were due, not only those that might have been caught up at once.
    #expect(reply[6] > 300)
    #expect(try stage.book().next > stage.book().last)
    try stage.write(next: -300_000, last: -300_000, every: 1000)
    let end = try stage.call(2, every: 1000, turns: reply[6] + 7)
    #expect((end[6], end[4]) == (reply[6] + 7, 0))
  }

  @Test("a clock that was set back stops nobody: the turn is now")
  func clockSetBack() throws {
    let stage = try Stage()
    try stage.write(next: 3_600_000_000, last: 3_599_000_000, every: 1_000_000)
    #expect(try stage.call(1, every: 1_000_000)[1] == 1)
    let book = try stage.book()
    #expect(abs(book.next - book.last - 1_000_000) < 1)
  }

  @Test("small batches share a before-image, and undo takes each person of it back to the old place")
  func shared() throws {
    let stage = try Stage()
    let queue = stage.queue
    let before = try queue.line()
    try queue.activate("t1", "t140")
    var batch = 1
    while try queue.line().count > 800 {
      try stage.write(next: -20_000, last: -20_000, every: 10_000)
      #expect(try stage.call(batch, every: 10_000)[0] == batch)
      batch += 1
    }
    // The list, and one for each 128 people.
    #expect(try queue.beforeImageKeys(of: stage.operation).count == 3)
    for key in try queue.beforeImageKeys(of: stage.operation) {
      #expect((1...60).contains(try queue.redis.command("TTL", key).integer))
    }
    try queue.redis.command("SREM", "active", "t7")
    try stage.lease.release(on: queue.redis)
    let undone = try queue.undo(stage.operation)
    #expect(undone.skipped == 1)
    #expect(try queue.line() == before.filter { $0.token != "t7" })
    #expect(try queue.active() == ["t1", "t140"])
    #expect(try queue.beforeImageKeys(of: stage.operation).isEmpty)
  }

  @Test("somebody who comes again within one run has a before-image of each time")
  func comesAgain() throws {
    let stage = try Stage(3)
    let queue = stage.queue
    for (batch, score) in [(1, 5), (2, 6), (3, 7)] {
      try queue.redis.command("ZADD", "waiting", "\(score)", "again")
      try queue.redis.command("SREM", "active", "again")
      try stage.write(next: -1, last: -1_000_000, every: 1_000_000)
      _ = try stage.call(batch, every: 1_000_000)
    }
    #expect(try queue.beforeImageKeys(of: stage.operation).count == 4)
    try stage.lease.release(on: queue.redis)
    let undone = try queue.undo(stage.operation)
    #expect((undone.changed, undone.skipped) == (1, 2))
    #expect(try queue.line().first == .init(token: "again", score: "7"))
    #expect(try queue.room.planUndo(of: stage.operation).count == 0)
  }

  @Test("a pause lets nobody in, whatever is due")
  func paused() throws {
    let stage = try Stage()
    try stage.queue.redis.command("SET", "usher:paused:tickets", "x", "PX", "60000")
    let error = try #require(throws: RedisError.self) { try stage.call(1, every: 0) }
    #expect(error.serverCode == "USHERPAUSED")
    #expect(try stage.queue.active().isEmpty)
  }
}

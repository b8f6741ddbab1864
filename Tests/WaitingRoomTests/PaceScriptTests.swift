import Changes
import Redis
import Testing

@testable import WaitingRoom

/// One call of the script at a time, against what `Pace` says of the same book at the same instant.
@Suite("the turns that the script takes")
struct PaceScriptTests {
  private struct Stage {
    let queue: QueueFixture
    let change: RunningChange
    var operation: OperationID { change.id }
    var record: RedisArgument { RedisArgument(queue.room.keys.operation(operation)) }

    init(_ people: Int = 1000) throws {
      queue = try QueueFixture()
      try queue.enqueue(people)
      change = try queue.running()
    }

    /// What the script says, by name.
    struct Reply: Equatable {
      var batch, changed, already, more, pause, left, turns: Int
    }

    func call(_ batch: Int, every interval: Int, turns: Int = -1, wanted: Int = 1000) throws -> Reply {
      let reply = try queue.call(
        AdmitScript.script(for: queue.layout), change, batch: batch,
        [
          "wanted": RedisArgument(wanted), "fill_to": "-1", "limit": "500", "interval": RedisArgument(interval),
          "all_turns": RedisArgument(turns),
        ])
      try #require(reply.count == 8)
      return Reply(
        batch: reply[0], changed: reply[1], already: reply[2], more: reply[3], pause: reply[4], left: reply[6],
        turns: reply[7])
    }

    func giveBack() throws { try change.lock?.release(on: queue.redis) }

    /// Writes a book as it was so long ago, in microseconds; gives the instant it is counted from.
    func write(next: Int, last: Int, every interval: Int) throws {
      let time = try queue.redis.command("TIME").array
      let now = try time[0].integer * 1_000_000 + time[1].integer
      try queue.redis.command(
        "HSET", "usher:{waiting}:pace", "next_us", RedisArgument(now + next), "interval_us", RedisArgument(interval),
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
    #expect(try stage.call(1, every: interval).batch == 1)
    let moved = try stage.queue.active().count
    try stage.write(next: next, last: last, every: interval)
    let before = try stage.book()
    let reply = try stage.call(2, every: interval)
    let after = try stage.book()
    let pace = Pace(perSecond: 1_000_000 / Double(interval))
    let due = min(500, before.due(now: after.last, pace))
    #expect(reply.changed - moved == due)
    #expect(due == 0 || abs(after.next - before.next - Double(due * interval)) < 1)
    #expect(reply.batch == (due > 0 ? 2 : 1))
  }

  @Test("a call before its time does nothing, keeps its number free, and says how long to wait")
  func notDue() throws {
    let stage = try Stage()
    let first = try stage.call(1, every: 60_000_000)
    #expect((first.batch, first.changed, first.already, first.left, first.more) == (1, 1, 0, 999, 1))
    #expect((30_000_000...60_000_000).contains(first.pause))
    let book = try stage.book()
    let second = try stage.call(2, every: 60_000_000)
    #expect((second.batch, second.changed, second.already, second.left, second.more) == (1, 1, 0, 999, 1))
    #expect(try stage.book() == book)
    #expect(try stage.queue.active().count == 1)
  }

  @Test("a run that begins before the next turn of its forerunner waits for that turn")
  func tooEarly() throws {
    let stage = try Stage()
    try stage.write(next: 30_000_000, last: -30_000_000, every: 60_000_000)
    let reply = try stage.call(1, every: 10_000)
    #expect((reply.batch, reply.changed, reply.already, reply.left, reply.more) == (0, 0, 0, 1000, 1))
    #expect((1_000_000...30_000_000).contains(reply.pause))
    #expect(try stage.queue.active().isEmpty)
    // No turn is written either.
    #expect(try stage.queue.redis.command("HEXISTS", "usher:{waiting}:pace", "operation") == .integer(0))
  }

  @Test("a batch that is asked for twice takes its turns once")
  func repeated() throws {
    let stage = try Stage()
    try stage.write(next: -100_000, last: -100_000, every: 1000)
    let first = try stage.call(1, every: 1000)
    #expect(first.changed > 50)
    let book = try stage.book()
    let again = try stage.call(1, every: 1000)
    #expect((again.batch, again.changed, again.left) == (first.batch, first.changed, first.left))
    #expect(try stage.book() == book)
    #expect(try stage.queue.active().count == first.changed)
  }

  @Test("turns for which nobody waits are gone, and the run is over with its last")
  func nobody() throws {
    let stage = try Stage(0)
    try stage.write(next: -300_000, last: -300_000, every: 1000)
    let reply = try stage.call(1, every: 1000, turns: 20_000)
    #expect((reply.changed, reply.left, reply.more) == (0, 0, 1))
    // All that were due, not only those that might have been caught up at once.
    #expect(reply.turns > 300)
    #expect(try stage.book().next > stage.book().last)
    let other = try Stage(0)
    try other.write(next: -300_000, last: -300_000, every: 1000)
    let end = try other.call(1, every: 1000, turns: 100)
    #expect((end.turns, end.more) == (100, 0))
  }

  @Test("a run is over when the last turn of its window is taken, whoever took it")
  func takenByOthers() throws {
    let stage = try Stage()
    try stage.write(next: -1000, last: -1000, every: 1000)
    let first = try stage.call(1, every: 1000, turns: 60_000)
    #expect(first.more == 1)
    let until = try #require(Double(try stage.queue.redis.command("HGET", stage.record, "until_us").string))
    // Another run, with larger intervals, has taken all turns up to there.
    try stage.queue.redis.command(
      "HSET", "usher:{waiting}:pace", "next_us", RedisArgument(String(until)), "interval_us", "3600000000")
    let second = try stage.call(2, every: 1000, turns: 60_000)
    #expect((second.more, second.turns, second.changed) == (0, first.turns, first.changed))
  }

  @Test("a clock that was set back stops nobody: the turn is now")
  func clockSetBack() throws {
    let stage = try Stage()
    try stage.write(next: 3_600_000_000, last: 3_599_000_000, every: 1_000_000)
    #expect(try stage.call(1, every: 1_000_000).changed == 1)
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
      #expect(try stage.call(batch, every: 10_000).batch == batch)
      batch += 1
    }
    // The list, and one for each 128 people.
    #expect(try queue.beforeImageKeys(of: stage.operation).count == 3)
    for key in try queue.beforeImageKeys(of: stage.operation) {
      #expect((1...86_400).contains(try queue.redis.command("TTL", key).integer))
    }
    try queue.redis.command("SREM", "active", "t7")
    try stage.giveBack()
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
    try stage.giveBack()
    let undone = try queue.undo(stage.operation)
    #expect((undone.changed, undone.skipped) == (1, 2))
    #expect(try queue.line().first == .init(token: "again", score: "7"))
    #expect(try queue.room.planUndo(of: stage.operation).count == 0)
  }

  @Test("a pause lets nobody in, whatever is due")
  func paused() throws {
    let stage = try Stage()
    try stage.queue.redis.command("SET", "usher:{waiting}:paused", "x", "PX", "60000")
    let error = try #require(throws: RedisError.self) { try stage.call(1, every: 0) }
    #expect(error.serverCode == "USHERPAUSED")
    #expect(try stage.queue.active().isEmpty)
  }
}

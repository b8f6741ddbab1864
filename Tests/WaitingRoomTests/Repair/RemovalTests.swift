import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("taking people out")
struct RemovalTests {
  @Test("takes out exactly those who are meant, and undo gives each the exact score", arguments: Shape.allCases)
  func removes(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let scores = [
      "1764547200123.4567", "0.1", "-3", "9007199254740993", "1e300", "5e-324", "-inf", "inf", "-0",
      "0.30000000000000004",
    ]
    try queue.enqueue(scores.enumerated().map { ("s\($0.offset)", $0.element) })
    try queue.enqueue(1300)
    try queue.activate("x")
    let before = try queue.line()
    let words = (0..<10).map { RedisArgument("s\($0)") } + (0..<1200).map { RedisArgument("t\($0)") }
    let (operation, outcome) = try queue.remove(words)
    #expect(outcome == ChangeOutcome(changed: 1210))
    #expect(try queue.order() == (1200..<1300).map { "t\($0)" })
    #expect(try queue.active() == ["x"])
    #expect(try queue.journal.find(operation)?.changed == 1210)
    for key in try queue.beforeImageKeys(of: operation) {
      #expect((1...RedisJournal.beforeImageRetentionSeconds).contains(try queue.redis.command("TTL", key).integer))
    }
    #expect(try queue.room.planUndo(of: operation).count == 1210)
    #expect(try queue.undoRemoval(operation) == ChangeOutcome(changed: 1210))
    #expect(try queue.line() == before)
    #expect(try queue.room.planUndo(of: operation).count == 0)
    #expect(try queue.beforeImageKeys(of: operation).isEmpty)
  }

  @Test("the plan counts words that mean nobody, and words given twice once; it changes nothing")
  func plan() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3)
    try queue.activate("a")
    let plan = try queue.room.planRemoval(["t1", "nobody", "t1", "a", "t2"], takesActive: false)
    #expect(plan.count == 2)
    #expect(plan.unknown == ["nobody", "a"])
    #expect(plan.sample == ["t1", "t2"])
    let both = try queue.room.planRemoval(["t1", "nobody", "t1", "a", "t2"], takesActive: true)
    #expect((both.count, both.waiting, both.unknown) == (3, 2, ["nobody"]))
    #expect(try queue.room.planRemoval([], takesActive: true).count == 0)
    #expect(try queue.line().count == 3)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test(
    "of the active takes them out wherever they are, and undo brings back what they had", arguments: Shape.allCases)
  func active(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(600)
    for number in 0..<450 { try queue.activate("a\(number)", lifetime: 200_000 + number) }
    try queue.activate("t7")  // waits and is active: both are given back
    let (line, state) = (try queue.line(), try queue.activeState())
    let words = (0..<400).map { RedisArgument("a\($0)") } + (0..<20).map { RedisArgument("t\($0)") }
    let (operation, outcome) = try queue.remove(words, takesActive: true)
    #expect(outcome == ChangeOutcome(changed: 420))
    #expect(try queue.active() == Set((400..<450).map { RedisArgument("a\($0)") }))
    #expect(try queue.line() == Array(line.dropFirst(20)))
    #expect(try queue.undoRemoval(operation) == ChangeOutcome(changed: 420))
    #expect(try queue.line() == line)
    #expect(try queue.activeState() == state)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("who has come back meanwhile keeps the place of now, and is counted", arguments: Shape.allCases)
  func cameBack(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(6)
    try queue.activate("a", "b")
    let (operation, _) = try queue.remove(["t0", "t1", "t2", "t3", "a", "b"], takesActive: true)
    try queue.enqueue([("t1", "1800000000000"), ("a", "1800000000001")])
    try queue.activate("t2")
    let outcome = try queue.undoRemoval(operation)
    #expect((outcome.changed, outcome.skipped) == (3, 3))
    #expect(outcome.notes.first?.hasPrefix("3 had come back") == true)
    #expect(try queue.order() == ["t0", "t3", "t4", "t5", "t1", "a"])
    #expect(try queue.active() == ["t2", "b"])
  }

  @Test("of a line whose members name their user takes them by token, with the keys of that token")
  func members() throws {
    let queue = try QueueFixture(.expirySet, member: .tokenAndUser)
    try queue.enqueue([("t1:kim", "1"), ("t2:lee", "2"), ("t3:park", "3")])
    let line = try queue.line()
    let side = SideKeys(perToken: ["token:info:{token}"])
    for token in ["t1", "t2"] { try queue.redis.command("SET", "token:info:\(token)", "x") }
    let (operation, outcome) = try queue.remove(["t1", "t2:lee"], side: side)
    #expect(outcome.changed == 2)
    #expect(try queue.order() == ["t3:park"])
    #expect(try queue.redis.command("EXISTS", "token:info:t1", "token:info:t2") == .integer(0))
    try queue.undoRemoval(operation, side: side)
    #expect(try queue.line() == line)
    #expect(try queue.redis.command("EXISTS", "token:info:t1", "token:info:t2") == .integer(2))
  }

  @Test("of two members with one token, or of one named twice, counts each once and takes the keys along once")
  func doubles() throws {
    let queue = try QueueFixture(member: .tokenAndUser)
    try queue.enqueue([("t1:kim", "1"), ("t1:lee", "2"), ("t2:lee", "3")])
    let line = try queue.line()
    let side = SideKeys(perToken: ["token:info:{token}"], waitingCounter: "count")
    try queue.redis.command("MSET", "token:info:t1", "x", "count", "3")
    let (operation, outcome) = try queue.remove(["t1", "t1:kim", "t1:lee"], side: side)
    #expect(outcome == ChangeOutcome(changed: 2))
    #expect(try queue.redis.command("GET", "count").string == "1")
    #expect(try queue.undoRemoval(operation, side: side) == ChangeOutcome(changed: 2))
    #expect(try queue.line() == line)
    #expect(try queue.redis.command("MGET", "count", "token:info:t1").array.map { try $0.string } == ["3", "x"])
  }

  @Test("who is set aside by now is not put back as well")
  func setAside() throws {
    let queue = try QueueFixture()
    try queue.enqueue(5)
    let (operation, _) = try queue.remove(["t1", "t2"])
    try queue.enqueue([("t1", "1800000000000")])
    let (drain, _) = try queue.park()
    let outcome = try queue.undoRemoval(operation)
    #expect((outcome.changed, outcome.skipped) == (1, 1))
    #expect(try queue.order() == ["t2"])
    try queue.unpark(drain)
    #expect(try queue.order() == ["t0", "t2", "t3", "t4", "t1"])
  }

  @Test("who stays active stays one of the service's people when only the place is removed", arguments: Shape.allCases)
  func waitingAndActive(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(3)
    try queue.activate("t1")
    let line = try queue.line()
    let (operation, outcome) = try queue.remove(["t1"])
    #expect(outcome.changed == 1)
    #expect(try queue.active() == ["t1"])
    #expect(try queue.undoRemoval(operation).changed == 1)
    #expect(try queue.line() == line)
    #expect(try queue.active() == ["t1"])
  }

  @Test("whoever leaves between plan and turn is skipped and not invented by the undo")
  func leftBefore() throws {
    let queue = try QueueFixture()
    try queue.enqueue(5)
    let plan = try queue.room.planRemoval(["t0", "t1", "t2"], takesActive: false)
    try queue.redis.command("ZREM", "waiting", "t1")
    let (operation, outcome) = try queue.change("queue remove", planned: 3) { change in
      try queue.room.remove(plan, change)
    }
    #expect((outcome.changed, outcome.skipped) == (2, 1))
    try queue.undoRemoval(operation)
    #expect(try queue.order() == ["t0", "t2", "t3", "t4"])
  }

  @Test("the whole set of the active ends when it would have ended, though it was gone in between")
  func wholeKeyEnd() throws {
    let queue = try QueueFixture(.wholeKeySet)
    try queue.activate("a", "b", lifetime: 100_000)
    let end = try queue.redis.command("PEXPIRETIME", "active").integer
    let (operation, _) = try queue.remove(["a", "b"], takesActive: true)
    #expect(try queue.redis.command("EXISTS", "active") == .integer(0))
    try queue.undoRemoval(operation)
    #expect(try queue.active() == ["a", "b"])
    #expect(abs(try queue.redis.command("PEXPIRETIME", "active").integer - end) <= 1)
  }

  @Test("an interrupted one ends between batches, and undo takes back what was done")
  func interrupted() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3000)
    let line = try queue.line()
    let progress = Recorder()
    let control = ChangeControl(isInterrupted: { progress.last >= 500 }, progress: { progress.note($0) })
    let (operation, outcome) = try queue.remove(line.map(\.token), control: control)
    #expect(outcome.wasInterrupted)
    #expect((500..<3000).contains(outcome.changed))
    #expect(try queue.line() == Array(line.dropFirst(outcome.changed)))
    let second = Recorder()
    let part = try queue.undoRemoval(
      operation, control: ChangeControl(isInterrupted: { second.last >= 500 }, progress: { second.note($0) }))
    #expect(try queue.undoRemoval(operation).changed + part.changed == outcome.changed)
    #expect(try queue.line() == line)
  }

  @Test("a before-image that is gone is said, and nothing is invented")
  func imageGone() throws {
    let queue = try QueueFixture()
    try queue.enqueue(5)
    try queue.activate("a", "b")
    let (operation, _) = try queue.remove(["a"], takesActive: true)
    try queue.redis.command("DEL", RedisArgument(queue.room.keys.beforeImages(operation) + ":1:active"))
    let failure = try #require(throws: Failure.self) { try queue.undoRemoval(operation) }
    #expect(failure.message.contains("no longer kept"))
    #expect(try queue.active() == ["b"])
  }
}

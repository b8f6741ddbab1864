import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("taking an admission back")
struct AdmissionUndoTests {
  @Test("gives everybody the old place, with every digit of the score", arguments: Shape.allCases)
  func exact(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let scores = [
      "1700000000000.1234", "0.1", "-3", "9007199254740993", "1e300", "5e-324", "-inf", "3.0000000000000004", "17",
    ]
    try queue.enqueue(scores.enumerated().map { ("s\($0.offset)", $0.element) })
    try queue.enqueue((0..<1300).map { ("t\($0)", String(1_700_000_000_000 + $0 / 7)) })
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(1200))
    #expect(outcome.changed == 1200)
    #expect(try queue.undo(operation) == ChangeOutcome(changed: 1200))
    #expect(try queue.line() == before)
    #expect(try queue.active().isEmpty)
    #expect(try queue.beforeImageKeys(of: operation).isEmpty)
  }

  @Test("leaves those alone who have gone meanwhile, and counts them", arguments: Shape.allCases)
  func gone(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(10)
    let (operation, _) = try queue.admit(.count(6))
    for token in ["t0", "t3"] as [RedisArgument] { try shape.leave(token, on: queue.redis) }
    let outcome = try queue.undo(operation)
    #expect((outcome.changed, outcome.skipped) == (4, 2))
    #expect(outcome.notes == ["2 had left the service meanwhile and were not returned"])
    #expect(try queue.line().map(\.token) == ["t1", "t2", "t4", "t5", "t6", "t7", "t8", "t9"])
    #expect(try queue.active().isEmpty)
  }

  @Test("leaves those alone whose time is over", arguments: [Shape.expirySet, .admissionTimeSet])
  func expired(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(3)
    let (operation, _) = try queue.admit(.count(3))
    try queue.redis.command("ZADD", "active", "1000", "t1")
    let outcome = try queue.undo(operation)
    #expect((outcome.changed, outcome.skipped) == (2, 1))
    #expect(try queue.line().map(\.token) == ["t0", "t2"])
  }

  @Test(
    "gives the better place to somebody who waits again, and leaves the active whom it did not admit",
    arguments: Shape.allCases)
  func merges(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(3)
    try queue.activate("x")
    let (operation, _) = try queue.admit(.count(3))
    try queue.enqueue([("t1", "1800000000000"), ("late", "1750000000000"), ("t2", "5")])
    #expect(try queue.undo(operation).changed == 3)
    #expect(try queue.line().map(\.token) == ["t2", "t0", "t1", "late"])
    #expect(try queue.line()[2].score == "1700000000001")
    #expect(try queue.active() == ["x"])
  }

  @Test("puts somebody back who was waiting and active at once, and leaves the activity", arguments: Shape.allCases)
  func wasInBoth(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(3)
    try queue.activate("t1")
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(3))
    #expect((outcome.changed, outcome.skipped) == (2, 1))
    #expect(try queue.undo(operation).changed == 3)
    #expect(try queue.line() == before)
    #expect(try queue.active() == ["t1"])
  }

  @Test("goes on where it was broken off, and finds nothing to do after the end")
  func resumes() throws {
    let queue = try QueueFixture()
    try queue.enqueue(4000)
    let before = try queue.line()
    let (operation, _) = try queue.admit(.count(4000))
    let progress = Recorder()
    let first = try queue.undo(
      operation, control: ChangeControl(isInterrupted: { progress.last >= 500 }, progress: { progress.note($0) }))
    #expect(first.wasInterrupted)
    #expect((500..<4000).contains(first.changed))
    #expect(try queue.room.planUndo(of: operation).count == 4000 - first.changed)
    let second = try queue.undo(operation)
    #expect(first.changed + second.changed == 4000)
    #expect(try queue.line() == before)
    #expect(try queue.room.planUndo(of: operation).count == 0)
    #expect(try queue.undo(operation) == ChangeOutcome())
  }

  @Test("puts nobody back who came again and is set aside now", arguments: Shape.allCases)
  func setAside(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(3)
    let (operation, _) = try queue.admit(.count(3))
    try queue.enqueue([("t1", "1800000000000")])
    let (drain, _) = try queue.park()
    let outcome = try queue.undo(operation)
    #expect((outcome.changed, outcome.skipped) == (2, 1))
    #expect(outcome.notes == ["1 came back and is set aside; `usher queue unpark --queue tickets` returns everybody"])
    #expect(try queue.line().map(\.token) == ["t0", "t2"])
    // Nor does the restore: one place is enough for anybody.
    try queue.unpark(drain)
    #expect(try queue.line().map(\.token) == ["t0", "t2"])
    #expect(try queue.active() == ["t1"])
  }

  @Test("tells those who have left from those who are set aside, over several batches")
  func goneAndAside() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1200)
    let (operation, _) = try queue.admit(.count(1200))
    for number in [3, 4, 700, 1100] { try queue.shape.leave("t\(number)", on: queue.redis) }
    try queue.enqueue([("t5", "1800000000000"), ("t900", "1800000000000"), ("t4", "1800000000000")])
    try queue.park()
    let outcome = try queue.undo(operation)
    #expect((outcome.changed, outcome.skipped) == (1194, 6))
    #expect(
      outcome.notes == [
        "3 had left the service meanwhile and were not returned",
        "3 came back and are set aside; `usher queue unpark --queue tickets` returns everybody",
      ])
  }

  @Test("keeps the pace that is asked for, in parts of a before-image", arguments: Shape.allCases)
  func paced(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(300)
    let before = try queue.line()
    try queue.activate("t7")
    let (operation, _) = try queue.admit(.count(100))
    let progress = Recorder()
    let control = ChangeControl(
      unitsPerSecond: 100, isInterrupted: { progress.last >= 20 }, progress: { progress.note($0) })
    let first = try queue.undo(operation, control: control)
    // A tenth of a second's worth at a time.
    #expect((first.changed, first.wasInterrupted) == (20, true))
    #expect(try queue.beforeImageKeys(of: operation).count == (shape == .expiringMemberSet ? 3 : 2))
    #expect(try queue.line().count == 220)
    #expect(try queue.room.planUndo(of: operation).count == 80)
    #expect(try queue.undo(operation).changed == 80)
    #expect(try queue.line() == before)
    #expect(try queue.active() == ["t7"])
    #expect(try queue.beforeImageKeys(of: operation).isEmpty)
  }

  @Test("of an admission that was killed in the middle takes back what it did")
  func afterACrash() throws {
    let queue = try QueueFixture()
    try queue.enqueue(2000)
    let before = try queue.line()
    let progress = Recorder()
    let plan = try queue.room.planAdmission(.count(2000))
    let operation = try queue.begin()
    let control = ChangeControl(isInterrupted: { progress.last >= 500 }, progress: { progress.note($0) })
    _ = try queue.room.admit(plan, RunningChange(operation, lock: try queue.lock(), control: control))
    for key in ["lock", "alive:\(operation)"] {
      try queue.redis.command("DEL", RedisArgument(queue.room.keys.name(key)))
    }
    #expect(try queue.journal.find(operation)?.state == .lost)
    try queue.undo(operation)
    #expect(try queue.line() == before)
  }

  @Test("is refused when the before-images are gone, and when the queue has other keys now")
  func refusals() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    let (operation, _) = try queue.admit(.count(5))
    let other = try QueueLayout(
      name: "tickets", waitingKey: "waiting", active: WholeKeySet(key: "elsewhere", lifetimeMilliseconds: 1))
    let moved = try #require(throws: Failure.self) {
      try WaitingRoom(other, on: queue.redis).planUndo(of: operation)
    }
    #expect(moved.kind == .configuration)
    #expect(moved.message.contains("'active'") && moved.message.contains("'elsewhere'"))
    for key in try queue.beforeImageKeys(of: operation) { try queue.redis.command("DEL", key) }
    let lost = try #require(throws: Failure.self) { try queue.room.planUndo(of: operation) }
    #expect(lost.kind == .failed)
    #expect(lost.causes == ["they are kept for 24 hours"])
  }

  @Test("ends with an error, and not with a part taken for the whole, where an earlier before-image is gone")
  func partlyExpired() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1500)
    let before = try queue.line()
    let (operation, _) = try queue.admit(.count(1500))
    let images = try queue.beforeImageKeys(of: operation)
    #expect(images.count == 4)  // the list, and three batches
    let first = RedisArgument(queue.room.keys.beforeImages(operation) + ":1")
    #expect(images.contains(first))
    try queue.redis.command("DEL", first)
    let error = try #require(throws: Failure.self) { try queue.undo(operation) }
    #expect(error.kind == .failed)
    #expect(error.message.contains("the before-images of its earlier part are no longer kept"))
    #expect(try queue.line() == Array(before.dropFirst(500)))
    #expect(try queue.room.planUndo(of: operation).count == 500)
  }
}

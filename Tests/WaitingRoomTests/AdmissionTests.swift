import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("the plan of an admission")
struct AdmissionPlanTests {
  @Test("is bounded by who waits, and shows the first in line")
  func count() throws {
    let queue = try QueueFixture()
    #expect(try queue.room.planAdmission(.count(10)).count == 0)
    try queue.enqueue(20)
    let plan = try queue.room.planAdmission(.count(7))
    #expect((plan.count, plan.fillTo, plan.sample) == (7, nil, ["t0", "t1", "t2", "t3", "t4"]))
    #expect(try queue.room.planAdmission(.count(2)).sample == ["t0", "t1"])
    #expect(try queue.room.planAdmission(.count(.max)).count == 20)
    #expect(try queue.line().count == 20)
    #expect(try queue.redis.command("KEYS", "usher:*") == .array([]))
  }

  @Test("to fill up leaves those out who are active already", arguments: Shape.allCases)
  func fill(shape: Shape) throws {
    let queue = try QueueFixture(shape, capacity: 12)
    try queue.enqueue(20)
    try queue.activate("a", "b")
    #expect(try queue.room.planAdmission(.fillTo(5)).count == 3)
    #expect(try queue.room.planAdmission(.fillTo(1)).count == 0)
    #expect(try queue.room.planAdmission(.fillTo(0)).count == 0)
    #expect(try queue.room.planAdmission(.fillTo(1000)).count == 20)
    #expect(try queue.room.planAdmission(.fillCapacity).count == 10)
  }

  @Test("to fill a queue without a capacity is refused as usage, with what to write")
  func noCapacity() throws {
    let queue = try QueueFixture()
    let failure = try #require(throws: Failure.self) { try queue.room.planAdmission(.fillCapacity) }
    #expect(failure.kind == .usage)
    #expect(failure.hints.contains { $0.contains("--fill-to") })
  }

  @Test("warns of more than the capacity, and of an active set that never ends")
  func warnings() throws {
    let queue = try QueueFixture(capacity: 5)
    try queue.enqueue(20)
    #expect(try queue.room.planAdmission(.count(5)).warnings.isEmpty)
    #expect(try queue.room.planAdmission(.count(6)).warnings == ["6 would be active, more than the capacity of 5"])
    try queue.redis.command("SADD", "active", "x")
    #expect(try queue.room.planAdmission(.count(1)).warnings.count == 1)
  }

  @Test("does not warn of what would be active where there is nobody to admit")
  func nobody() throws {
    let queue = try QueueFixture(.expirySet, capacity: 2)
    try queue.activate("x", "y", "z")
    let plan = try queue.room.planAdmission(.fillCapacity)
    #expect(plan.count == 0)
    #expect(plan.warnings.isEmpty)
  }
}

@Suite("an admission")
struct AdmissionTests {
  @Test("moves exactly the first so many, over several batches, in every shape", arguments: Shape.allCases)
  func moves(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(2200)
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(1234))
    #expect(outcome == ChangeOutcome(changed: 1234))
    #expect(try queue.line() == Array(before.dropFirst(1234)))
    #expect(try queue.active() == Set(before.prefix(1234).map(\.token)))
    let record = try #require(try queue.journal.find(operation))
    #expect((record.changed, record.state) == (1234, .done))
    let images = try queue.beforeImageKeys(of: operation)
    // The list and three batches, each with its expiry where that is inside the members.
    #expect(images.count == (shape == .expiringMemberSet ? 7 : 4))
    for key in images {
      #expect((1...RedisJournal.beforeImageRetentionSeconds).contains(try queue.redis.command("TTL", key).integer))
    }
  }

  @Test("gives everybody the time that the layout says", arguments: Shape.allCases)
  func lifetime(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 60_000)
    try queue.enqueue(3)
    let before = try queue.journal.serverMilliseconds()
    try queue.admit(.count(2))
    let after = try queue.journal.serverMilliseconds()
    switch shape {
    case .wholeKeySet:
      #expect((1...60_000).contains(try queue.redis.command("PTTL", "active").integer))
    case .expirySet:
      let expiry = try queue.redis.command("ZSCORE", "active", "t1").integer
      #expect((before + 60_000...after + 60_000).contains(expiry))
    case .admissionTimeSet:
      #expect((before...after).contains(try queue.redis.command("ZSCORE", "active", "t1").integer))
    case .keyPerToken:
      #expect((1...60_000).contains(try queue.redis.command("PTTL", "active:t1:x").integer))
    case .expiringMemberSet:
      let members = try queue.redis.command("SMEMBERS", "active").array.map { try $0.string }
      let expiry = try #require(members.first { $0.hasPrefix("t1:") }.flatMap { Int($0.dropFirst(3)) })
      #expect((before + 60_000...after + 60_000).contains(expiry))
    }
    #expect(try queue.room.snapshot().active == 2)
  }

  @Test("arms the whole key's time anew, as the service does")
  func rearms() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 300_000)
    try queue.activate("a", lifetime: 5000)
    try queue.enqueue(1)
    try queue.admit(.count(1))
    #expect(try queue.redis.command("PTTL", "active").integer > 5000)
  }

  @Test("of more than wait takes them all and says so", arguments: Shape.allCases)
  func tooMany(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(7)
    let plan = try queue.room.planAdmission(.count(7))
    try queue.redis.command("ZPOPMIN", "waiting", "2")
    let operation = try queue.begin()
    let outcome = try queue.room.admit(plan, RunningChange(operation, lock: try queue.lock(), control: .init()))
    #expect(outcome.changed == 5)
    #expect(outcome.notes == ["2 fewer than planned: nobody is waiting any more"])
    #expect(try queue.line().isEmpty)
    #expect(try queue.active().count == 5)
  }

  @Test("never moves more than the plan said, although more have come")
  func bounded() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3)
    let plan = try queue.room.planAdmission(.count(10))
    try queue.enqueue((0..<50).map { ("late\($0)", "1800000000000") })
    let operation = try queue.begin()
    let outcome = try queue.room.admit(plan, RunningChange(operation, lock: try queue.lock(), control: .init()))
    #expect(outcome == ChangeOutcome(changed: 3))
    #expect(try queue.line().count == 50)
  }

  @Test(
    "to fill up stops where others have filled meanwhile",
    arguments: [Shape.wholeKeySet, .expirySet, .admissionTimeSet])
  func fillJudgedInside(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(20)
    let plan = try queue.room.planAdmission(.fillTo(10))
    #expect(plan.count == 10)
    try queue.activate("a", "b", "c", "d")
    let operation = try queue.begin()
    let outcome = try queue.room.admit(plan, RunningChange(operation, lock: try queue.lock(), control: .init()))
    #expect(outcome.changed == 6)
    #expect(outcome.notes == ["4 fewer than planned: others filled the capacity meanwhile"])
    #expect(try queue.room.snapshot().active == 10)
  }

  @Test("lets a token that is active already leave the line without counting it twice", arguments: Shape.allCases)
  func alreadyActive(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(5)
    try queue.activate("t1", "t3", "x", lifetime: 250_000)
    let score = shape == .expirySet ? try queue.redis.command("ZSCORE", "active", "t1") : .null
    let (operation, outcome) = try queue.admit(.count(4))
    #expect((outcome.changed, outcome.skipped) == (2, 2))
    #expect(outcome.notes.first?.contains("active already") == true)
    #expect(try queue.active() == ["t0", "t1", "t2", "t3", "x"])
    #expect(try queue.line().map(\.token) == ["t4"])
    #expect(try queue.journal.find(operation)?.changed == 2)
    if shape == .expirySet { #expect(try queue.redis.command("ZSCORE", "active", "t1") == score) }
  }

  @Test("admits somebody anew whose earlier time is over", arguments: [Shape.expirySet, .admissionTimeSet])
  func afterExpiry(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 60_000)
    try queue.redis.command("ZADD", "active", "1000", "t0")
    try queue.enqueue(1)
    #expect(try queue.admit(.count(1)).1 == ChangeOutcome(changed: 1))
    #expect(try queue.room.snapshot().active == 1)
  }

  @Test("takes tokens of any bytes", arguments: Shape.allCases)
  func anyBytes(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let tokens: [RedisArgument] =
      shape == .keyPerToken
      ? ["김서연", "a b", "{\"token\":\"x\"}"]
      : ["김서연", "a b\r\n", RedisArgument([0, 255, 10]), RedisArgument([UInt8](repeating: 7, count: 5000))]
    try queue.enqueue(tokens.map { ($0, "1700000000000") })
    let line = try queue.line()
    let (operation, _) = try queue.admit(.count(10))
    #expect(try queue.active() == Set(tokens))
    try queue.undo(operation)
    #expect(try queue.line() == line)
  }

  @Test("ends after the batch in hand when it is interrupted")
  func interrupted() throws {
    let queue = try QueueFixture()
    try queue.enqueue(5000)
    let progress = Recorder()
    let control = ChangeControl(isInterrupted: { progress.last >= 1000 }, progress: { progress.note($0) })
    let (operation, outcome) = try queue.admit(.count(5000), control: control)
    #expect(outcome.wasInterrupted)
    #expect((1000..<5000).contains(outcome.changed))
    #expect(try queue.active().count == outcome.changed)
    #expect(try queue.line().count == 5000 - outcome.changed)
    #expect(try queue.journal.find(operation)?.state == .interrupted)
    try queue.undo(operation)
    #expect(try queue.line().count == 5000)
  }
}

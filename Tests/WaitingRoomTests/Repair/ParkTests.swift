import Changes
import Failures
import Glibc
import Redis
import Testing

@testable import WaitingRoom

@Suite("setting everybody aside")
struct DrainTests {
  @Test("empties the room in one step, and restore gives everybody the exact score", arguments: Shape.allCases)
  func roundTrip(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue([("s", "1700000000000.1234"), ("i", "-inf"), ("j", "5e-324")])
    try queue.enqueue(1300)
    try queue.activate("a")
    let before = try queue.line()
    let (drain, outcome) = try queue.park()
    #expect(outcome == ChangeOutcome(changed: 1303))
    #expect(try queue.line().isEmpty)
    #expect(try queue.active() == ["a"])
    #expect(try queue.room.parked() == [Parked(operation: drain, count: 1303)])
    #expect(try queue.redis.command("TTL", RedisArgument(queue.room.parkedKey(drain))) == .integer(-1))
    #expect(try queue.redis.command("TTL", RedisArgument(queue.room.parkedKey)) == .integer(-1))
    #expect(try queue.journal.find(drain)?.changed == 1303)
    #expect(try queue.unpark(drain) == ChangeOutcome(changed: 1303))
    #expect(try queue.line() == before)
    #expect(try queue.room.parked().isEmpty)
    #expect(try queue.unpark(drain) == ChangeOutcome())
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("of nobody does nothing, and a second one has a place of its own")
  func several() throws {
    let queue = try QueueFixture()
    #expect(try queue.park().1 == ChangeOutcome())
    #expect(try queue.room.parked().isEmpty)
    try queue.enqueue(3)
    let (first, _) = try queue.park()
    try queue.enqueue([("late", "1800000000000")])
    let (second, _) = try queue.park()
    #expect(try queue.room.parked().map(\.count) == [3, 1])
    try queue.unpark(second)
    try queue.unpark(first)
    #expect(try queue.order() == ["t0", "t1", "t2", "late"])
  }

  @Test(
    "merges those who came meanwhile by score, fewer or more than were set aside", arguments: Shape.allCases,
    [40, 1700, 4000])
  func merges(shape: Shape, newcomers: Int) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(2000)
    let before = try queue.line()
    let (drain, _) = try queue.park()
    let others = (0..<newcomers).map { (RedisArgument("n\($0)"), String(1_700_000_000_000.0 + Double($0) / 3 + 0.1)) }
    try queue.enqueue(others)
    let after = try queue.line()
    #expect(try queue.unpark(drain) == ChangeOutcome(changed: 2000))
    let line = try queue.line()
    #expect(Set(line) == Set(before + after))
    #expect(line.count == 2000 + newcomers)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("gives somebody who came again the place of before, once", arguments: [1, 50])
  func again(newcomers: Int) throws {
    let queue = try QueueFixture()
    try queue.enqueue(20)
    let before = try queue.line()
    let (drain, _) = try queue.park()
    try queue.enqueue([("t3", "1800000000000")])
    try queue.enqueue((1..<newcomers).map { ("n\($0)", "1900000000000") })
    let outcome = try queue.unpark(drain)
    #expect(outcome.changed == 20)
    #expect(outcome.notes == ["1 of them had come back meanwhile, and was not added twice"])
    #expect(Array(try queue.line().prefix(20)) == before)
    #expect(try queue.line().count == 19 + newcomers)
  }

  @Test("leaves those alone who came again and were admitted", arguments: Combination.all, [0, 100, 900])
  func admitted(form: Combination, newcomers: Int) throws {
    let queue = try form.queue()
    try form.enqueue((0..<700).map { "t\($0)" }, on: queue)
    let (drain, _) = try queue.park()
    // More than one batch of them, the last under another member with the same token.
    try form.activate((0..<300).map { "t\($0)" }, on: queue)
    try form.activate(["t300"], user: "lee", on: queue)
    try form.enqueue((0..<newcomers).map { "n\($0)" }, from: 1_900_000_000_000, on: queue)
    let outcome = try queue.unpark(drain)
    #expect(outcome.changed == 399)
    #expect(outcome.notes == ["301 of them had come back meanwhile, and were not added twice"])
    #expect(
      try queue.line().map(\.token)
        == (301..<700).map { form.line("t\($0)") } + (0..<newcomers).map { form.line("n\($0)") })
    #expect(try queue.active() == form.names((0..<300).map { "t\($0)" }).union([form.name("t300", user: "lee")]))
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("leaves somebody alone who is one of thousands by now, on an old server too", arguments: Shape.allCases)
  func oneOfThousands(shape: Shape) throws {
    let form = Combination(shape: shape, member: .tokenAndUser, isNamed: true)
    let queue = try form.queue(settings: OldServerTests.settings)
    try form.enqueue((0..<20).map { "t\($0)" }, on: queue)
    let (drain, _) = try queue.park()
    try form.activate((0..<3500).map { "x\($0)" } + ["t3"], on: queue)
    #expect(try queue.unpark(drain).changed == 19)
    #expect(try queue.active().count == 3501)
    #expect(try !queue.order().contains("t3:kim"))
  }

  @Test("of people who are all active by now leaves nobody set aside")
  func everybodyAdmitted() throws {
    let queue = try QueueFixture(.keyPerToken)
    try queue.enqueue(3)
    let (drain, _) = try queue.park()
    try queue.activate("t0", "t1", "t2")
    let outcome = try queue.unpark(drain)
    #expect(outcome.changed == 0)
    #expect(outcome.notes == ["3 of them had come back meanwhile, and were not added twice"])
    #expect(try queue.line().isEmpty)
    #expect(try queue.room.parked().isEmpty)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test(
    "that is asked to end ends with everybody in line, because in its middle newcomers are set aside as well",
    arguments: [1500, 2500])
  func interrupted(newcomers: Int) throws {
    let queue = try QueueFixture()
    try queue.enqueue(2000)
    let before = try queue.line()
    let (drain, _) = try queue.park()
    try queue.enqueue((0..<newcomers).map { ("n\($0)", String(1_800_000_000_000 + $0)) })
    let after = try queue.line()
    #expect(
      try queue.unpark(drain, control: ChangeControl(isInterrupted: { true })) == ChangeOutcome(changed: 2000))
    #expect(try queue.line() == before + after)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("never expires, and the waiting key has its own end back")
  func timeToLive() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3)
    try queue.redis.command("PEXPIRE", "waiting", "500000")
    let end = try queue.redis.command("PEXPIRETIME", "waiting").integer
    let (drain, _) = try queue.park()
    #expect(try queue.redis.command("PTTL", RedisArgument(queue.room.parkedKey(drain))) == .integer(-1))
    try queue.unpark(drain)
    #expect(abs(try queue.redis.command("PEXPIRETIME", "waiting").integer - end) <= 1)
    let (second, _) = try queue.park()
    try queue.enqueue([("n", "1")])
    try queue.unpark(second)
    #expect(try queue.redis.command("PTTL", "waiting") == .integer(-1))
    try queue.redis.command("PEXPIRE", "waiting", "2000")
    let (third, _) = try queue.park()
    while try queue.journal.serverMilliseconds() <= third.milliseconds + 2010 { usleep(20_000) }
    try queue.unpark(third)
    #expect(try queue.order() == ["n", "t0", "t1", "t2"])
  }
}

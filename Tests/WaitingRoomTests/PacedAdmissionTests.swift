import Changes
import Glibc
import Redis
import Support
import Testing

@testable import WaitingRoom

/// Nothing here is timed: counts are judged against the server's clock as the pace's book has it.
@Suite("a paced admission")
struct PacedAdmissionTests {
  private static let run = PacedRun(Pace(perSecond: 300), for: .seconds(1))

  private func book(_ queue: QueueFixture) throws -> PaceBook { try #require(try queue.room.paceBook()) }

  private func turns(_ queue: QueueFixture, _ operation: OperationID) throws -> Int {
    try queue.redis.command("HGET", RedisArgument(queue.room.keys.operation(operation)), "turns").integer
  }

  @Test("admits exactly rate times time, and at no instant more than the rate allows", arguments: Shape.allCases)
  func exact(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(1000)
    let before = try queue.line()
    let server = queue.server
    let start = try queue.journal.serverMilliseconds() * 1000
    let looks = Recorder()
    let control = ChangeControl(progress: { done in
      do {
        let last = try server.connect().command("HGET", "usher:{waiting}:pace", "last_us").integer
        // 300 a second, and the first at once. One more for what the start is rounded down by.
        #expect(done <= (last - start) * 300 / 1_000_000 + 1, "\(done) after \(last - start) µs")
        looks.note(done)
      } catch {
        Issue.record(error)
      }
    })
    let (operation, outcome) = try queue.admit(.count(.max), paced: Self.run, control: control)
    #expect(outcome == ChangeOutcome(changed: 300))
    #expect(try queue.line() == Array(before.dropFirst(300)))
    #expect(try queue.active() == Set(before.prefix(300).map(\.token)))
    #expect(try turns(queue, operation) == 300)
    #expect(looks.all.count >= 3, "it came in \(looks.all.count) batches")
    let book = try book(queue)
    #expect(Int(book.next) - start >= 1_000_000)
    #expect((1...120_000).contains(try queue.redis.command("PTTL", "usher:{waiting}:pace").integer))
    #expect(try queue.undo(operation).changed == 300)
    #expect(try queue.line() == before)
  }

  @Test("goes on while nobody waits, and admits those who come at their turns")
  func emptyRoom() throws {
    let queue = try QueueFixture()
    let server = queue.server
    let looks = Calls()
    let control = ChangeControl(isInterrupted: {
      // Some looks in, five people come at once.
      if looks.count() == 12 {
        for number in 0..<5 { _ = try? server.connect().command("ZADD", "waiting", "1", "late-\(number)") }
      }
      return false
    })
    let (operation, outcome) = try queue.admit(.count(.max), paced: Self.run, control: control)
    #expect(outcome.changed == 5)
    #expect(outcome.notes == ["295 fewer than planned: nobody waited when a turn came"])
    #expect(try turns(queue, operation) == 300)
    #expect(try queue.line().isEmpty)
    #expect(try queue.active().count == 5)
  }

  @Test(
    "with a number to fill up to waits for room, and uses it", arguments: [Shape.wholeKeySet, .expirySet])
  func fill(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(500)
    let server = queue.server
    let looks = Calls()
    let control = ChangeControl(
      isInterrupted: {
        if looks.count() == 30 {
          for token in ["t0", "t1", "t2"] as [RedisArgument] { _ = try? shape.leave(token, on: server.connect()) }
        }
        return false
      })
    let (_, outcome) = try queue.admit(.fillTo(10), paced: Self.run, control: control)
    #expect(outcome.changed == 13)
    #expect(outcome.notes == ["287 fewer than planned: nobody waited, or the capacity was full, when a turn came"])
    #expect(try queue.room.snapshot().active == 10)
  }

  @Test("of a count and a time ends with whichever comes first, and waits for people until then")
  func countWithin() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    #expect(try queue.room.planAdmission(.count(1000), paced: Self.run).count == 300)
    let server = queue.server
    let looks = Calls()
    let control = ChangeControl(isInterrupted: {
      if looks.count() == 15 {
        for number in 0..<50 { _ = try? server.connect().command("ZADD", "waiting", "1", "late-\(number)") }
      }
      return false
    })
    let (operation, outcome) = try queue.admit(.count(20), paced: Self.run, control: control)
    #expect(outcome == ChangeOutcome(changed: 20))
    #expect(try turns(queue, operation) < 300)
    #expect(try queue.line().count == 40)
  }

  @Test("of a count ends with the count, or when nobody waits")
  func count() throws {
    let queue = try QueueFixture()
    try queue.enqueue(50)
    #expect(try queue.admit(.count(20), paced: PacedRun(Pace(perSecond: 500))).1 == ChangeOutcome(changed: 20))
    let plan = try queue.room.planAdmission(.count(100), paced: PacedRun(Pace(perSecond: 500)))
    #expect((plan.count, plan.turns) == (30, nil))
    try queue.redis.command("ZPOPMIN", "waiting", "5")
    let outcome = try queue.room.admit(
      plan, RunningChange(try queue.begin(), lock: try queue.lock(), control: .init()))
    #expect(outcome.changed == 25)
    #expect(outcome.notes == ["5 fewer than planned: nobody is waiting any more"])
  }

  @Test("two runs that follow each other closely hold one pace together, each from a machine of its own")
  func following() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3000)
    let start = try queue.journal.serverMilliseconds() * 1000
    let half = PacedRun(Pace(perSecond: 300), for: .milliseconds(500))
    for _ in 0..<3 {
      let redis = try queue.server.connect()
      let room = WaitingRoom(queue.layout, on: redis)
      let plan = try room.planAdmission(.count(.max), paced: half)
      let lock = try queue.lock()
      _ = try room.admit(plan, RunningChange(try queue.begin(), lock: lock, control: .init()))
      try lock.release(on: queue.redis)
    }
    let book = try book(queue)
    let active = try queue.active().count
    #expect(active >= 440)
    #expect(active <= (Int(book.last) - start) * 300 / 1_000_000 + 1)
    // The turns are one row: the next is as far from the first as so many intervals.
    #expect(active <= Int((book.next - Double(start)) / book.interval) + 1)
  }

  @Test("a run after another's that has all turns of its time plans nothing, and says until when")
  func taken() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    let slow = PacedRun(Pace(perSecond: 1.0 / 3600), for: .seconds(60))
    let start = try queue.journal.serverMilliseconds()
    #expect(try queue.room.planAdmission(.count(.max), paced: slow).count == 1)
    // A minute with one turn in it ends with that turn.
    #expect(try queue.admit(.count(.max), paced: slow).1.changed == 1)
    let plan = try queue.room.planAdmission(.count(.max), paced: slow)
    #expect((plan.count, plan.turns) == (0, 0))
    let until = try #require(plan.takenUntilMilliseconds)
    #expect((start + 3_600_000...start + 3_660_000).contains(until))
    #expect(try queue.room.admit(plan, RunningChange(queue.begin(), lock: queue.lock(), control: .init())).changed == 0)
    #expect(try queue.line().count == 9)
    // A longer run waits for its turn, which is in it.
    let long = PacedRun(Pace(perSecond: 1.0 / 3600), for: .seconds(3601))
    #expect(try queue.room.planAdmission(.count(.max), paced: long).count == 1)
  }

  @Test("people come and leave beside it, and nobody is lost", arguments: Shape.allCases)
  func besideAService(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(700)
    let service = try Service(queue)
    let (operation, outcome) = try queue.admit(.count(.max), paced: PacedRun(Pace(perSecond: 500), for: .seconds(1)))
    #expect(outcome.changed == 500)
    try queue.undo(operation)
    try service.stop()
    try ConservationTests().audit(queue, service.book.withLock { $0 })
  }

  @Test("an interruption ends it after the batch in hand, and an accident costs no turn and doubles none")
  func interruptedAndBroken() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1000)
    let progress = Recorder()
    let control = ChangeControl(isInterrupted: { progress.last >= 50 }, progress: { progress.note($0) })
    let (operation, outcome) = try queue.admit(.count(.max), paced: Self.run, control: control)
    #expect(outcome.wasInterrupted)
    #expect((50..<300).contains(outcome.changed))
    #expect(try queue.active().count == outcome.changed)
    #expect(try turns(queue, operation) == outcome.changed)
    try queue.undo(operation)

    let server = queue.server
    let once = Calls()
    let broken = ChangeControl(progress: { done in
      guard done >= 100, once.count() == 1 else { return }
      do {
        try server.connect().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      } catch {
        Issue.record(error)
      }
    })
    #expect(try queue.admit(.count(.max), paced: Self.run, control: broken).1 == ChangeOutcome(changed: 300))
    #expect(once.soFar >= 1)
    #expect(try queue.active().count == 300)
  }
}

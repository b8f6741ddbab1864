import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("a pause of a queue")
struct PauseTests {
  private static let minute = Duration.seconds(60)

  @discardableResult
  private func pause(
    _ queue: QueueFixture, for length: Duration = PauseTests.minute, flag: String? = nil
  ) throws -> (OperationID, PauseOutcome) {
    let operation = try queue.begin("queue pause")
    let outcome = try queue.room.pause(for: length, operation: operation, by: queue.actor, serviceFlag: flag)
    return (operation, outcome)
  }

  private func resume(
    _ queue: QueueFixture, undoing id: OperationID? = nil, flag: String? = nil
  ) throws -> PauseOutcome {
    try queue.room.resume(operation: queue.begin("queue resume"), undoing: id, serviceFlag: flag)
  }

  private func left(_ queue: QueueFixture, _ key: RedisArgument) throws -> Int {
    try queue.redis.command("PTTL", key).integer
  }

  @Test("lets nobody in while it lasts, and ends by itself", arguments: Shape.allCases)
  func refuses(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(10)
    #expect(try queue.room.pauseNow() == nil)
    let early = try queue.room.planAdmission(.count(3))
    let (operation, outcome) = try pause(queue)
    #expect(outcome.isChanged)
    let now = try #require(try queue.room.pauseNow())
    #expect((now.operation, now.actor) == (operation, "kim@ops-1"))
    #expect(abs(now.untilMilliseconds - outcome.untilMilliseconds) < 100)
    #expect((1...60_000).contains(try left(queue, "usher:{waiting}:paused")))
    let refused = try #require(throws: AdmissionPaused.self) { try queue.room.planAdmission(.count(3)) }
    #expect(refused.pause.operation == operation)
    // A plan of before is refused by the script itself.
    #expect(throws: AdmissionPaused.self) {
      try queue.room.admit(early, RunningChange(queue.begin(), lock: queue.lock(), control: .init()))
    }
    #expect(try queue.line().count == 10)
    #expect(try queue.journal.find(operation)?.changed == 1)
    // What Redis does by itself when the time has come.
    try queue.redis.command("PEXPIRE", "usher:{waiting}:paused", "0")
    #expect(try queue.room.planAdmission(.count(3)).count == 3)
  }

  @Test("ends a paced run in its middle, with what was done recorded and able to be taken back")
  func inTheMiddle() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1000)
    let plan = try queue.room.planAdmission(.count(.max), paced: PacedRun(Pace(perSecond: 100), for: .seconds(60)))
    #expect(plan.count == 6000)
    let operation = try queue.begin()
    let server = queue.server
    let control = ChangeControl(progress: { done in
      guard done >= 20 else { return }
      do {
        try server.connect().command("SET", "usher:{waiting}:paused", "x", "PX", "60000")
      } catch {
        Issue.record(error)
      }
    })
    let paused = try #require(throws: AdmissionPaused.self) {
      try queue.room.admit(plan, RunningChange(operation, lock: queue.lock(), control: control))
    }
    #expect(paused.pause.actor == "x")
    let active = try queue.active().count
    #expect((20..<200).contains(active))
    #expect(try queue.journal.find(operation)?.changed == active)
    try queue.redis.command("DEL", "usher:{waiting}:lock")
    #expect(try queue.undo(operation).changed == active)
    #expect(try queue.line().count == 1000)
  }

  @Test("keeps the active alive until it is over and a lifetime has passed, where one time holds for all")
  func wholeKey() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 300_000)
    try queue.activate("a", "b", lifetime: 20_000)
    let plan = try queue.room.planPause(for: Self.minute)
    let (operation, outcome) = try pause(queue)
    #expect((350_000...360_000).contains(try left(queue, "active")))
    #expect(outcome.activeEndsMilliseconds == outcome.untilMilliseconds + 300_000)
    #expect(abs(try #require(plan.activeEndsMilliseconds) - outcome.untilMilliseconds - 300_000) < 5000)
    // The state before is in the record.
    let before = try queue.redis.command(
      "HGET", RedisArgument(queue.room.keys.operation(operation)), "active_before_ms"
    ).integer
    #expect((15_000...20_000).contains(before - outcome.untilMilliseconds + 60_000))
  }

  @Test("never makes the time of the active shorter, and gives none to a key without")
  func neverShorter() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 10_000)
    #expect(try pause(queue).1.activeEndsMilliseconds == nil)
    #expect(try queue.redis.command("EXISTS", "active") == .integer(0))
    try queue.activate("a", lifetime: 900_000)
    try pause(queue)
    #expect(try left(queue, "active") > 800_000)
    try queue.redis.command("PERSIST", "active")
    try pause(queue)
    #expect(try left(queue, "active") == -1)
    #expect(try resume(queue).isChanged)
    #expect(try left(queue, "active") == -1)
  }

  @Test(
    "does nothing to people who have a time of their own",
    arguments: [Shape.expirySet, .admissionTimeSet, .keyPerToken])
  func ownTimes(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.activate("a", lifetime: 200_000)
    let key: RedisArgument = shape == .keyPerToken ? "active:a:x" : "active"
    let before = try queue.redis.command("DUMP", key)
    let time = try left(queue, key)
    #expect(try pause(queue).1.activeEndsMilliseconds == nil)
    #expect(try queue.redis.command("DUMP", key) == before)
    #expect((time - 5000...time).contains(try left(queue, key)))
    #expect(try resume(queue).isChanged)
    #expect(try queue.redis.command("DUMP", key) == before)
    #expect((time - 5000...time).contains(try left(queue, key)))
  }

  @Test(
    "that is ended leaves the active the time of before, and at least a lifetime", arguments: [5000, 290_000, 400_000])
  func ended(time: Int) throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 300_000)
    try queue.activate("a", lifetime: time)
    try pause(queue, for: .seconds(600))
    #expect(try left(queue, "active") > 800_000)
    let outcome = try resume(queue)
    #expect(outcome.isChanged)
    #expect(try queue.room.pauseNow() == nil)
    let wanted = max(300_000, time)
    #expect((wanted - 10_000...wanted).contains(try left(queue, "active")))
  }

  @Test("that was prolonged goes back at once to the time without any pause")
  func prolongedAndEnded() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 100_000)
    try queue.activate("a", lifetime: 200_000)
    for seconds in [300, 400, 500] { try pause(queue, for: .seconds(seconds)) }
    #expect(try left(queue, "active") > 590_000)
    #expect(try resume(queue).isChanged)
    #expect((190_000...200_000).contains(try left(queue, "active")))
  }

  @Test("that is ended leaves alone what the service has set meanwhile")
  func rearmed() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 300_000)
    try queue.activate("a", lifetime: 200_000)
    try pause(queue, for: .seconds(600))
    try queue.redis.command("PEXPIRE", "active", "700000")
    #expect(try resume(queue).activeEndsMilliseconds == nil)
    #expect(try left(queue, "active") > 690_000)
  }

  @Test("is prolonged by another, never shortened, and repeated without harm")
  func prolonged() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 300_000)
    try queue.activate("a", lifetime: 20_000)
    let (first, _) = try pause(queue, for: .seconds(100))
    #expect(try !queue.room.planPause(for: .seconds(200)).isDone)
    #expect(try queue.room.planPause(for: .seconds(50)).isDone)
    #expect(try !pause(queue, for: .seconds(50)).1.isChanged)
    #expect(try queue.room.pauseNow()?.operation == first)
    let (second, _) = try pause(queue, for: .seconds(200))
    #expect(try queue.room.pauseNow()?.operation == second)
    #expect((190_000...200_000).contains(try left(queue, "usher:{waiting}:paused")))
    // The service has set the time anew: a shorter pause is there already, and yet there is something to do.
    try queue.redis.command("PEXPIRE", "active", "300000")
    #expect(try !queue.room.planPause(for: .seconds(50)).isDone)
    #expect(try pause(queue, for: .seconds(50)).1.isChanged)
    #expect(try left(queue, "active") > 450_000)
    #expect(try queue.room.pauseNow()?.operation == second)
  }

  @Test("that is asked for twice, as after a lost answer, keeps the state before the first")
  func repeated() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 300_000)
    try queue.activate("a", lifetime: 400_000)
    let operation = try queue.begin("queue pause")
    for _ in 0..<2 {
      _ = try queue.room.pause(for: .seconds(900), operation: operation, by: queue.actor, serviceFlag: nil)
    }
    #expect(try left(queue, "active") > 1_100_000)
    #expect(try resume(queue).isChanged)
    #expect((390_000...400_000).contains(try left(queue, "active")))
    #expect(try !resume(queue).isChanged)
  }

  @Test("taken back goes back to the pause that it prolonged")
  func undone() throws {
    let queue = try QueueFixture(.wholeKeySet, lifetimeMilliseconds: 300_000)
    try queue.activate("a", lifetime: 20_000)
    let (first, _) = try pause(queue, for: .seconds(100), flag: "stop")
    let (second, _) = try pause(queue, for: .seconds(900), flag: "stop")
    // The first is no longer the one that lasts.
    #expect(try !resume(queue, undoing: first, flag: "stop").isChanged)
    #expect(try queue.room.pauseNow()?.operation == second)
    #expect(try resume(queue, undoing: second, flag: "stop").isChanged)
    #expect(try queue.room.pauseNow()?.operation == first)
    for key in ["usher:{waiting}:paused", "stop"] as [RedisArgument] {
      #expect((90_000...100_000).contains(try left(queue, key)))
    }
    #expect((390_000...400_000).contains(try left(queue, "active")))
    #expect(try resume(queue, undoing: first, flag: "stop").isChanged)
    #expect(try queue.room.pauseNow() == nil)
    #expect(try queue.redis.command("EXISTS", "stop") == .integer(0))
  }

  @Test("sets the service's flag for as long, and takes it away with the end")
  func flag() throws {
    let queue = try QueueFixture()
    #expect(try pause(queue, flag: "stop").1.isServiceTold)
    #expect((50_000...60_000).contains(try left(queue, "stop")))
    try pause(queue, for: .seconds(120), flag: "stop")
    #expect((110_000...120_000).contains(try left(queue, "stop")))
    #expect(try resume(queue, flag: "stop").isServiceTold)
    #expect(try queue.redis.command("EXISTS", "stop") == .integer(0))
  }

  @Test("leaves a flag alone that somebody else has set")
  func foreignFlag() throws {
    let queue = try QueueFixture()
    try queue.redis.command("SET", "stop", "by hand")
    let (_, outcome) = try pause(queue, flag: "stop")
    #expect(outcome.isChanged && !outcome.isServiceTold)
    #expect(try left(queue, "stop") == -1)
    #expect(try !resume(queue, flag: "stop").isServiceTold)
    #expect(try queue.redis.command("GET", "stop").string == "by hand")
    try queue.redis.command("DEL", "stop")
    try queue.redis.command("RPUSH", "stop", "x")
    #expect(throws: RedisError.self) { try pause(queue, flag: "stop") }
    #expect(try queue.room.pauseNow() == nil)
  }

  @Test("an undo of an admission works while it lasts")
  func undoOfAdmission() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    let (operation, _) = try queue.admit(.count(4))
    try pause(queue)
    #expect(try queue.undo(operation).changed == 4)
    #expect(try queue.line().count == 10)
  }

  @Test("works on a server older than Redis 6.2, and is refused by a full one and a replica before anything is changed")
  func servers() throws {
    let old = try QueueFixture(settings: OldServerTests.settings)
    #expect(try pause(old).1.isChanged)
    #expect(try resume(old).isChanged)
    let queue = try QueueFixture()
    let operation = try queue.begin()
    for (setting, undo) in [
      (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
      (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]),
    ] as [([RedisArgument], [RedisArgument])] {
      try queue.redis.command(setting)
      #expect(throws: RedisError.self) {
        try queue.room.pause(for: Self.minute, operation: operation, by: queue.actor, serviceFlag: "stop")
      }
      try queue.redis.command(undo)
      #expect(try queue.redis.command("EXISTS", "stop", "usher:{waiting}:paused") == .integer(0))
    }
  }
}

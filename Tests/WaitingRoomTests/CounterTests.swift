import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("a service's own counters")
struct CounterTests {
  private func fixture(_ shape: Shape = .wholeKeySet, waiting: Int?, active: Int?) throws -> QueueFixture {
    let queue = try QueueFixture(shape)
    queue.layout.sideKeys = SideKeys(waitingCounter: "count:waiting", activeCounter: "count:active")
    if let waiting { try queue.redis.command("SET", "count:waiting", RedisArgument(waiting)) }
    if let active { try queue.redis.command("SET", "count:active", RedisArgument(active), "PX", "600000") }
    return queue
  }

  private func counts(_ queue: QueueFixture) throws -> [Int?] {
    try queue.redis.command("MGET", "count:waiting", "count:active").array.map { try $0.optional?.integer }
  }

  @Test("are in step after an admission and after its undo, also with some active already", arguments: Shape.allCases)
  func inStep(shape: Shape) throws {
    let queue = try fixture(shape, waiting: 1200, active: 3)
    try queue.enqueue(1200)
    try queue.activate("t3", "t700", "x")
    let (operation, outcome) = try queue.admit(.count(1000))
    #expect((outcome.changed, outcome.skipped) == (998, 2))
    #expect(try counts(queue) == [200, 1001])
    #expect(try queue.redis.command("PTTL", "count:active").integer > 0)
    // The service lets two go, and counts that.
    for token in ["t5", "t6"] as [RedisArgument] { try shape.leave(token, on: queue.redis) }
    try queue.redis.command("DECRBY", "count:active", "2")
    #expect(try queue.undo(operation).changed == 998)
    #expect(try counts(queue) == [1198, 3])
    #expect(try queue.line().count == 1198)
    #expect(try queue.active().count == 3)
  }

  @Test(
    "of the waiting that does not exist is made only where all are counted by it, and one of the active as INCR makes it"
  )
  func missing() throws {
    let queue = try fixture(waiting: nil, active: nil)
    try queue.enqueue(10)
    let (operation, _) = try queue.admit(.count(4))
    #expect(try counts(queue) == [nil, 4])
    try queue.undo(operation)
    #expect(try counts(queue) == [nil, 0])
    let (all, _) = try queue.admit(.count(10))
    try queue.undo(all)
    #expect(try counts(queue) == [10, 0])
  }

  @Test("that hold no number end the run before anybody has moved", arguments: ["SET", "RPUSH"])
  func broken(command: String) throws {
    let queue = try fixture(waiting: nil, active: nil)
    try queue.enqueue(10)
    try queue.redis.command(RedisArgument(command), "count:active", "many")
    let plan = try queue.room.planAdmission(.count(4))
    let operation = try queue.begin()
    let failure = try #require(throws: Failure.self) {
      try queue.room.admit(plan, RunningChange(operation, lock: queue.lock(), control: .init()))
    }
    #expect(failure.kind == .badInput)
    #expect(failure.causes.first?.contains("count:active") == true, "\(failure)")
    #expect(try queue.line().count == 10)
    #expect(try queue.active().isEmpty)
    #expect(try queue.journal.find(operation)?.changed == 0)
  }

  @Test("are not reached by a user without the right to them, and nobody has moved then")
  func privilege() throws {
    let queue = try fixture(waiting: 10, active: 0)
    try queue.enqueue(10)
    let plan = try queue.room.planAdmission(.count(4))
    let operation = try queue.begin()
    let lock = try queue.lock()
    try queue.redis.command("ACL", "SETUSER", "kim", "on", "nopass", "~*", "+@all", "-incrby")
    var target = queue.server.target
    target.user = "kim"
    let room = WaitingRoom(queue.layout, on: try RedisConnection(target))
    let error = try #require(throws: RedisError.self) {
      try room.admit(plan, RunningChange(operation, lock: lock, control: .init()))
    }
    #expect(error.failure.kind == .refused)
    #expect(try queue.line().count == 10)
    #expect(try queue.active().isEmpty)
    #expect(try counts(queue) == [10, 0])
  }
}

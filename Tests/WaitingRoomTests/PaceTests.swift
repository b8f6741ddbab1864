import Redis
import Testing

@testable import Changes
@testable import WaitingRoom

@Suite("the run of batches")
struct PaceTests {
  @Test("half a thousand go at a time, the progress is told after each, and the last may be small")
  func batches() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1300)
    let progress = Recorder()
    try queue.admit(.count(1234), control: ChangeControl(progress: { progress.note($0) }))
    #expect(progress.all == [500, 1000, 1234])
    #expect(try queue.redis.command("HGET", RedisArgument(try newest(queue)), "batch").integer >= 3)
  }

  @Test("an interruption before the first batch changes nothing")
  func interruptedAtOnce() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    let (operation, outcome) = try queue.admit(.count(10), control: ChangeControl(isInterrupted: { true }))
    #expect(outcome == ChangeOutcome(wasInterrupted: true))
    #expect(try queue.line().count == 10)
    #expect(try queue.journal.find(operation)?.state == .interrupted)
    #expect(try queue.room.planUndo(of: operation).count == 0)
  }

  @Test("a plan of nothing sends nothing")
  func nothing() throws {
    let queue = try QueueFixture()
    let plan = try queue.room.planAdmission(.count(5))
    let change = try queue.running()
    try queue.redis.command("CONFIG", "RESETSTAT")
    #expect(try queue.room.admit(plan, change) == ChangeOutcome())
    #expect(try queue.redis.information("commandstats")["cmdstat_evalsha"] == nil)
  }

  @Test("each batch renews the heartbeat and the lock, so that a long run keeps its right")
  func renewal() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1000)
    let plan = try queue.room.planAdmission(.count(1000))
    let change = try queue.running()
    let keys = [queue.room.keys.lock, queue.room.keys.heartbeat(change.id)].map { RedisArgument($0) }
    for key in keys { try queue.redis.command("PEXPIRE", key, "5000") }
    _ = try queue.room.admit(plan, change)
    for key in keys { #expect(try queue.redis.command("PTTL", key).integer > 5000) }
  }

  @Test("a run with a pace has the lock for the batch alone, and renews its heartbeat also while it waits")
  func renewalInPauses() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    // One person in one and a half seconds: the pause after the second is longer than what is left of the heartbeat then.
    let plan = try queue.room.planAdmission(.count(3), paced: PacedRun(Pace(perSecond: 0.7)))
    var change = try queue.running()
    let (server, keys) = (queue.server, queue.room.keys)
    let heartbeat = RedisArgument(keys.heartbeat(change.id))
    let (shortened, locks) = (Recorder(), Recorder())
    change.control = ChangeControl(
      isInterrupted: { shortened.all.count > 1 },
      progress: { done in
        shortened.note(done)
        do {
          let other = try server.connect()
          locks.note(try other.command("EXISTS", RedisArgument(keys.lock)).integer)
          try other.command("PEXPIRE", heartbeat, "1200")
        } catch { Issue.record(error) }
      })
    let outcome = try queue.room.admit(plan, change)
    #expect(outcome.changed == 2)
    #expect(outcome.wasInterrupted)
    #expect(locks.all == [0, 0])
  }

  @Test("two queues are changed at the same time without a word to each other")
  func twoQueues() throws {
    let first = try QueueFixture()
    let layout = try QueueLayout(
      name: "vip", waitingKey: "vip", active: WholeKeySet(key: "vip-active", lifetimeMilliseconds: 1000))
    let second = WaitingRoom(layout, on: first.redis)
    try first.enqueue(3)
    try first.redis.command("ZADD", "vip", "1", "v")
    let lock = try RedisLock.acquire(second.keys, called: "queue vip", as: first.token, on: first.redis)
    #expect(try first.admit(.count(3)).1.changed == 3)
    let plan = try second.planAdmission(.count(1))
    let request = OperationRequest(
      command: "queue admit", commandLine: "", target: "queue vip", planned: 1, undo: .automatic)
    let id = try first.journal.begin(request, in: second.keys, as: first.token)
    #expect(try second.admit(plan, RunningChange(id, lock: lock)).changed == 1)
    #expect(try first.redis.command("SMEMBERS", "vip-active").array == [.bytes([UInt8(ascii: "v")])])
  }

  private func newest(_ queue: QueueFixture) throws -> String {
    let id = try #require(try queue.journal.list(limit: 1).first).id
    return queue.room.keys.operation(id)
  }
}

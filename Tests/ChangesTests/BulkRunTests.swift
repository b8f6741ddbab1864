import Failures
import Glibc
import Redis
import Support
import Synchronization
import Testing

@testable import Changes

/// A change that counts up, a batch at a time, under a frame like that of every other change.
private struct Counting {
  let server: TestRedis
  let redis: RedisConnection
  let keys = OwnKeys(beside: "number")
  let journal: RedisJournal

  init() throws {
    server = try TestRedis.make()
    redis = try server.connect()
    journal = RedisJournal(redis, actor: .kim)
  }

  func begin(control: ChangeControl = .init(), on other: RedisConnection? = nil) throws -> RunningChange {
    let token = Actor.kim.makeToken()
    let redis = other ?? redis
    let lock = try RedisLock.acquire(keys, called: "the number", as: token, on: redis, wait: .seconds(60))
    let id = try RedisJournal(redis, actor: .kim).begin(.sample, in: keys, as: token)
    return RunningChange(id, lock: lock, control: control)
  }

  static let script = BatchScript(
    "count", keys: ["number"], rest: "steps", second: "refused", opening: .noting("'number', number"),
    body: """
      local function step()
        open_batch()
        for i = steps_at, #ARGV do
          redis.call('INCR', number)
          changed = changed + 1
        end
        close_batch()
      end
      local function has_more() return nil end
      """)

  /// Counts to `batches` times three.
  func run(
    _ change: RunningChange, batches: Int, tenure: BulkRun.Tenure = .shared, on other: RedisConnection? = nil
  ) throws -> BulkRun.Totals {
    try BulkRun(
      Self.script, of: change, on: other ?? redis, keys: ["number": "number"], batchSize: 3, tenure: tenure
    ) { number in number > batches ? nil : .init(arguments: ["a", "b", "c"]) }.run()
  }

  func number() throws -> Int { try redis.command("GET", "number").optional?.integer ?? 0 }
}

@Suite("The bulk runner")
struct BulkRunTests {
  @Test("does each batch once, counts it in the record, and gives the totals")
  func counts() throws {
    let counting = try Counting()
    let change = try counting.begin()
    let totals = try counting.run(change, batches: 40)
    #expect((totals.changed, totals.batch, totals.isComplete) == (120, 40, true))
    #expect(try counting.number() == 120)
    #expect(try counting.journal.find(change.id)?.changed == 120)
  }

  @Test("a second part of the same operation is numbered on")
  func goesOn() throws {
    let counting = try Counting()
    let change = try counting.begin()
    let first = try counting.run(change, batches: 5)
    let run = try BulkRun(
      Counting.script, of: change, on: counting.redis, keys: ["number": "number"], batchSize: 3
    ) { number in number > 8 ? nil : .init(arguments: ["a"]) }
    #expect(try run.run(after: first).changed == 18)
    #expect(try counting.number() == 18)
  }

  @Test("gives the lock to a run that waits, between two batches, and goes on behind it")
  func shares() throws {
    let counting = try Counting()
    let others = Mutex(0)
    let (server, keys) = (counting.server, counting.keys)
    let asked = Mutex(false)
    let waiter = Background { _ in
      while !asked.withLock({ $0 }) { usleep(1000) }
      let redis = try server.connect()
      let lock = try RedisLock.acquire(
        keys, called: "the number", as: Actor.lee.makeToken(), on: redis, wait: .seconds(60))
      let mine = try redis.command("GET", "number").integer
      others.withLock { $0 = mine }
      usleep(50_000)
      // Nobody has counted meanwhile.
      guard try redis.command("GET", "number").integer == mine else { throw Failure(.failed, "not alone") }
      try lock.release(on: redis)
    }
    // Each batch takes a while, so that the run is a long one.
    let change = try counting.begin(
      control: ChangeControl(progress: { _ in
        asked.withLock { $0 = true }
        usleep(20_000)
      }))
    let totals = try counting.run(change, batches: 60)
    try waiter.stop()
    #expect(totals.changed == 180 && totals.isComplete)
    #expect(try counting.number() == 180)
    let seen = others.withLock { $0 }
    #expect((1..<180).contains(seen), "\(seen)")
  }

  @Test("keeps the lock to its end where others would find the store in the middle of the change")
  func keepsWhole() throws {
    let counting = try Counting()
    let (server, keys) = (counting.server, counting.keys)
    let change = try counting.begin(
      control: ChangeControl(progress: { done in
        if done == 3 { _ = try? server.connect().command("SET", RedisArgument(keys.lockQueue), "lee", "PX", "60000") }
        usleep(20_000)
      }))
    let lock = try #require(change.lock)
    #expect(try counting.run(change, batches: 40, tenure: .whole).changed == 120)
    #expect(try counting.redis.command("GET", lock.key).string == lock.token)
  }

  @Test("waits for its turn while another run has the lock, and takes over that of a run that was killed")
  func waits() throws {
    let counting = try Counting()
    let change = try counting.begin()
    let lock = try #require(change.lock)
    try counting.redis.command("SET", lock.key, "eve@ops-3 1 x", "PX", "300")
    #expect(try counting.run(change, batches: 4).changed == 12)
    let own = try #require(ProcessMark.current)
    let next = try counting.begin(control: .init())
    try counting.redis.command(
      "SET", lock.key, "eve@ops-3 \(RedisArgument("\(Int32.max)").text) \(RedisArgument(own.home).text)-1.x", "PX",
      "60000")
    #expect(try counting.run(next, batches: 2).changed == 6)
  }

  @Test("runs of several processes share the lock batch by batch, and nothing is lost or doubled")
  func interleave() throws {
    let counting = try Counting()
    let server = counting.server
    let boxed = Unshared(counting)
    let workers = try (0..<3).map { _ in
      let redis = Unshared(try server.connect())
      return Background { _ in
        // With a pace, each batch has the lock for itself alone.
        let change = try boxed.value.begin(control: ChangeControl(unitsPerSecond: 300), on: redis.value)
        let totals = try boxed.value.run(change, batches: 30, on: redis.value)
        guard totals.changed == 90 else { throw Failure(.failed, "\(totals)") }
      }
    }
    for worker in workers { try worker.stop() }
    #expect(try counting.number() == 270)
  }

  @Test("without a lock it is a bug")
  func noLock() throws {
    let counting = try Counting()
    let change = RunningChange(try counting.begin().id)
    #expect(try #require(throws: Failure.self) { try counting.run(change, batches: 1) }.kind == .bug)
  }
}

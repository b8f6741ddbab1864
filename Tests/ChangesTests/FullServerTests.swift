import Failures
import Redis
import Support
import Testing

@testable import Changes

/// A Redis over its memory limit, which evicts nothing: it refuses every command that could need memory.
@Suite("Recording on a server that is full")
struct FullServerTests {
  let server: TestRedis
  let redis: RedisConnection
  let journal: RedisJournal
  let actor = Actor(user: "kim", host: "ops-1")

  init() throws {
    server = try TestRedis.make()
    redis = try server.connect()
    journal = RedisJournal(redis, actor: actor)
    try redis.command("CONFIG", "SET", "maxmemory", "1")
    let refusal = try #require(throws: RedisError.self) { try redis.command("SET", "a", "b") }
    try #require(refusal.serverCode == "OOM")
  }

  @Test("an operation is recorded from its start to its end")
  func records() throws {
    let id = try journal.begin(.sample)
    #expect(try journal.find(id)?.state == .started)
    try journal.finish(id, state: .done, failed: 0, changed: 42)
    let record = try #require(try journal.find(id))
    #expect((record.state, record.changed, record.request) == (.done, 42, .sample))
    #expect(record.endedMilliseconds != nil)
  }

  @Test("an operation that died there is marked as lost, and one that is taken back as undone")
  func marks() throws {
    let (dead, taken) = (try journal.begin(.sample), try journal.begin(.sample))
    try redis.command("DEL", "usher:{waiting_tokens}:alive:\(dead.description)")
    try journal.markUndone(taken, by: dead)
    try journal.markLost(target: OperationRequest.sample.target)
    #expect(try journal.find(dead)?.state == .lost)
    #expect(try journal.find(taken)?.state == .undone)
  }

  @Test("the lock is given to a change that frees memory, and to no other")
  func lock() throws {
    let refused = try #require(throws: RedisError.self) {
      try RedisLock.acquire("queue tickets", on: redis, by: actor)
    }
    #expect(refused.serverCode == "OOM")
    let lock = try RedisLock.acquire("caches", on: redis, by: actor, evenWhenFull: true)
    #expect((1...RedisLock.milliseconds).contains(try redis.command("PTTL", lock.key).integer))
    let second = try #require(throws: Failure.self) {
      try RedisLock.acquire("caches", on: redis, by: actor, evenWhenFull: true)
    }
    #expect(second.kind == .tryAgain)
    #expect(try redis.command("GET", lock.key).string == lock.token)
    try lock.release(on: redis)
    #expect(try redis.command("EXISTS", lock.key) == .integer(0))
  }
}

@Suite("An operation that nobody waits for")
struct AbandonedOperationTests {
  @Test("is closed as interrupted and gives its lock back, on a server that never saw the scripts")
  func abandons() throws {
    let server = try TestRedis.make()
    let redis = try server.connect()
    let journal = RedisJournal(redis, actor: Actor(user: "kim", host: "ops-1"))
    let lock = try RedisLock.acquire("caches", on: redis, by: Actor(user: "kim", host: "ops-1"))
    let id = try journal.begin(.sample)
    try redis.command("HINCRBY", "usher:{waiting_tokens}:operation:\(id.description)", "changed", "7")
    try redis.command("SCRIPT", "FLUSH")
    try journal.abandon(id, in: .tickets)
    try lock.abandon(on: redis)
    // The answer to a command that was sent later says that the server has come so far.
    #expect(try redis.command("EXISTS", lock.key) == .integer(0))
    let record = try #require(try journal.find(id))
    #expect((record.state, record.changed, record.failed) == (.interrupted, 7, 0))
    #expect(record.endedMilliseconds != nil)
  }

  @Test("whose lock another holds by now leaves it alone")
  func lostLock() throws {
    let server = try TestRedis.make()
    let redis = try server.connect()
    let lock = try RedisLock.acquire("caches", on: redis, by: Actor(user: "kim", host: "ops-1"))
    try redis.command("SET", lock.key, "lee@ops-2 77 x")
    try lock.abandon(on: redis)
    #expect(try redis.command("GET", lock.key).string == "lee@ops-2 77 x")
  }
}

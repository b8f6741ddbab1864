import Failures
import Journal
import Redis
import Support
import Testing

@Suite("The lease in Redis")
struct RedisLeaseTests {
  let store: RedisStore
  var connection: RedisConnection { store.connection }

  init() throws { store = try RedisStore() }

  private func acquire(_ actor: Actor = .kim, wait: Duration = .zero) throws -> RedisLease {
    try RedisLease.acquire("queue tickets", on: connection, by: actor, wait: wait)
  }

  @Test(
    "the refusal names the holder, also one with blanks in the name",
    arguments: [Actor.kim, Actor(user: "김 서연", host: "ops 1")])
  func names(actor: Actor) throws {
    let lease = try acquire(actor)
    let process = try #require(lease.token.split(separator: " ").dropLast().last)
    let failure = try #require(throws: Failure.self) { try acquire(.lee) }
    #expect(failure.causes == ["it is held by \(actor.text), process \(process)"])
  }

  @Test("a key that another program set is left alone, and said to be another's")
  func foreign() throws {
    try connection.command("SET", "usher:lock:queue tickets", "1")
    let failure = try #require(throws: Failure.self) { try acquire() }
    #expect(failure.causes == ["it is held by another program"])
    #expect(try connection.command("GET", "usher:lock:queue tickets").string == "1")
  }

  @Test("two leases of one process are two: the token tells them apart")
  func tokens() throws {
    let first = try acquire()
    try first.release(on: connection)
    let second = try acquire()
    #expect(first.token != second.token)
    try first.release(on: connection)
    try second.renew(on: connection)
  }

  @Test("a holder that was killed blocks nobody for ever: the lease runs out by itself")
  func runsOut() throws {
    let first = try acquire()
    let left = try connection.command("PTTL", RedisArgument(first.key)).integer
    #expect((1...RedisLease.milliseconds).contains(left))
    try connection.command("PEXPIRE", RedisArgument(first.key), "150")
    let second = try acquire(.lee, wait: .seconds(30))
    #expect(throws: RedisLease.lost) { try first.renew(on: connection) }
    try second.renew(on: connection)
  }

  @Test("a lease that ran out is lost, also when nobody has taken it since")
  func expired() throws {
    let lease = try acquire()
    try connection.command("DEL", RedisArgument(lease.key))
    #expect(throws: RedisLease.lost) { try lease.renew(on: connection) }
    #expect(try connection.command("EXISTS", RedisArgument(lease.key)).integer == 0)
    try lease.release(on: connection)
  }

  @Test("a lost lease neither renews nor releases what is another's")
  func lost() throws {
    let first = try acquire()
    try connection.command("DEL", RedisArgument(first.key))
    let second = try acquire(.lee)
    #expect(throws: RedisLease.lost) { try first.renew(on: connection) }
    try first.release(on: connection)
    #expect(try connection.command("GET", RedisArgument(first.key)).string == second.token)
  }

  @Test("a lease has an end, and renewing moves it")
  func renews() throws {
    let lease = try acquire()
    try connection.command("PEXPIRE", RedisArgument(lease.key), "5000")
    try lease.renew(on: connection)
    #expect(try connection.command("PTTL", RedisArgument(lease.key)).integer > 5000)
  }

  @Test("a store that takes no writes gives no lease")
  func readOnly() throws {
    try store.refuseWrites()
    let error = try #require(throws: RedisError.self) { try acquire() }
    #expect(error.failure.kind == .refused)
  }
}

import Failures
import Redis
import Support
import Synchronization
import Testing

@testable import Changes

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

  /// A token of a process that is gone, on this machine or on another.
  private func deadToken(here: Bool) throws -> String {
    let own = try #require(ProcessMark.current)
    return "lee@ops-2 \(Int32.max) \(own.home)\(here ? "" : "0")-1.abc"
  }

  @Test("on the machine where its holder died nobody waits for it to run out", arguments: [false, true])
  func takesOver(evenWhenFull: Bool) throws {
    let dead = try deadToken(here: true)
    try connection.command("SET", "usher:lock:queue tickets", RedisArgument(dead), "PX", "60000")
    let lease = try RedisLease.acquire("queue tickets", on: connection, by: .kim, evenWhenFull: evenWhenFull)
    #expect(try connection.command("GET", RedisArgument(lease.key)).string == lease.token)
    #expect((1...RedisLease.milliseconds).contains(try connection.command("PTTL", RedisArgument(lease.key)).integer))
    // What the dead one has sent and Redis has not read yet is refused.
    #expect(throws: RedisLease.lost) { try RedisLease(key: lease.key, token: dead).renew(on: connection) }
    #expect(throws: Failure.self) { try acquire(.lee) }
  }

  @Test("of two that find a holder dead one gets the lease, and the other is refused")
  func takesOverOnce() throws {
    let dead = try deadToken(here: true)
    for _ in 0..<8 {
      try connection.command("SET", "usher:lock:queue tickets", RedisArgument(dead), "PX", "60000")
      let got = Mutex(0)
      let takers = try (0..<2).map { _ in
        let connection = Unshared(try store.server.connect())
        return Background { _ in
          do {
            _ = try RedisLease.acquire("queue tickets", on: connection.value, by: .kim)
            got.withLock { $0 += 1 }
          } catch let failure as Failure where failure.kind == .tryAgain {}
        }
      }
      for taker in takers { try taker.stop() }
      #expect(got.withLock { $0 } == 1)
    }
  }

  @Test("a holder on another machine may live, so its time is waited for")
  func deadElsewhere() throws {
    try connection.command("SET", "usher:lock:queue tickets", RedisArgument(try deadToken(here: false)), "PX", "60000")
    let failure = try #require(throws: Failure.self) { try acquire() }
    #expect(failure.causes == ["it is held by lee@ops-2, process \(Int32.max)"])
    #expect(failure.hints == ["wait for it with `--wait 30s`; a run that was killed elsewhere frees it within 15 s"])
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

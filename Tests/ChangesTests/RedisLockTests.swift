import Failures
import Redis
import Support
import Synchronization
import Testing

@testable import Changes

@Suite("The lock in Redis")
struct RedisLockTests {
  let store: RedisStore
  var connection: RedisConnection { store.connection }

  init() throws { store = try RedisStore() }

  private func acquire(_ actor: Actor = .kim, wait: Duration = .zero) throws -> RedisLock {
    try RedisLock.acquire("queue tickets", on: connection, by: actor, wait: wait)
  }

  @Test(
    "the refusal names the holder, also one with blanks in the name",
    arguments: [Actor.kim, Actor(user: "김 서연", host: "ops 1")])
  func names(actor: Actor) throws {
    let lock = try acquire(actor)
    let process = try #require(lock.token.split(separator: " ").dropLast().last)
    let failure = try #require(throws: Failure.self) { try acquire(.lee) }
    #expect(failure.causes == ["it is held by \(actor.text), process \(process)"])
  }

  @Test("a key that another program set is left alone, and said to be another's")
  func foreign() throws {
    try connection.command("SET", "usher:{queue tickets}:lock", "1")
    let failure = try #require(throws: Failure.self) { try acquire() }
    #expect(failure.causes == ["it is held by another program"])
    #expect(try connection.command("GET", "usher:{queue tickets}:lock").string == "1")
  }

  @Test("two locks of one process are two: the token tells them apart")
  func tokens() throws {
    let first = try acquire()
    try first.release(on: connection)
    let second = try acquire()
    #expect(first.token != second.token)
    try first.release(on: connection)
    #expect(try connection.command("GET", second.key).string == second.token)
  }

  @Test("a holder that was killed blocks nobody for ever: the lock runs out by itself")
  func runsOut() throws {
    let first = try acquire()
    let left = try connection.command("PTTL", first.key).integer
    #expect((1...RedisLock.milliseconds).contains(left))
    try connection.command("PEXPIRE", first.key, "150")
    let second = try acquire(.lee, wait: .seconds(30))
    #expect(try connection.command("GET", first.key).string == second.token)
  }

  /// A token of a process that is gone, on this machine or on another.
  private func deadToken(here: Bool) throws -> String {
    let own = try #require(ProcessMark.current)
    return "lee@ops-2 \(Int32.max) \(own.home)\(here ? "" : "0")-1.abc"
  }

  @Test("on the machine where its holder died nobody waits for it to run out", arguments: [false, true])
  func takesOver(evenWhenFull: Bool) throws {
    let dead = try deadToken(here: true)
    try connection.command("SET", "usher:{queue tickets}:lock", RedisArgument(dead), "PX", "60000")
    let lock = try RedisLock.acquire("queue tickets", on: connection, by: .kim, evenWhenFull: evenWhenFull)
    #expect(try connection.command("GET", lock.key).string == lock.token)
    #expect((1...RedisLock.milliseconds).contains(try connection.command("PTTL", lock.key).integer))
    #expect(throws: Failure.self) { try acquire(.lee) }
  }

  @Test("of two that find a holder dead one gets the lock, and the other is refused")
  func takesOverOnce() throws {
    let dead = try deadToken(here: true)
    for _ in 0..<8 {
      try connection.command("SET", "usher:{queue tickets}:lock", RedisArgument(dead), "PX", "60000")
      let got = Mutex(0)
      let takers = try (0..<2).map { _ in
        let connection = Unshared(try store.server.connect())
        return Background { _ in
          do {
            _ = try RedisLock.acquire("queue tickets", on: connection.value, by: .kim)
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
    try connection.command(
      "SET", "usher:{queue tickets}:lock", RedisArgument(try deadToken(here: false)), "PX", "60000")
    let failure = try #require(throws: Failure.self) { try acquire() }
    #expect(failure.causes == ["it is held by lee@ops-2, process \(Int32.max)"])
    #expect(failure.hints == ["wait for it with `--wait 30s`; the lock of a killed run expires within 15 s"])
  }

  @Test("a lost lock does not release what is another's")
  func lost() throws {
    let first = try acquire()
    try connection.command("DEL", first.key)
    let second = try acquire(.lee)
    try first.release(on: connection)
    #expect(try connection.command("GET", first.key).string == second.token)
  }

  @Test("a run that waits makes that known, and is forgotten a second after it has stopped waiting")
  func queues() throws {
    let first = try acquire()
    #expect(throws: Failure.self) { try acquire(.lee, wait: .milliseconds(50)) }
    #expect((1...1000).contains(try connection.command("PTTL", "usher:{queue tickets}:lock:queue").integer))
    try first.release(on: connection)
  }

  @Test("a store that takes no writes gives no lock")
  func readOnly() throws {
    try store.refuseWrites()
    let error = try #require(throws: RedisError.self) { try acquire() }
    #expect(error.failure.kind == .refused)
  }
}

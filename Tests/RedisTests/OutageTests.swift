import Failures
import Glibc
import Redis
import Support
import Testing

@Suite("a server that is away, silent, or gone in the middle")
struct OutageTests {
  @Test(
    "an address where nothing listens is unavailable, with the system's reason",
    arguments: ["/nowhere/redis.sock", "127.0.0.1:1", "redis://[::1]:1", "no-such-host.invalid:6379"])
  func nothingThere(address: String) throws {
    let target = try RedisTarget(address)
    let failure = try #require(throws: RedisError.self) { _ = try RedisConnection(target) }.failure
    #expect(failure.kind == .unavailable)
    #expect(failure.message.hasPrefix("cannot reach Redis at \(target)"))
    #expect(failure.hints.contains { $0.contains("USHER_REDIS") })
  }

  @Test("a socket path that is too long is an error, not a cut path")
  func longPath() throws {
    let target = RedisTarget(socket: "/" + String(repeating: "x", count: 200))
    #expect(try #require(throws: RedisError.self) { _ = try RedisConnection(target) }.failure.kind == .unavailable)
  }

  @Test("a server that takes the connection and says nothing is given up after the connect timeout")
  func silentGreeting() throws {
    let listener = try Listener()
    let options = RedisOptions(connectTimeout: .milliseconds(50), commandTimeout: .seconds(600))
    let error = try #require(throws: RedisError.self) {
      _ = try RedisConnection(RedisTarget("127.0.0.1:\(listener.port)"), options: options)
    }
    #expect(error.reason == .connectTimedOut(after: .milliseconds(50)))
    #expect(error.failure.kind == .unavailable)
  }

  @Test("a command that takes too long is given up, and the connection works again after a reconnect")
  func commandTimeout() throws {
    let server = try TestRedis.make()
    let redis = try RedisConnection(
      RedisTarget(server.url), options: RedisOptions(commandTimeout: .milliseconds(100)))
    let error = try #require(throws: RedisError.self) { try redis.command("BLPOP", "nothing", "0") }
    #expect(error.reason == .commandTimedOut(after: .milliseconds(100)))
    #expect(error.command == "BLPOP")
    #expect(throws: RedisError.self) { try redis.command("PING") }
    try redis.reconnect()
    #expect(try redis.command("PING") == .status("PONG"))
  }

  @Test("an interruption ends a wait at once, and the connection goes on with the right replies")
  func interruption() throws {
    let server = try TestRedis.make()
    let flag = Flag()
    let redis = try RedisConnection(RedisTarget(server.url), options: RedisOptions(isInterrupted: { flag.isRaised }))
    let other = try RedisConnection(RedisTarget(server.url))
    let raiser = Background { _ in
      usleep(50_000)
      flag.raise()
    }
    let first = try redis.append(["BLPOP", "list", "0"])
    let second = try redis.append(["ECHO", "never asked for"])
    let error = try #require(throws: RedisError.self) { try redis.checked(first) }
    try raiser.stop()
    #expect(error.reason == .interrupted)
    #expect(throws: RedisError.self) { try redis.checked(second) }
    try other.command("RPUSH", "list", "x")
    #expect(try redis.command("ECHO", "after").string == "after")
    #expect(try redis.command("LLEN", "list") == .integer(0))
  }

  @Test("work that must not be left in doubt is waited for in spite of an interruption")
  func uninterrupted() throws {
    let server = try TestRedis.make()
    let flag = Flag()
    let redis = try RedisConnection(RedisTarget(server.url), options: RedisOptions(isInterrupted: { flag.isRaised }))
    let raiser = Background { _ in
      usleep(10_000)
      flag.raise()
    }
    let reply = try redis.uninterrupted { () throws(RedisError) in try redis.command("BLPOP", "list", "0.2") }
    try raiser.stop()
    #expect(reply == .null)
  }

  @Test("once everything is given up, nothing is waited for, and what is posted is done all the same")
  func abandoned() throws {
    let server = try TestRedis.make()
    let flag = Flag()
    let redis = try RedisConnection(RedisTarget(server.url), options: RedisOptions(isAbandoned: { flag.isRaised }))
    let raiser = Background { _ in
      usleep(10_000)
      flag.raise()
    }
    let waiting = try #require(throws: RedisError.self) {
      try redis.uninterrupted { () throws(RedisError) in try redis.command("BLPOP", "list", "0") }
    }
    try raiser.stop()
    #expect(waiting.reason == .interrupted)
    let script = RedisScript(name: "post", source: "return redis.call('SET', KEYS[1], ARGV[1])")
    try redis.post(script, keys: ["posted"], arguments: ["1"])
    // The server reads it behind what it still holds back for this connection.
    let other = try RedisConnection(RedisTarget(server.url))
    try other.command("RPUSH", "list", "x")
    for _ in 0..<1_000 where try other.command("EXISTS", "posted") == .integer(0) { usleep(10_000) }
    #expect(try other.command("GET", "posted").string == "1")
  }

  @Test("a server that dies in the middle of a pipeline is a lost connection, and its restart is found by a reconnect")
  func crash() throws {
    let server = try TestRedis.make()
    let redis = try RedisConnection(RedisTarget(server.url))
    try redis.append(["BLPOP", "list", "0"])
    let ticket = try redis.append(["PING"])
    let other = try RedisConnection(RedisTarget(server.url))
    try other.command("PING")
    server.crash()
    let error = try #require(throws: RedisError.self) { try redis.checked(ticket) }
    #expect(error.isConnectionProblem)
    #expect(error.failure.kind == .unavailable)
    #expect(throws: RedisError.self) { try redis.reconnect() }
    try server.restart()
    try redis.reconnect()
    #expect(try redis.command("PING") == .status("PONG"))
    #expect(throws: RedisError.self) { try redis.reply(to: ticket) }
  }
}

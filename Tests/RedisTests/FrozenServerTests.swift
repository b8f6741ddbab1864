import Failures
import Redis
import Support
import Testing

/// The system still takes connections and bytes for a stopped process, so nothing fails by itself.
@Suite("a server that stands still")
struct FrozenServerTests {
  let server: TestRedis
  let flag = Flag()

  init() throws { server = try TestRedis.make() }

  /// A raised flag is seen at the second look, so that it ends a wait instead of being there before it.
  private func connect(_ timeout: Duration = .seconds(60), looks: Calls = Calls()) throws -> RedisConnection {
    let flag = flag
    return try server.connect(
      RedisOptions(commandTimeout: timeout, isInterrupted: { flag.isRaised && looks.count() > 1 }))
  }

  @Test("is given up after the command's time, with the command's name, and found again once it moves")
  func timeout() throws {
    let redis = try connect(.milliseconds(60))
    try redis.command("SET", "n", "1")
    server.freeze()
    let ticket = try redis.append(["INCR", "n"])
    let error = try #require(throws: RedisError.self) { try redis.checked(ticket) }
    #expect(error.reason == .commandTimedOut(after: .milliseconds(60)))
    #expect((error.command, error.failure.kind) == ("INCR", .unavailable))
    #expect(error.failure.message == "Redis at \(server.socket) did not answer INCR within 60ms")
    #expect(error.isConnectionProblem)
    let closed = try #require(throws: RedisError.self) { try redis.command("PING") }
    #expect(closed.reason == .connectionLost(cause: "the connection is closed"))
    server.thaw()
    try redis.reconnect()
    #expect(try redis.command("GET", "n").integer == 2)
  }

  @Test("lets nobody in: connecting ends with its own time, not with the command's")
  func greeting() throws {
    server.freeze()
    let options = RedisOptions(connectTimeout: .milliseconds(50), commandTimeout: .seconds(600))
    for target in [server.target, RedisTarget(socket: server.socket, database: 3)] {
      let error = try #require(throws: RedisError.self) { _ = try RedisConnection(target, options: options) }
      #expect(error.reason == .connectTimedOut(after: .milliseconds(50)))
      #expect(error.failure.message == "cannot reach Redis at \(target) (timed out after 50ms)")
    }
    server.thaw()
    let redis = try server.connect(options)
    #expect(try redis.command("PING") == .status("PONG"))
  }

  @Test("does not hold up Ctrl-C, and afterwards every reply belongs to its own command")
  func interruption() throws {
    let redis = try connect()
    server.freeze()
    let tickets = try (0..<50).map { try redis.append(["ECHO", "old \($0)"]) }
    flag.raise()
    let error = try #require(throws: RedisError.self) { try redis.checked(tickets[7]) }
    #expect((error.reason, error.failure.kind, error.isConnectionProblem) == (.interrupted, .interrupted, false))
    server.thaw()
    flag.lower()
    for number in 0..<50 { #expect(try redis.command("ECHO", "new \(number)").string == "new \(number)") }
    for ticket in tickets { #expect(throws: RedisError.self) { try redis.reply(to: ticket) } }
  }

  @Test("does not hold up Ctrl-C while it takes no bytes either, and what was half sent is sent whole later")
  func interruptedSending() throws {
    let redis = try connect()
    let large = RedisArgument([UInt8](repeating: 7, count: 3_000_000))
    server.freeze()
    flag.raise()
    let error = try #require(throws: RedisError.self) {
      try redis.append(["SET", "k", large])
    }
    #expect(error.reason == .interrupted)
    #expect(error.command == "SET")
    server.thaw()
    flag.lower()
    #expect(try redis.command("ECHO", "after").string == "after")
    #expect(try redis.command("STRLEN", "k") == .integer(3_000_000))
  }

  @Test("is waited for by what must not be left in doubt, until it moves")
  func uninterrupted() throws {
    struct Enough: Error {}
    let looks = Calls()
    let redis = try connect(looks: looks)
    server.freeze()
    flag.raise()
    let thawing = Background { [server] in server.thaw() }
    let reply = try redis.uninterrupted { () throws(RedisError) in try redis.command("ECHO", "kept") }
    try thawing.finish()
    #expect(try reply.string == "kept")
    #expect(looks.soFar == 0)
    #expect(throws: Enough.self) { try redis.uninterrupted { throw Enough() } }
    flag.lower()
    server.freeze()
    let ticket = try redis.append(["PING"])
    flag.raise()
    #expect(try #require(throws: RedisError.self) { try redis.checked(ticket) }.reason == .interrupted)
  }
}

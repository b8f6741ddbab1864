import Failures
import Support
import Testing

@testable import Redis

@Suite("an error of Redis")
struct ErrorTests {
  @Test(
    "has its code, also when an old server wrapped it in a script's error",
    arguments: [
      ("WRONGTYPE Operation against a key", "WRONGTYPE"), ("ERR syntax error", "ERR"), ("no code at all", "ERR"),
      ("", "ERR"), ("USHERLOST the lease is not ours", "USHERLOST"),
      ("ERR Error running script (call to f_1): @user_script:1: WRONGTYPE Operation against a key", "WRONGTYPE"),
      ("ERR Error running script (call to f_1): @user_script: 3: -READONLY You can't write", "READONLY"),
      ("ERR Error running script (call to f_1): @user_script:2: user_script:2: attempt to index", "ERR"),
      ("WRONGTYPE Operation against a key script: f1, on @user_script:1.", "WRONGTYPE"),
      ("ERR The user executing the script can't run this command or subcommand script: f1", "NOPERM"),
    ])
  func codes(line: String, code: String) {
    #expect(RedisServerError(line).code == code)
  }

  @Test("does not repeat the arguments that the server quotes back")
  func quotedArguments() {
    let error = RedisServerError("ERR unknown command 'FOO', with args beginning with: 'secret' 'word' ")
    #expect(error.message == "ERR unknown command 'FOO'")
  }

  @Test(
    "ends the process with the status that its cause deserves",
    arguments: [
      ("NOAUTH Authentication required.", Failure.Kind.refused), ("WRONGPASS invalid username-password pair", .refused),
      ("NOPERM this user has no permissions", .refused), ("DENIED Redis is running in protected mode", .refused),
      ("READONLY You can't write against a read only replica.", .refused),
      ("WRONGTYPE Operation against a key", .badInput),
      ("LOADING Redis is loading the dataset in memory", .tryAgain), ("BUSY Redis is busy running a script", .tryAgain),
      ("TRYAGAIN Multiple keys request", .tryAgain), ("MASTERDOWN Link with MASTER is down", .tryAgain),
      ("ERR max number of clients reached", .tryAgain),
      ("OOM command not allowed when used memory > 'maxmemory'", .failed),
      ("MISCONF Redis is configured to save RDB snapshots", .failed), ("MOVED 3999 127.0.0.1:6381", .configuration),
      ("CROSSSLOT Keys in request don't hash to the same slot", .configuration), ("ERR syntax error", .failed),
    ])
  func kinds(line: String, kind: Failure.Kind) {
    let error = RedisError(.server(RedisServerError(line)), target: "cache-1:6379", command: "ZADD", keys: ["waiting"])
    let failure = error.failure
    #expect(failure.kind == kind)
    #expect(failure.causes == [line])
    #expect(failure.message.contains("cache-1:6379") || failure.message.contains("'waiting'"))
  }

  @Test(
    "shows no word that was sent, whatever command it was",
    arguments: [
      ["ECHO", "s3cret", "more"], ["FROBNICATE", "s3cret"], ["AUTH", "s3cret"], ["CONFIG", "SET", "nosuch", "s3cret"],
      ["SET", "k", "s3cret", "NONSENSE"], ["INCRBY", "k", "s3cret"], ["HSET", "k", "s3cret"], ["SELECT", "s3cret"],
      ["EXPIRE", "k", "s3cret"], ["EVALSHA", "s3cret", "0"], ["PING", "s3cret", "s3cret"],
      ["GETRANGE", "k", "s3cret", "x"],
    ] as [[RedisArgument]])
  func words(_ words: [RedisArgument]) throws {
    let server = try TestRedis.make()
    let redis = try server.connect()
    let error = try #require(throws: RedisError.self) { try redis.command(words) }
    #expect(error.command == words[0].text)
    for text in ["\(error)", "\(error.failure)"] { #expect(!text.contains("s3cret"), "\(text)") }
  }

  @Test("of a surprising reply says what came and what was wanted, without what it held")
  func surprise() {
    let error = RedisError(
      .unexpectedReply(wanted: "an integer", found: "a string of 6 bytes"), target: "h:1", command: "GET")
    #expect(error.failure.message == "Redis at h:1 answered GET with a string of 6 bytes where an integer was expected")
    #expect(error.failure.kind == .failed)
    #expect(!error.isConnectionProblem)
    #expect(error.serverCode == nil)
  }

  @Test("about a key names it, escaped for a terminal")
  func wrongType() {
    let error = RedisServerError("WRONGTYPE Operation")
    let one = RedisError(.server(error), target: "h", command: "ZADD", keys: ["a\u{1B}[31m"])
    #expect(one.failure.message == "the key 'a\\x1b[31m' has the wrong type for ZADD")
    let two = RedisError(.server(error), target: "h", command: "EVALSHA (admit)", keys: ["a", "b"])
    #expect(two.failure.message == "one of the keys 'a', 'b' has the wrong type for EVALSHA (admit)")
    let none = RedisError(.server(error))
    #expect(none.failure.message == "a key has the wrong type for a command")
  }

  @Test(
    "of the connection says what was done and how long",
    arguments: [
      (RedisError.Reason.cannotConnect(cause: "connect: Connection refused"), "cannot reach Redis at h:1"),
      (.connectTimedOut(after: .seconds(2)), "cannot reach Redis at h:1 (timed out after 2s)"),
      (.commandTimedOut(after: .milliseconds(1500)), "Redis at h:1 did not answer GET within 1.5s"),
      (.commandTimedOut(after: .milliseconds(250)), "Redis at h:1 did not answer GET within 250ms"),
      (.connectionLost(cause: "recv: Connection reset by peer"), "lost the connection to Redis at h:1 during GET"),
      (.notRedis(cause: "Protocol error"), "Redis at h:1 does not speak Redis's protocol"),
    ])
  func connection(reason: RedisError.Reason, message: String) {
    let failure = RedisError(reason, target: "h:1", command: "GET").failure
    #expect(failure.message == message)
    #expect(failure.kind == .unavailable)
    #expect(!failure.hints.isEmpty)
  }

  @Test("says of itself whether trying again on a new connection can help")
  func connectionProblems() {
    #expect(RedisError(.connectionLost(cause: "")).isConnectionProblem)
    #expect(RedisError(.server(RedisServerError("LOADING x"))).isConnectionProblem)
    #expect(!RedisError(.server(RedisServerError("ERR x"))).isConnectionProblem)
    #expect(!RedisError(.interrupted).isConnectionProblem)
    #expect(RedisError(.interrupted).failure.kind == .interrupted)
  }
}

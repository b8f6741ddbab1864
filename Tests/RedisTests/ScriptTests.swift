import Redis
import Support
import Testing

@Suite("a script")
struct ScriptTests {
  let server: TestRedis
  let redis: RedisConnection

  init() throws {
    server = try TestRedis.make()
    redis = try server.connect()
  }

  @Test("has the digest that the server gives it, at every length around two blocks of the hash")
  func digests() throws {
    let scripts = (0...130).map {
      RedisScript(
        name: "s", source: "return 1 --" + String(repeating: "가", count: $0 / 3) + String(repeating: "x", count: $0 % 3)
      )
    }
    let replies = try redis.pipeline(scripts.map { ["SCRIPT", "LOAD", RedisArgument($0.source)] })
    for (script, reply) in zip(scripts, replies) { #expect(try reply.string == script.digest) }
  }

  @Test("that the server forgot is sent again, many times in one pipeline and in the middle of it")
  func forgotten() throws {
    let add = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
    let say = RedisScript(name: "say", source: "return {KEYS[1], ARGV[1], ARGV[2]}")
    let other = try server.connect()
    for _ in 0..<3 {
      try other.command("SCRIPT", "FLUSH")
      var tickets: [RedisTicket] = []
      for number in 0..<200 {
        tickets.append(try redis.append(add, keys: ["sum"], arguments: [1]))
        tickets.append(try redis.append(say, keys: ["k\(number)"], arguments: ["좌석", RedisArgument([0, 255])]))
        if number % 50 == 0 { tickets.append(try redis.append(["SCRIPT", "FLUSH"])) }
      }
      let replies = try tickets.map { try redis.checked($0) }
      let said = replies.compactMap { try? $0.array }
      #expect(said.count == 200)
      #expect(said[7] == [.bytes(Array("k7".utf8)), .bytes(Array("좌석".utf8)), .bytes([0, 255])])
    }
    #expect(try redis.command("GET", "sum").integer == 600)
  }

  @Test(
    "answers in the kinds that Redis makes of Lua's",
    arguments: [
      ("return 3.99", .integer(3)), ("return false", .null), ("return true", .integer(1)), ("return nil", .null),
      ("return '3.99'", .bytes(Array("3.99".utf8))), ("return {1, 2, nil, 4}", .array([.integer(1), .integer(2)])),
      ("return {}", .array([])), ("return {ok = 'FINE'}", .status("FINE")),
      ("return {{'a', {1}}, false}", .array([.array([.bytes([97]), .array([.integer(1)])]), .null])),
      ("return redis.status_reply('DONE')", .status("DONE")),
    ] as [(String, RedisValue)])
  func kinds(source: String, value: RedisValue) throws {
    #expect(try redis.evaluate(RedisScript(name: "kind", source: source), keys: []) == value)
  }

  @Test(
    "that fails says which one it was, with the code of what failed in it",
    arguments: [
      ("return redis.error_reply('GONE the seat is gone')", "GONE"),
      ("return redis.call('ZCARD', KEYS[1])", "WRONGTYPE"),
      ("return redis.pcall('ZCARD', KEYS[1])", "WRONGTYPE"), ("error('no')", "ERR"), ("return nonsense(", "ERR"),
      ("return redis.call('FROBNICATE')", "ERR"), ("return undefined_thing", "ERR"),
    ])
  func failures(source: String, code: String) throws {
    try redis.command("SET", "text", "s3cret")
    let script = RedisScript(name: "seats", source: source)
    let error = try #require(throws: RedisError.self) {
      try redis.evaluate(script, keys: ["text"], arguments: ["s3cret"])
    }
    #expect((error.serverCode, error.command, error.keys) == (code, "EVALSHA (seats)", ["text"]))
    #expect(!"\(error)".contains("s3cret"))
    #expect(try redis.command("PING") == .status("PONG"))
  }

  @Test("that answers an error among other things answers, and the error is in its place")
  func errorInside() throws {
    let script = RedisScript(name: "mixed", source: "return {1, redis.error_reply('GONE it is'), 3}")
    let elements = try redis.evaluate(script, keys: []).array
    #expect(elements.count == 3)
    #expect(try #require(throws: RedisError.self) { try elements[1].integer }.serverCode == "GONE")
  }
}

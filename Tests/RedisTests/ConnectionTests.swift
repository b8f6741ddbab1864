import Redis
import Support
import Testing

@Suite("a connection to a real server")
struct ConnectionTests {
  let server: TestRedis
  let redis: RedisConnection

  init() throws {
    server = try TestRedis.make()
    redis = try RedisConnection(RedisTarget(server.url))
  }

  @Test("values come back byte for byte, whatever the bytes")
  func binary() throws {
    let value = RedisArgument((0...255).map { UInt8($0) } + [13, 10, 0])
    try redis.command("SET", "좌석 key\r\n", value)
    #expect(try redis.command("GET", "좌석 key\r\n") == .bytes(value.bytes))
    #expect(try redis.command("GET", "nothing") == .null)
  }

  @Test("a pipeline far larger than every buffer comes through, in order")
  func bigPipeline() throws {
    let big = RedisArgument([UInt8](repeating: 120, count: 20_000))
    let replies = try redis.pipeline(
      (0..<30_000).map { ["ECHO", "\($0)"] } + (0..<1000).map { _ in ["ECHO", big] })
    #expect(replies.count == 31_000)
    for (index, reply) in replies.prefix(30_000).enumerated() where reply != .bytes(Array("\(index)".utf8)) {
      Issue.record("reply \(index) is \(reply)")
    }
    #expect(replies.suffix(1000).allSatisfy { $0 == .bytes(big.bytes) })
  }

  @Test("in a pipeline an error stays in its place, and alone it is thrown with the command's name")
  func errorsInPlace() throws {
    try redis.command("SET", "text", "x")
    let replies = try redis.pipeline([["PING"], ["ZCARD", "text"], ["GET", "text"]])
    #expect(replies[0] == .status("PONG"))
    if case .error(let error) = replies[1] { #expect(error.code == "WRONGTYPE") } else { Issue.record("no error") }
    #expect(replies[2] == .bytes([120]))
    let error = try #require(throws: RedisError.self) { try redis.command("ZCARD", "text") }
    #expect((error.command, error.keys, error.serverCode) == ("ZCARD", ["text"], "WRONGTYPE"))
    #expect(error.target == server.socket)
  }

  @Test("an unknown command's error names it and not its arguments")
  func unknownCommand() throws {
    let error = try #require(throws: RedisError.self) { try redis.command("FROBNICATE", "secret") }
    #expect(error.failure.message.contains("FROBNICATE"))
    #expect(!"\(error.failure)".contains("secret"))
  }

  @Test("replies can be taken by ticket in any order, and `nextReply` gives those that are left")
  func tickets() throws {
    let tickets = try (0..<6).map { try redis.append(["ECHO", "\($0)"]) }
    #expect(try redis.reply(to: tickets[4]).string == "4")
    #expect(try redis.reply(to: tickets[0]).string == "0")
    #expect(try redis.nextReply().string == "1")
    #expect(try redis.reply(to: tickets[2]).string == "2")
    #expect(try redis.nextReply().string == "3")
    #expect(try redis.nextReply().string == "5")
    #expect(throws: RedisError.self) { try redis.nextReply() }
    #expect(throws: RedisError.self) { try redis.reply(to: tickets[4]) }
    #expect(try redis.command("PING") == .status("PONG"))
  }

  @Test("a script is known by its digest and its errors carry its name and keys")
  func scripts() throws {
    let script = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
    #expect(try redis.command("SCRIPT", "LOAD", RedisArgument(script.source)).string == script.digest)
    #expect(try redis.evaluate(script, keys: ["n"], arguments: [1]) == .integer(1))
    try redis.command("RPUSH", "list", "x")
    let error = try #require(throws: RedisError.self) { try redis.evaluate(script, keys: ["list"], arguments: [1]) }
    #expect((error.command, error.keys, error.serverCode) == ("EVALSHA (add)", ["list"], "WRONGTYPE"))
  }

  @Test("a script runs again after a flush, also in the middle of a pipeline")
  func scriptFlush() throws {
    let script = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
    #expect(try redis.evaluate(script, keys: ["n"], arguments: [1]) == .integer(1))
    try redis.append(script, keys: ["n"], arguments: [10])
    try redis.append(["SCRIPT", "FLUSH"])
    try redis.append(script, keys: ["n"], arguments: [100])
    try redis.append(["PING"])
    #expect(try redis.nextReply() == .integer(11))
    #expect(try redis.nextReply() == .status("OK"))
    #expect(try redis.nextReply() == .integer(111))
    #expect(try redis.nextReply() == .status("PONG"))
  }

  @Test("a scan with work between its pages sees every key once")
  func scan() throws {
    _ = try redis.pipeline((0..<5000).map { ["SET", "k\($0)", "v"] })
    _ = try redis.pipeline((0..<500).map { ["SADD", "kset\($0)", "v"] })
    var scan = redis.scan(match: "k*", type: "string", count: 100)
    var removed = 0
    var last: RedisTicket?
    while let page = try scan.nextPage() {
      if let last { removed += try redis.checked(last).integer }
      last = page.isEmpty ? nil : try redis.append(["UNLINK"] + page)
    }
    if let last { removed += try redis.checked(last).integer }
    #expect(removed == 5000)
    #expect(try redis.command("DBSIZE") == .integer(500))
    #expect(try scan.nextPage() == nil)
  }

  @Test("a scan takes a key with glob characters by its bytes")
  func scanBinary() throws {
    try redis.command("SET", RedisArgument([0xFF, 0x00, 0x2A]), "v")
    var scan = redis.scan()
    var keys: [RedisArgument] = []
    while let page = try scan.nextPage() { keys += page }
    #expect(keys == [RedisArgument([0xFF, 0x00, 0x2A])])
  }

  @Test("the server says its version and other facts")
  func information() throws {
    #expect(try redis.serverVersion >= RedisVersion(5))
    #expect(try redis.information("replication")["role"] == "master")
  }
}

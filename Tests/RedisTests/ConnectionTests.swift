import Redis
import Testing

@Suite("a connection to a real server")
struct ConnectionTests {
  let server: PrivateRedis
  let redis: RedisConnection

  init() throws {
    server = try PrivateRedis()
    redis = try server.connect()
  }

  @Test("values come back byte for byte, whatever the bytes")
  func binary() throws {
    let value = RedisArgument((0...255).map { UInt8($0) } + [13, 10, 0])
    try redis.command("SET", "좌석 key\r\n", value)
    #expect(try redis.command("GET", "좌석 key\r\n") == .bytes(value.bytes))
  }

  @Test("a pipeline far larger than every buffer comes through, in order")
  func bigPipeline() throws {
    let big = RedisArgument([UInt8](repeating: 120, count: 20_000))
    let replies = try redis.pipeline(
      (0..<3000).map { ["ECHO", "\($0)"] + ($0 < 0 ? [big] : []) } + (0..<2000).map { _ in ["ECHO", big] })
    #expect(try replies[2999].string == "2999")
    #expect(replies[4999] == .bytes(big.bytes))
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
    var scan = redis.scan(match: "k*", type: "string", count: 100)
    var removed = 0
    var last: RedisTicket?
    while let page = try scan.nextPage() {
      if let last { removed += try redis.checked(last).integer }
      last = page.isEmpty ? nil : try redis.append(["UNLINK"] + page)
    }
    if let last { removed += try redis.checked(last).integer }
    #expect(removed == 5000)
    #expect(try redis.command("DBSIZE") == .integer(0))
  }
}

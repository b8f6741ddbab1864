import Redis
import Support
import Testing

@Suite("values around the sizes of buffers")
struct BufferTests {
  let server: TestRedis
  let redis: RedisConnection

  init() throws {
    server = try TestRedis.make()
    redis = try server.connect()
  }

  private func bytes(_ size: Int) -> RedisArgument {
    RedisArgument((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
  }

  @Test(
    "come back whole, alone and in the middle of a pipeline",
    arguments: [
      0, 1, 2, 32_757, 32_758, 32_759, 32_766, 32_767, 32_768, 32_769, 65_536, 524_287, 524_288, 524_289, 1_048_575,
      1_048_577, 5_000_000,
    ])
  func sizes(size: Int) throws {
    let value = bytes(size)
    try redis.command("SET", "k", value)
    #expect(try redis.command("STRLEN", "k") == .integer(Int64(size)))
    #expect(try redis.command("GET", "k") == .bytes(value.bytes))
    let replies = try redis.pipeline([["PING"], ["GET", "k"], ["GET", "none"], ["ECHO", value], ["PING"]])
    #expect(replies == [.status("PONG"), .bytes(value.bytes), .null, .bytes(value.bytes), .status("PONG")])
  }

  @Test("of all sizes at once, thousands of them, keep their order")
  func mixed() throws {
    var random = SeededRandom(seed: 32_768)
    let values = (0..<2_000).map { _ in
      let isLarge = Int.random(in: 0..<40, using: &random) == 0
      return bytes(Int.random(in: 0...(isLarge ? 700_000 : 300), using: &random))
    }
    let replies = try redis.pipeline(values.map { ["ECHO", $0] })
    #expect(replies.count == values.count)
    for (index, reply) in replies.enumerated() where reply != .bytes(values[index].bytes) {
      Issue.record("reply \(index) is not the value of \(values[index].bytes.count) bytes that was sent")
    }
  }

  @Test("every byte can stand in a key and in a value")
  func everyByte() throws {
    let keys = (0...255).map { RedisArgument([UInt8($0)]) } + [RedisArgument([]), RedisArgument([13, 10]), "*1\r\n$4"]
    _ = try redis.pipeline(keys.map { ["SET", $0, $0] })
    #expect(try redis.command("DBSIZE") == .integer(Int64(keys.count)))
    #expect(try redis.pipeline(keys.map { ["GET", $0] }) == keys.map { .bytes($0.bytes) })
    var found: [RedisArgument] = []
    var scan = redis.scan(count: 7)
    while let page = try scan.nextPage() { found += page }
    #expect(Set(found) == Set(keys))
  }

  @Test("a reply of very many elements is one reply")
  func manyElements() throws {
    try redis.command("EVAL", "for i = 1, 200000 do redis.call('RPUSH', 'list', i) end", "0")
    let elements = try redis.command("LRANGE", "list", "0", "-1").array
    #expect(elements.count == 200_000)
    #expect(try elements.first?.integer == 1 && elements.last?.integer == 200_000)
    #expect(try redis.command("LLEN", "list") == .integer(200_000))
  }

  @Test("replies in replies are read to the depth that hiredis has, and deeper ones are an error, not a trap")
  func depth() throws {
    func nested(_ depth: Int) throws -> RedisValue {
      try redis.command(
        "EVAL",
        RedisArgument("return " + String(repeating: "{", count: depth) + "7" + String(repeating: "}", count: depth)),
        "0")
    }
    for depth in 0...7 {
      #expect(try nested(depth) == (0..<depth).reduce(.integer(7)) { value, _ in .array([value]) })
    }
    let error = try #require(throws: RedisError.self) { try nested(20) }
    guard case .notRedis = error.reason else {
      Issue.record("\(error)")
      return
    }
    #expect(error.command == "EVAL")
    try redis.reconnect()
    #expect(try redis.command("PING") == .status("PONG"))
  }

  @Test("what is queued goes out at a flush, before anybody waits for a reply")
  func flush() throws {
    let observer = try server.connect()
    let ticket = try redis.append(["RPUSH", "list", "x"])
    #expect(try observer.command("LLEN", "list") == .integer(0))
    try redis.flush()
    try waitUntil { try observer.command("LLEN", "list") == .integer(1) }
    #expect(try redis.reply(to: ticket) == .integer(1))
    try redis.flush()
    #expect(try redis.command("LLEN", "list") == .integer(1))
  }
}

import Redis
import Support
import Testing

@Suite("a walk over the keys")
struct ScanTests {
  let server: TestRedis
  let redis: RedisConnection

  init() throws {
    server = try TestRedis.make()
    redis = try server.connect()
  }

  private func keys(_ scan: RedisScan) throws -> [RedisArgument] {
    var scan = scan
    var keys: [RedisArgument] = []
    while let page = try scan.nextPage() { keys += page }
    #expect(try scan.nextPage() == nil)
    return keys
  }

  @Test("misses no key that is there all the time, however many come and go meanwhile", arguments: [1, 10, 1_000])
  func completeness(count: Int) throws {
    let kept = (0..<4_000).map { RedisArgument("kept:\($0)") }
    _ = try redis.pipeline(kept.map { ["SET", $0, "v"] })
    let churn = Background { [server] background in
      let own = try server.connect()
      var round = 0
      while !background.isStopping {
        // The table grows and shrinks, so the server rehashes it under the scan.
        _ = try own.pipeline((0..<3_000).map { ["SET", "gone:\(round):\($0)", "v"] })
        _ = try own.pipeline((0..<3_000).map { ["DEL", "gone:\(round):\($0)"] })
        round += 1
      }
    }
    for _ in 0..<3 { #expect(Set(try keys(redis.scan(count: count))).isSuperset(of: kept)) }
    try churn.stop()
    #expect(Set(try keys(redis.scan(count: count))) == Set(kept))
  }

  @Test("a page from a place in the walk is what a walk meets there, and ten places are ten different pages")
  func places() throws {
    for start in stride(from: 0, to: 40_000, by: 1_000) {
      try redis.command(["MSET"] + (start..<start + 1_000).flatMap { [RedisArgument("key-\($0)"), "x"] })
    }
    var walk: [RedisArgument] = []
    var scan = redis.scan(count: 1_000)
    while let page = try scan.nextPage() { walk += page }
    let rank = Dictionary(walk.enumerated().map { ($1, $0) }) { first, _ in first }
    var seen: Set<RedisArgument> = []
    for tenth in 0..<10 {
      let page = try redis.scanPage(at: Double(tenth) / 10, count: 1_000)
      #expect(page.keys.count >= 500)
      #expect(seen.isDisjoint(with: page.keys))
      seen.formUnion(page.keys)
      // So many keys in such a part of the walk.
      #expect((36_000...44_000).contains(Double(page.keys.count) / page.share), "\(page.share)")
      let middle = try #require(page.keys.compactMap { rank[$0] }.min())
      #expect(abs(Double(middle) / 40_000 - Double(tenth) / 10) < 0.02, "\(tenth): \(middle)")
    }
    #expect(try redis.scanPage(at: 7, count: 10).keys.count < 1_000)
    #expect(try redis.scanPage(at: -1, count: 1_000).keys == redis.scanPage(at: 0, count: 1_000).keys)
  }

  @Test("of an empty database ends at once, and of one key gives that key")
  func few() throws {
    #expect(try keys(redis.scan()).isEmpty)
    try redis.command("SET", "좌석:1", "v")
    #expect(try keys(redis.scan()) == ["좌석:1"])
  }

  @Test(
    "keeps to its pattern and its type, to the byte",
    arguments: [
      ("seat:*", nil, ["seat:1", "seat:한"]), ("seat:?", nil, ["seat:1", "seat:한"]), ("*", "set", ["waiting"]),
      ("seat:*", "hash", ["seat:한"]), ("concerts::SimpleKey \\[]", nil, ["concerts::SimpleKey []"]),
      ("concerts::SimpleKey []", nil, []), ("nothing*", nil, []), ("*", "stream", []),
    ] as [(RedisArgument, String?, Set<RedisArgument>)])
  func patterns(pattern: RedisArgument, type: String?, expected: Set<RedisArgument>) throws {
    _ = try redis.pipeline([
      ["SET", "seat:1", "v"], ["HSET", "seat:한", "f", "v"], ["SADD", "waiting", "a"],
      ["SET", "concerts::SimpleKey []", "v"],
    ])
    let found = try keys(redis.scan(match: pattern, type: type, count: 1))
    // A question mark is a byte to Redis, and a Korean letter is three.
    #expect(Set(found) == (pattern == "seat:?" ? ["seat:1"] : expected))
  }

  @Test("leaves room for commands of its caller between two pages, and for a second walk")
  func interleaved() throws {
    _ = try redis.pipeline((0..<3_000).map { ["SET", "k\($0)", "\($0)"] })
    var (one, other) = (redis.scan(count: 50), redis.scan(match: "k1*", count: 70))
    var (all, some): (Set<RedisArgument>, Set<RedisArgument>) = ([], [])
    var isOver = (false, false)
    while !isOver.0 || !isOver.1 {
      if let page = try one.nextPage() {
        let tickets = try page.map { try redis.append(["GET", $0]) }
        for (key, ticket) in zip(page, tickets) { #expect(try "k" + redis.checked(ticket).string == key.text) }
        all.formUnion(page)
      } else {
        isOver.0 = true
      }
      if let page = try other.nextPage() { some.formUnion(page) } else { isOver.1 = true }
      #expect(try redis.command("ECHO", "between").string == "between")
    }
    #expect(all.count == 3_000)
    #expect(some == all.filter { $0.text.hasPrefix("k1") })
  }

  @Test("that the user may not do is refused with the command's name")
  func refused() throws {
    try redis.command("ACL", "SETUSER", "narrow", "on", "nopass", "+get", "~*")
    let narrow = try RedisConnection(RedisTarget(endpoint: .unix(path: server.socket), user: "narrow"))
    var scan = narrow.scan()
    let error = try #require(throws: RedisError.self) { try scan.nextPage() }
    #expect((error.command, error.serverCode, error.failure.kind) == ("SCAN", "NOPERM", .refused))
    #expect(try scan.nextPage() == nil)
    var nonsense = redis.scan(count: 0)
    #expect(throws: RedisError.self) { try nonsense.nextPage() }
    #expect(try redis.command("PING") == .status("PONG"))
  }
}

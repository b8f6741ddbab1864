import Changes
import Failures
import Redis
import Support
import Testing

@testable import Caching

@Suite("An eviction")
struct EvictionTests {
  let server: CacheServer

  init() throws { server = try CacheServer() }

  @Test("removes exact keys, the Spring key among them, and nothing that is spelled alike")
  func exactKeys() throws {
    try server.set(["concerts::SimpleKey []", "concerts::SimpleKey [1]", "concerts::SimpleKey ]", "waiting_tokens"])
    let done = try server.evict(KeySelection(["concerts::SimpleKey []", "not there"]))
    #expect(done.plan.count == 1)
    #expect(done.plan.sample == ["concerts::SimpleKey []"])
    #expect(done.outcome == ChangeOutcome(changed: 1, skipped: 1))
    #expect(done.record?.changed == 1)
    #expect(try server.keys() == ["concerts::SimpleKey [1]", "concerts::SimpleKey ]", "waiting_tokens"])
  }

  @Test("removes every key with a prefix over many pages, and counts what the server removed")
  func prefix() throws {
    try server.set((0..<7_500).map { "concertOption::\($0)" })
    try server.set((0..<5_000).map { "concertOptions:\($0)" })
    let cache = try CacheDefinition(name: "concertOption", prefixes: ["concertOption::"])
    let done = try server.evict(KeySelection(caches: [cache]))
    #expect(done.plan.count == 7_500)
    #expect(done.plan.estimate.isExact)
    #expect(done.plan.sample.count == 10)
    #expect(done.plan.databaseSize == 12_500)
    #expect(done.outcome.changed == 7_500)
    #expect(done.record?.changed == 7_500)
    #expect(try server.keys().count == 5_000)
  }

  @Test("takes several caches, keys and patterns in one walk, each key counted once")
  func severalCaches() throws {
    try server.set(["concerts::SimpleKey []", "a:1", "a:2", "b:1", "ab:1", "c:1"])
    let caches = [
      try CacheDefinition(name: "concerts", keys: ["concerts::SimpleKey []", "a:1"]),
      try CacheDefinition(name: "a", prefixes: ["a:"]),
      try CacheDefinition(name: "b", matches: ["b:?", "a[b]:*"]),
    ]
    let done = try server.evict(KeySelection(caches: caches))
    #expect(done.plan.count == 5)
    #expect(done.outcome.changed == 5)
    #expect(try server.keys() == ["c:1"])
  }

  @Test("removes keys whose names are no text, hold line feeds, or are Korean")
  func oddBytes() throws {
    let odd: [[UInt8]] = [
      Array("c:콘서트 서울".utf8), Array("c:\n\r\n".utf8), [0x63, 0x3A, 0xFF, 0x00, 0xFE], Array("c:*[]?\\".utf8),
      Array("c:".utf8),
    ]
    try server.set(odd)
    try server.set(["d:1"])
    let done = try server.evict(KeySelection(matching: ["c:*"]))
    #expect(done.outcome.changed == odd.count)
    #expect(done.plan.sample.contains("c:\\xff\\x00\\xfe"))
    #expect(done.plan.sample.contains("c:콘서트 서울"))
    #expect(try server.keys() == ["d:1"])
  }

  @Test("of nothing plans nothing, and run twice finds nothing the second time")
  func repeated() throws {
    #expect(try server.eviction.plan(KeySelection(matching: ["none:*"]), counting: .exactly).count == 0)
    try server.set(["x:1", "x:2"])
    #expect(try server.evict(KeySelection(matching: ["x:*"])).outcome.changed == 2)
    let again = try server.evict(KeySelection(["x:1"], matching: ["x:*"]))
    #expect(again.plan.count == 0)
    #expect(again.outcome.changed == 0)
  }

  @Test("removes values of every type and size, without blocking DEL")
  func everyType() throws {
    for index in 0..<3_000 {
      try server.redis.append(["RPUSH", "t:list", RedisArgument(index)])
      _ = try server.redis.nextReply()
    }
    try server.redis.command("ZADD", "t:zset", "1", "a")
    try server.redis.command("HSET", "t:hash", "a", "1")
    try server.redis.command("XADD", "t:stream", "*", "a", "1")
    let done = try server.evict(KeySelection(matching: ["t:*"]))
    #expect(done.outcome.changed == 4)
    let statistics = try server.redis.command("INFO", "commandstats").string
    #expect(statistics.contains("cmdstat_unlink"))
    #expect(!statistics.contains("cmdstat_del:"))
    #expect(!statistics.contains("cmdstat_keys:"))
    #expect(try server.keys() == [])
  }

  @Test("a sample is of the whole database, also when an eviction that was broken off has emptied its beginning")
  func sampleAfterHalf() throws {
    try server.set((0..<40_000).map { "half:\($0)" })
    var scan = server.redis.scan(count: 1_000)
    var left = 40_000
    while left > 25_000, let page = try scan.nextPage() {
      try server.redis.command(["UNLINK"] + page)
      left -= page.count
    }
    try server.set((0..<10_000).map { "other:\($0)" })
    let plan = try server.eviction.plan(KeySelection(matching: ["half:*"]), counting: .bySample)
    #expect(!plan.estimate.isExact)
    #expect((left - 3_000...left + 3_000).contains(plan.count), "\(plan.count) of \(left)")
  }

  @Test("counts by sample only in a large database, with a range that holds the truth, and says so")
  func bySample() throws {
    try server.set((0..<15_000).map { "half:\($0)" })
    let selection = KeySelection(["half:1"], matching: ["half:*"])
    let small = try server.eviction.plan(selection, counting: .bySample)
    #expect(small.estimate == CountEstimate(exactly: 15_000))
    try server.set((0..<15_000).map { "other:\($0)" })
    let plan = try server.eviction.plan(selection, counting: .bySample)
    #expect(!plan.estimate.isExact)
    #expect((13_500...16_500).contains(plan.count))
    let done = try server.evict(selection, counting: .bySample)
    #expect(done.outcome.changed == 15_000)
    #expect(try server.keys().count == 15_000)
  }

  @Test("ends between pages when asked, keeps what was done, and records it")
  func interrupted() throws {
    try server.set((0..<20_000).map { "k:\($0)" })
    let calls = Counter()
    let control = ChangeControl(
      isInterrupted: { calls.value >= 3 }, progress: { _ in calls.add() })
    let done = try server.evict(KeySelection(matching: ["k:*"]), control: control)
    #expect(done.outcome.wasInterrupted)
    #expect((1..<20_000).contains(done.outcome.changed))
    #expect(done.record?.changed == done.outcome.changed)
    #expect(try server.keys().count == 20_000 - done.outcome.changed)
    #expect(try server.redis.command("PING").string == "PONG")
  }

  @Test("of a plan that is read stops reading when asked")
  func interruptedPlan() throws {
    try server.set(["k:1"])
    let eviction = Eviction(server.redis, protected: CacheServer.protected, isInterrupted: { true })
    let failure = #expect(throws: Failure.self) {
      try eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    }
    #expect(failure?.kind == .interrupted)
    #expect(try server.keys() == ["k:1"])
  }

  @Test("at a pace goes in small batches and still removes everything once")
  func paced() throws {
    try server.set((0..<300).map { "k:\($0)" })
    let largest = Counter()
    let last = Counter()
    let control = ChangeControl(
      unitsPerSecond: 2_000,
      progress: { done in
        largest.add(max(0, done - last.value - largest.value))
        last.add(done - last.value)
      })
    let done = try server.evict(KeySelection((0..<100).map { "k:\($0)" }, matching: ["k:*"]), control: control)
    #expect(done.outcome.changed == 300)
    #expect(largest.value <= 200)
    #expect(try server.keys() == [])
  }

  @Test("that a read-only replica refuses is thrown before anything is counted")
  func replica() throws {
    try server.set(["k:1"])
    let plan = try server.eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    let change = try server.begin(plan)
    try server.redis.command("REPLICAOF", "127.0.0.1", "1")
    #expect(throws: RedisError.self) {
      try server.eviction.apply(plan, change)
    }
    try server.redis.command("REPLICAOF", "NO", "ONE")
    #expect(try server.keys() == ["k:1"])
  }

  @Test("that the server begins to refuse half-way ends with what was done")
  func refusedHalfWay() throws {
    try server.set((0..<5_000).map { "k:\($0)" })
    let other = try server.connect()
    let url = server.server.url
    let control = ChangeControl(
      progress: { _ in
        // Over a connection of its own, because the eviction's has replies under way.
        _ = try? RedisConnection(RedisTarget(url)).command("CONFIG", "SET", "min-replicas-to-write", "3")
      })
    let plan = try server.eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    let broken = #expect(throws: BrokenOffChange.self) {
      try server.eviction.apply(plan, try server.begin(plan, control: control))
    }
    let outcome = try #require(broken?.outcome)
    try other.command("CONFIG", "SET", "min-replicas-to-write", "0")
    let left = try server.keys().count
    #expect((1..<5_000).contains(left))
    #expect(outcome.failed > 0)
    #expect(outcome.changed == 5_000 - left)
    #expect(outcome.state == .partial)
    #expect(outcome.failure?.contains("replicas") == true)
  }

  @Test("whose heartbeat was lost ends with try again")
  func lostHeartbeat() throws {
    try server.set((0..<50).map { "k:\($0)" })
    let plan = try server.eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    let change = try server.begin(plan)
    try server.redis.command("DEL", RedisArgument(OwnKeys.caches.name("alive:\(change.id)")))
    let failure = #expect(throws: Failure.self) { try server.eviction.apply(plan, change) }
    #expect(failure?.kind == .tryAgain)
    #expect(try server.keys().count == 50)
  }
}

@Suite("An eviction near protected keys")
struct EvictionProtectionTests {
  let server: CacheServer

  init() throws {
    server = try CacheServer()
    try server.set(["waiting_tokens", "active_tokens", "concertOption::1", "users:queue:7:wait", "users:7"])
  }

  static let refused: [KeySelection] = [
    KeySelection(["waiting_tokens"]), KeySelection(["concertOption::1", "active_tokens"]),
    KeySelection(["usher:operations"]), KeySelection(matching: ["*"]), KeySelection(matching: ["*_tokens"]),
    KeySelection(matching: ["waiting?tokens"]), KeySelection(matching: ["concertOption::*", "[a-b]ctive*"]),
    KeySelection(matching: ["users:*"]), KeySelection(matching: ["*:wait"]), KeySelection(matching: ["u*"]),
  ]

  @Test("is refused before any change, however the keys are named", arguments: refused)
  func refusal(_ selection: KeySelection) throws {
    for counting in [Eviction.Counting.exactly, .bySample] {
      let conflict = #expect(throws: ProtectedKeyConflict.self) {
        try server.eviction.plan(selection, counting: counting)
      }
      #expect(conflict?.failure.kind == .refused)
    }
    #expect(try server.keys().count == 5)
  }

  @Test("is refused for a protected key that does not exist, because it may the next moment")
  func missingKey() throws {
    try server.redis.command("UNLINK", "waiting_tokens")
    #expect(throws: ProtectedKeyConflict.self) {
      try server.eviction.plan(KeySelection(matching: ["waiting*"]), counting: .exactly)
    }
  }

  @Test("goes on where a pattern could reach a protected prefix but no such key exists")
  func reachableButAbsent() throws {
    try server.redis.command("UNLINK", "users:queue:7:wait")
    let done = try server.evict(KeySelection(matching: ["users:*"]), counting: .bySample)
    #expect(done.plan.estimate == CountEstimate(exactly: 1))
    #expect(done.outcome.changed == 1)
    #expect(try server.keys() == ["active_tokens", "concertOption::1", "waiting_tokens"])
  }

  @Test("leaves alone a protected key that appears between plan and change")
  func appearsMeanwhile() throws {
    try server.redis.command("UNLINK", "users:queue:7:wait")
    let plan = try server.eviction.plan(KeySelection(matching: ["u*"]), counting: .exactly)
    let change = try server.begin(plan)
    try server.set(["users:queue:8:wait", "users:8"])
    let outcome = try server.eviction.apply(plan, change)
    #expect(outcome.changed == 2)
    #expect(try server.keys() == ["active_tokens", "concertOption::1", "users:queue:8:wait", "waiting_tokens"])
    #expect(try server.journal.find(change.id)?.changed == 2)
  }
}

import Failures
import Redis
import Support
import Testing

@testable import Caching

@Suite("A survey of caches")
struct CacheSurveyTests {
  let server: CacheServer
  let survey: CacheSurvey

  init() throws {
    server = try CacheServer()
    survey = CacheSurvey(server.redis)
  }

  static func definitions() throws -> [CacheDefinition] {
    [
      try CacheDefinition(name: "concerts", keys: ["concerts::SimpleKey []"]),
      try CacheDefinition(name: "concertOption", prefixes: ["concertOption::"]),
      try CacheDefinition(name: "both", keys: ["concertOption::1", "lone"], matches: ["concertOption::?"]),
      try CacheDefinition(name: "none", matches: ["nothing:[ab]*"]),
    ]
  }

  @Test("counts keys, prefixes and patterns, and a key in two caches in both")
  func counts() throws {
    try server.set(["concerts::SimpleKey []", "lone", "unrelated", "waiting_tokens"])
    try server.set((1...2_500).map { "concertOption::\($0)" })
    let rows = try survey.take(of: try Self.definitions())
    #expect(rows.map(\.definition.name) == ["concerts", "concertOption", "both", "none"])
    #expect(rows.map(\.keys) == [1, 2_500, 10, 0])
    #expect(rows.allSatisfy { $0.sample == nil })
  }

  @Test("walks the keyspace once, however many caches there are, and never with KEYS")
  func oneWalk() throws {
    try server.set((1...5_000).map { "concertOption::\($0)" })
    try server.redis.command("CONFIG", "RESETSTAT")
    _ = try survey.take(of: try Self.definitions())
    let statistics = try server.redis.command("INFO", "commandstats").string
    let calls = try #require(statistics.firstMatch(of: #/cmdstat_scan:calls=(\d+)/#))
    #expect(Int(calls.1) ?? 0 <= 12)
    #expect(!statistics.contains("cmdstat_keys"))
  }

  @Test("of exact keys alone does not walk at all")
  func noWalk() throws {
    try server.set(["concerts::SimpleKey []"])
    try server.redis.command("CONFIG", "RESETSTAT")
    let rows = try survey.take(of: [try Self.definitions()[0]])
    #expect(rows.map(\.keys) == [1])
    #expect(!(try server.redis.command("INFO", "commandstats").string.contains("cmdstat_scan")))
  }

  @Test("of no caches is empty")
  func nothing() throws {
    #expect(try survey.take(of: []).isEmpty)
  }

  @Test("looks at a few entries for size and lifetime when asked, and says how many")
  func sample() throws {
    for number in 0..<50 {
      try server.redis.command("SET", "concertOption::\(number)", "value", "EX", RedisArgument(100 + number))
    }
    try server.redis.command("SET", "concerts::SimpleKey []", "for ever")
    let rows = try survey.take(of: try Self.definitions(), sampleSize: 20)
    let concerts = try #require(rows[0].sample)
    #expect(concerts.entries == 1)
    #expect(concerts.withoutExpiry == 1)
    #expect(concerts.timeToLiveMilliseconds == nil)
    let options = try #require(rows[1].sample)
    #expect(options.entries == 20)
    #expect(options.withoutExpiry == 0)
    let life = try #require(options.timeToLiveMilliseconds)
    #expect(life.lowerBound > 60_000)
    #expect(life.upperBound <= 149_000)
    #expect(options.bytes >= 20 * 40)
    #expect(options.estimatedBytes(of: 50) == options.bytes * 50 / 20)
    #expect(rows[3].sample == nil)
  }

  @Test("estimates bytes by the share that was looked at", arguments: [(0, 0), (10, 100), (1_000_000, 10_000_000)])
  func estimate(_ keys: Int, _ bytes: Int) {
    let sample = CacheSample(entries: 20, bytes: 200, timeToLiveMilliseconds: nil, withoutExpiry: 20)
    #expect(sample.estimatedBytes(of: keys) == bytes)
  }

  @Test("stops when asked")
  func interrupted() throws {
    try server.set(["concertOption::1"])
    let failure = #expect(throws: Failure.self) {
      try CacheSurvey(server.redis, isInterrupted: { true }).take(of: try Self.definitions())
    }
    #expect(failure?.kind == .interrupted)
  }
}

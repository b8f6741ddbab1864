import Redis
import Support
import Testing

@Suite("cache warm")
struct CacheWarmTests {
  private let query =
    "SELECT 'concertOption::' || n AS key, 'dates of ' || n AS value FROM generate_series(1, 700) AS n"

  @Test("fills an evicted cache, as the eviction promised, and leaves what is there")
  func warms() throws {
    let program = try CacheProgram(warming: query)
    var environment = program.environment
    let database = try TestDatabase.make()
    environment["USHER_POSTGRES"] = database.conninfo
    try program.redis.command("SET", "concertOption::7", "kept")
    let run = try Binary.run(["cache", "warm", "concertOption", "--yes", "-o", "json"], environment: environment)
    #expect(run.status == 0)
    #expect(run.output.contains("\"changed\": 699"))
    #expect(run.output.contains("\"undo\": \"by: usher cache evict concertOption\""))
    #expect(try program.redis.command("GET", "concertOption::7").string == "kept")
    #expect(try program.redis.command("GET", "concertOption::8").string == "dates of 8")
    let again = try Binary.run(["cache", "warm", "concertOption", "--yes"], environment: environment)
    #expect(again.status == 0)
    #expect(again.output.hasPrefix("nothing to do: cache concertOption contains all 700 entries"))
    let anew = try Binary.run(
      ["cache", "warm", "concertOption", "--yes", "--overwrite"], environment: environment)
    #expect(anew.status == 0)
    #expect(anew.errors.contains("warning: 700 existing entries will be overwritten"))
    #expect(try program.redis.command("GET", "concertOption::7").string == "dates of 7")
  }

  @Test("says which cache has no query, and which is not known, without a look at the database")
  func withoutQuery() throws {
    let program = try CacheProgram()
    var environment = program.environment
    environment["USHER_POSTGRES"] = "postgresql://nowhere.invalid/x"
    let run = try Binary.run(["cache", "warm", "concerts", "--yes"], environment: environment)
    #expect(run.status == 78)
    #expect(run.errors.contains("'concerts'"))
    #expect(try Binary.run(["cache", "warm", "concert", "--yes"], environment: environment).status == 64)
    #expect(try Binary.run(["cache", "warm", "--yes"], environment: environment).status == 64)
  }

  @Test("after an eviction gives the sandbox's caches, byte for byte, what the service had put there")
  func warmedAsSeeded() throws {
    let home = SandboxCommandTests.Home()
    #expect(try home.run("sandbox", "start", "-q").status == 0)
    let redis = try RedisConnection(try RedisTarget("unix://\(home.directory)/run/redis.sock"))
    func entries() throws -> [String: [UInt8]] {
      let keys = try redis.command("KEYS", "concert*").array.map { try $0.string }
      return try Dictionary(uniqueKeysWithValues: keys.map { ($0, try redis.command("GET", RedisArgument($0)).bytes) })
    }
    let seeded = try entries()
    #expect(seeded.count == 11)
    #expect(try home.run("cache", "evict", "--all", "--yes").status == 0)
    #expect(try entries().isEmpty)
    #expect(try home.run("cache", "warm", "concerts", "concertOption", "--yes").status == 0)
    #expect(try entries() == seeded)
  }

  @Test(
    "says of a query that cannot work the cache, the place and what it must be",
    arguments: [
      "SELECT 1 AS value", "SELECT NULL::text AS key, 'x' AS value", "SELECT 'concertOption::1' AS key, NULL AS value",
      "SELEC 1", "SELECT nothing AS key, 'x' AS value FROM concert",
      "UPDATE concert SET name = 'x' RETURNING 'concertOption::1' AS key, 'x' AS value",
    ])
  func mistakes(sql: String) throws {
    let shop = try Shop()
    try shop.write(
      """
      current-context: sale
      contexts:
        sale: { redis: "\(shop.server.url)", postgres: "\(shop.database.conninfo)" }
      caches:
        concertOption:
          prefix: "concertOption::"
          warm: { sql: "\(sql)" }

      """)
    for words in [["--dry-run"], ["--yes"]] {
      let run = try shop.run(["cache", "warm", "concertOption"] + words)
      #expect(run.status == 65, "\(run.errors)")
      #expect(run.errors.hasPrefix("usher: cannot warm cache 'concertOption' with its query\n"), "\(run.errors)")
      #expect(
        run.errors.contains("hint: correct warm.sql of the cache at \(shop.configPath):7:18: a SELECT"), "\(run.errors)"
      )
    }
  }
}

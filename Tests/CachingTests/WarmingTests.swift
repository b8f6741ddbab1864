import Changes
import Failures
import Postgres
import Redis
import Support
import Testing

@testable import Caching

@Suite("Warming caches")
struct WarmingTests {
  let server: CacheServer
  let database: TestDatabase
  let postgres: PostgresConnection

  init() throws {
    server = try CacheServer()
    database = try TestDatabase.make()
    postgres = try PostgresConnection(PostgresTarget(database.conninfo))
    try postgres.script(
      """
      CREATE TABLE concert (id bigint PRIMARY KEY, name text NOT NULL);
      INSERT INTO concert SELECT n, '콘서트 ' || n FROM generate_series(1, 1200) AS n
      """)
  }

  private var warming: Warming { Warming(server.redis, postgres, protected: CacheServer.protected) }

  private func cache(
    _ query: String, name: String = "concert", ttl: Duration? = .seconds(600)
  ) throws -> CacheDefinition {
    try CacheDefinition(
      name: name, keys: ["concerts::SimpleKey []"], prefixes: ["concert::"],
      warming: CacheWarming(query: query, timeToLive: ttl))
  }

  private static let everyConcert = "SELECT 'concert::' || id AS key, name AS value FROM concert"

  private func warm(
    _ caches: [CacheDefinition], overwriting: Bool = false, control: ChangeControl = ChangeControl()
  ) throws -> (plan: WarmingPlan, outcome: ChangeOutcome, record: OperationRecord?) {
    let plan = try warming.plan(caches, overwriting: overwriting, isInterrupted: { false })
    let change = try server.begin(plan.count, plan.undo, control: control)
    let outcome = try warming.apply(plan, change)
    return (plan, outcome, try server.journal.find(change.id))
  }

  @Test("writes each row as an entry with its lifetime, over several batches")
  func writes() throws {
    let done = try warm([try cache(Self.everyConcert)])
    #expect(done.plan.count == 1_200)
    #expect(done.plan.entries == 1_200)
    #expect(done.plan.present == 0)
    #expect(done.plan.sample.count == 10)
    #expect(done.outcome == ChangeOutcome(changed: 1_200))
    #expect(done.record?.changed == 1_200)
    #expect(try server.redis.command("GET", "concert::7").string == "콘서트 7")
    let life = try server.redis.command("PTTL", "concert::7").integer
    #expect((540_000...600_000).contains(life))
    #expect(try server.keys().count == 1_200)
  }

  @Test("without a lifetime writes entries that stay")
  func withoutLifetime() throws {
    _ = try warm([try cache(Self.everyConcert, ttl: nil)])
    #expect(try server.redis.command("PTTL", "concert::7").integer == -1)
  }

  @Test("leaves entries that are there as they are, and counts them out of the plan")
  func present() throws {
    try server.redis.command("SET", "concert::7", "older")
    let done = try warm([try cache(Self.everyConcert)])
    #expect(done.plan.count == 1_199)
    #expect(done.plan.present == 1)
    #expect(done.outcome == ChangeOutcome(changed: 1_199, skipped: 1))
    #expect(done.plan.undo == .by(command: "usher cache evict concert"))
    #expect(try server.redis.command("GET", "concert::7").string == "older")
  }

  @Test("overwrites them when told, and says that their former values are gone")
  func overwriting() throws {
    try server.redis.command("SET", "concert::7", "older")
    let done = try warm([try cache(Self.everyConcert)], overwriting: true)
    #expect(done.outcome == ChangeOutcome(changed: 1_200))
    #expect(done.plan.undo == .none(reason: "overwritten entries are not kept"))
    #expect(try server.redis.command("GET", "concert::7").string == "콘서트 7")
  }

  @Test("run twice has nothing to do the second time")
  func repeated() throws {
    _ = try warm([try cache(Self.everyConcert)])
    #expect(try warming.plan([try cache(Self.everyConcert)], overwriting: false, isInterrupted: { false }).count == 0)
  }

  @Test("takes keys and values as text, numbers or bytea, zero bytes among them")
  func types() throws {
    let query = """
      SELECT 'concert::text'::text AS key, 5 AS value UNION ALL SELECT 'concert::number', 42
      """
    let bytes = "SELECT convert_to('concert::bytes', 'UTF8') AS key, '\\x00ff0a'::bytea AS value"
    _ = try warm([try cache(query)])
    _ = try warm([try cache(bytes)])
    #expect(try server.redis.command("GET", "concert::number").string == "42")
    #expect(try server.redis.command("GET", "concert::bytes").bytes == [0x00, 0xFF, 0x0A])
  }

  @Test("fills the Spring key by its exact name")
  func springKey() throws {
    let query = "SELECT 'concerts::SimpleKey []' AS key, json_agg(name ORDER BY id)::text AS value FROM concert"
    #expect(try warm([try cache(query)]).outcome.changed == 1)
    #expect(try server.redis.command("GET", "concerts::SimpleKey []").string.hasPrefix("[\"콘서트 1\""))
  }

  @Test("of a cache without a query is a configuration error that names it")
  func withoutQuery() throws {
    let failure = #expect(throws: Failure.self) {
      try warming.plan(
        [try CacheDefinition(name: "seats", prefixes: ["seat:"])], overwriting: false, isInterrupted: { false })
    }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("'seats'") == true)
  }

  static let strayKeys = ["seat::1", "concerts::SimpleKey", "Concert::1", ""]

  @Test(
    "whose query gives a key that is no entry of the cache is refused before anything is written", arguments: strayKeys)
  func strayKey(_ key: String) throws {
    let query = Self.everyConcert + " UNION ALL SELECT \(PostgresConnection.quoteLiteral(key)), 'x'"
    let failure = #expect(throws: Failure.self) { try warm([try cache(query)]) }
    #expect(failure?.kind == .badInput)
    #expect(try server.keys() == [])
  }

  @Test("never writes a key of a queue, even where the cache covers it")
  func protectedKey() throws {
    let greedy = try CacheDefinition(
      name: "greedy", prefixes: ["waiting"],
      warming: CacheWarming(query: "SELECT 'waiting_tokens' AS key, 'x' AS value", timeToLive: nil))
    #expect(throws: ProtectedKeyConflict.self) { try warm([greedy]) }
    #expect(try server.keys() == [])
  }

  static let brokenQueries = [
    "SELECT 1 AS one", "SELECT 'concert::1' AS key", "SELECT NULL::text AS key, 'x' AS value",
    "SELECT 'concert::1' AS key, NULL::text AS value", "SELECT nonsense", "DELETE FROM concert RETURNING 1",
  ]

  @Test("with a query that does not give keys and values fails and writes nothing", arguments: brokenQueries)
  func brokenQuery(_ query: String) throws {
    #expect(throws: (any Error).self) { try warm([try cache(query)]) }
    #expect(try server.keys() == [])
    #expect(try postgres.query("SELECT count(*) AS n FROM concert")[0].decode("n", as: Int.self) == 1_200)
  }

  @Test("does not let a query change the database")
  func readOnly() throws {
    let query = "DELETE FROM concert RETURNING 'concert::' || id AS key, name AS value"
    let failure = #expect(throws: Failure.self) { try warm([try cache(query)]) }
    #expect(failure?.kind == .badInput)
    #expect(failure?.causes == ["it changes data, but runs in a read-only transaction", "SQLSTATE 25006"])
  }

  @Test("ends between batches when asked, with what was written, and the connection works on")
  func interrupted() throws {
    let calls = Counter()
    let control = ChangeControl(isInterrupted: { calls.value >= 1 }, progress: { _ in calls.add() })
    let done = try warm([try cache(Self.everyConcert)], control: control)
    #expect(done.outcome.wasInterrupted)
    // The batch that was under way is waited for.
    #expect([1, 2].map { $0 * Warming.batchSize }.contains(done.outcome.changed))
    #expect(done.record?.changed == done.outcome.changed)
    #expect(try postgres.query("SELECT 1 AS one").count == 1)
    #expect(try server.keys().count == done.outcome.changed)
  }

  @Test("fills several caches one after the other")
  func several() throws {
    let dates = try CacheDefinition(
      name: "dates", prefixes: ["date::"],
      warming: CacheWarming(
        query: "SELECT 'date::' || id AS key, 'd' AS value FROM concert WHERE id < 4", timeToLive: nil))
    let done = try warm([try cache(Self.everyConcert), dates])
    #expect(done.outcome.changed == 1_203)
    #expect(done.plan.undo == .by(command: "usher cache evict concert dates"))
  }

  @Test("that the server refuses counts what failed and why")
  func refused() throws {
    let plan = try warming.plan([try cache(Self.everyConcert)], overwriting: false, isInterrupted: { false })
    let url = server.server.url
    let change = try server.begin(
      plan.count, plan.undo,
      control: ChangeControl(progress: { _ in
        // Over a connection of its own, because the warming's has replies under way.
        _ = try? RedisConnection(RedisTarget(url)).command("CONFIG", "SET", "min-replicas-to-write", "3")
      }))
    let broken = #expect(throws: BrokenOffChange.self) { try warming.apply(plan, change) }
    let outcome = try #require(broken?.outcome)
    #expect(outcome.state == .partial)
    #expect(outcome.changed >= Warming.batchSize && outcome.failed > 0)
    #expect(outcome.failure?.contains("replicas") == true)
  }

  @Test("that a server ends by dying says at least how many were written")
  func brokenOff() throws {
    let plan = try warming.plan([try cache(Self.everyConcert)], overwriting: false, isInterrupted: { false })
    let process = server.server
    let broken = #expect(throws: BrokenOffChange.self) {
      try warming.apply(
        plan, server.begin(plan.count, plan.undo, control: ChangeControl(progress: { _ in process.crash() })))
    }
    #expect([1, 2].contains((broken?.outcome.changed ?? 0) / Warming.batchSize))
    #expect(broken?.outcome.isAtLeast == true)
    #expect(broken?.outcome.failure?.contains("Redis at") == true)
  }
}

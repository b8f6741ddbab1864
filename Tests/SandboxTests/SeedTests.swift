import Failures
import Postgres
import Redis
import Support
import Testing

@testable import Sandbox

@Suite("seed")
struct SeedTests {
  /// Runs a query that gives one number.
  static func number(_ connection: PostgresConnection, _ sql: String) throws -> Int {
    try #require(try connection.query("SELECT (\(sql)) AS number").first).decode("number")
  }

  @Test("the small sale has the promised numbers, and they hold together")
  func small() throws {
    let database = try TestDatabase.make(withSchema: true)
    let redis = try TestRedis.make()
    let connection = try database.connect()
    let cache = try redis.connect()
    try Seed.check(connection, cache)
    try Seed.apply(TicketSale(.small, seed: 1, now: moment), connection, cache)

    for (table, count) in [
      ("concert", 10), ("concert_option", 100), ("seat", 5_000), ("customer", 2_000), ("reservation", 2_500),
      ("payment", 1_800), ("outbox_event", 1_000),
    ] {
      #expect(try Self.number(connection, "SELECT count(*) FROM \(table)") == count, "\(table)")
    }
    // None of these may exist.
    for contradiction in [
      "SELECT count(*) FROM seat s WHERE (s.status = 'LOCKED') <> EXISTS (SELECT FROM reservation r WHERE r.seat_id = s.id AND r.status <> 'EXPIRED')",
      "SELECT count(*) FROM reservation r WHERE (r.status = 'COMPLETE') <> EXISTS (SELECT FROM payment p WHERE p.reservation_id = r.id)",
      "SELECT count(*) FROM reservation r JOIN payment p ON p.reservation_id = r.id WHERE p.amount <> r.price OR p.paid_at NOT BETWEEN r.created_at AND r.expires_at",
      "SELECT count(*) FROM reservation r JOIN seat s ON s.id = r.seat_id WHERE r.price <> s.price OR r.expires_at <> r.created_at + interval '5 minutes'",
      "SELECT count(*) FROM outbox_event WHERE (status = 'PUBLISHED') <> (published_at IS NOT NULL) OR published_at < created_at",
      "SELECT count(*) FROM outbox_event e WHERE e.key <> e.payload::json->>'reservationId' OR NOT EXISTS (SELECT FROM reservation r WHERE r.id = e.key::bigint AND r.customer_id = (e.payload::json->>'customerId')::bigint)",
      "SELECT count(*) FROM outbox_event e WHERE e.event_type = 'PAYMENT_COMPLETED' AND NOT EXISTS (SELECT FROM payment p WHERE p.reservation_id = e.key::bigint AND p.paid_at = e.created_at)",
      "SELECT count(*) FROM (SELECT concert_option_id FROM seat GROUP BY 1 HAVING count(*) <> 50) o",
    ] {
      #expect(try Self.number(connection, contradiction) == 0, "\(contradiction)")
    }
    let now = "to_timestamp(\(moment / 1000))"
    #expect(try Self.number(connection, "SELECT count(*) FROM concert_option WHERE concert_date > \(now)") == 50)
    let stuck = "SELECT count(*) FROM outbox_event WHERE status IN ('INIT', 'FAIL') AND \(now) - created_at"
    #expect(try Self.number(connection, "\(stuck) BETWEEN interval '1 minute' AND interval '1 day'") == 200)
    #expect(try Self.number(connection, "\(stuck) > interval '1 day'") == 0)

    #expect(try cache.command("ZCARD", "waiting_tokens").integer == 2_000)
    #expect(try cache.command("SCARD", "active_tokens").integer == 84)
    #expect((1...300).contains(try cache.command("TTL", "active_tokens").integer))
    let concerts = try cache.command("GET", "concerts::SimpleKey []").string
    #expect(concerts.hasPrefix(#"[{"id":1,"name":"별하나 전국투어 · 서울"}"#))
    #expect(try cache.command("DBSIZE").integer == 13)
  }

  @Test("two sales of one seed and moment are the same row by row, in two databases")
  func same() throws {
    var sums: [String] = []
    for seed: UInt64 in [1, 1, 2] {
      let database = try TestDatabase.make(withSchema: true)
      let connection = try database.connect()
      let redis = try TestRedis.make()
      try Seed.apply(TicketSale(tiny, seed: seed, now: moment), connection, redis.connect())
      var sum = ""
      for table in ["customer", "concert", "concert_option", "seat", "reservation", "payment", "outbox_event"] {
        let row = try connection.query("SELECT md5(string_agg(t::text, '|' ORDER BY id)) AS sum FROM \(table) t").first
        sum += try #require(try row?.decode("sum", as: String.self))
      }
      sums.append(sum)
    }
    #expect(sums[0] == sums[1])
    #expect(sums[0] != sums[2])
  }

  // Blocks, not time: they are the same however busy the machine is.
  @Test("the seat search is the visible sinner, by the blocks that it reads in all and a call")
  func sinner() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    let redis = try TestRedis.make()
    try Seed.apply(TicketSale(.small, seed: 1, now: moment), connection, redis.connect())
    let blocks = "(shared_blks_hit + shared_blks_read)"
    for order in [blocks, "\(blocks) / calls"] {
      let worst = try connection.query(
        """
        SELECT query, calls FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY \(order) DESC LIMIT 1
        """
      ).first
      #expect(try worst?.decode("query", as: String.self) == SaleQueries.seatSearch, "by \(order)")
      #expect(try worst?.decode("calls", as: Int.self) == SeedScale.small.seatSearches)
    }
  }

  @Test("new rows continue after the seeded ones")
  func sequences() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    let redis = try TestRedis.make()
    try Seed.apply(TicketSale(tiny, seed: 1, now: moment), connection, redis.connect())
    let row = try connection.query("INSERT INTO customer (name) VALUES ('새봄') RETURNING id").first
    #expect(try row?.decode("id", as: Int.self) == 41)
  }

  @Test("works where pg_stat_statements is not installed")
  func withoutStatistics() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    try connection.execute("DROP EXTENSION pg_stat_statements")
    let redis = try TestRedis.make()
    try Seed.apply(TicketSale(tiny, seed: 1, now: moment), connection, redis.connect())
    #expect(try Self.number(connection, "SELECT count(*) FROM seat") == 600)
  }

  @Test("an interrupted seed leaves the tables empty")
  func interrupted() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    let redis = try TestRedis.make()
    let cache = try redis.connect()
    let failure = #expect(throws: Failure.self) {
      try Seed.apply(TicketSale(tiny, seed: 1, now: moment), connection, cache, isInterrupted: { true })
    }
    #expect(failure?.kind == .interrupted)
    try Seed.check(connection, cache)
  }

  @Test("never mixes with what is there")
  func refusals() throws {
    let redis = try TestRedis.make()
    let cache = try redis.connect()
    let empty = try TestDatabase.make()
    let bare = try Seed.refusal(empty.connect(), cache)
    #expect(bare?.kind == .failed)
    #expect(bare?.hints == ["usher schema apply"])

    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    #expect(try Seed.refusal(connection, cache) == nil)
    try connection.execute("INSERT INTO concert (name) VALUES ('별하나')")
    let filled = try Seed.refusal(connection, cache)
    #expect(filled?.kind == .refused)
    #expect(filled?.causes == ["not empty: concert"])
    try connection.execute("DELETE FROM concert")

    for key in ["waiting_tokens", "active_tokens", "concerts::SimpleKey []", "concertOption::1"] {
      try cache.command("SET", RedisArgument(key), "x")
      #expect(try Seed.refusal(connection, cache)?.kind == .refused, "\(key)")
      try cache.command("DEL", RedisArgument(key))
    }
    try cache.command("SET", "something else", "x")
    #expect(try Seed.refusal(connection, cache) == nil)
  }

  @Test("the caches hold what the configured queries would warm them with")
  func warm() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    let redis = try TestRedis.make()
    let cache = try redis.connect()
    try Seed.apply(TicketSale(tiny, seed: 1, now: moment), connection, cache)
    let record = SandboxRecord(
      directory: "/d", place: "/d", postgresPID: 1, redisPID: 1, startedMilliseconds: 1)
    let queries = SandboxFiles.configuration(record).split(separator: "sql: |\n").dropFirst().map { text in
      text.split(separator: "\n").prefix { $0.hasPrefix("        ") }.joined(separator: "\n")
    }
    #expect(queries.count == 2)
    var count = 0
    for query in queries {
      for row in try connection.query(query) {
        let key = RedisArgument(try row.decode("key", as: String.self))
        #expect(try cache.command("GET", key).string == row.decode("value", as: String.self))
        count += 1
      }
    }
    #expect(count == 4)
  }
}

extension Seed {
  /// Why these stores are not seeded, nil where they are.
  static func refusal(_ postgres: PostgresConnection, _ redis: RedisConnection) throws -> Failure? {
    do { try check(postgres, redis) } catch let failure as Failure { return failure }
    return nil
  }
}

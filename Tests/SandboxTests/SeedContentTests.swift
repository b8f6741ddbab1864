import Failures
import Postgres
import Redis
import Support
import Testing

@testable import Sandbox

/// What a seed writes into the stores, beyond its counts.
@Suite("a seed's content")
struct SeedContentTests {
  let database: TestDatabase
  let redis: TestRedis
  let connection: PostgresConnection
  let cache: RedisConnection

  init() throws {
    database = try TestDatabase.make(withSchema: true)
    redis = try TestRedis.make()
    connection = try database.connect()
    cache = try redis.connect()
  }

  private func seed(_ scale: SeedScale = tiny, seed: UInt64 = 1) throws {
    try Seed.apply(TicketSale(scale, seed: seed, now: moment), connection, cache)
  }

  private func number(_ sql: String) throws -> Int { try SeedTests.number(connection, sql) }

  /// Everything in Redis, keys sorted, sorted sets with their scores.
  private func keys() throws -> [String] {
    try cache.command("KEYS", "*").array.map { try $0.string }.sorted().map { key in
      let name = RedisArgument(key)
      let content: [String] =
        switch try cache.command("TYPE", name).string {
        case "zset": try cache.command("ZRANGE", name, "0", "-1", "WITHSCORES").array.map { try $0.string }
        case "set": try cache.command("SMEMBERS", name).array.map { try $0.string }.sorted()
        default: [try cache.command("GET", name).string]
        }
      return "\(key)=\(content.joined(separator: " "))"
    }
  }

  @Test("Redis holds the same for the same seed, and other people for another")
  func deterministic() throws {
    try seed()
    let first = try keys()
    #expect(first.count == 6)
    for (number, isSame) in [(UInt64(1), true), (2, false)] {
      let other = try SeedContentTests()
      try other.seed(seed: number)
      let found = try other.keys()
      #expect((found == first) == isSame)
      // The concerts and their dates are the same in every sale of a scale.
      #expect(found.filter { $0.hasPrefix("concert") } == first.filter { $0.hasPrefix("concert") })
    }
  }

  @Test("people wait in the order of their arrival, in milliseconds, and nobody waits who is in already")
  func queue() throws {
    try seed(.small)
    let members = try cache.command("ZRANGE", "waiting_tokens", "0", "-1", "WITHSCORES").array.map { try $0.string }
    let scores = stride(from: 1, to: members.count, by: 2).compactMap { Int(members[$0]) }
    #expect(scores.count == 2_000)
    #expect(scores == scores.sorted())
    #expect(scores.allSatisfy { (moment - 300_000...moment).contains($0) })
    let waiting = Set(stride(from: 0, to: members.count, by: 2).map { members[$0] })
    let active = Set(try cache.command("SMEMBERS", "active_tokens").array.map { try $0.string })
    #expect(active.count == 84)
    #expect(waiting.isDisjoint(with: active))
  }

  @Test("names are Korean, and stay what they are on their way through COPY and JSON")
  func names() throws {
    try seed(.small)
    let korean = try number("SELECT count(*) FROM customer WHERE name ~ '^[가-힣]{2,4}$'")
    #expect((1_900..<2_000).contains(korean))
    #expect(try number("SELECT count(*) FROM customer WHERE name = E'Ana\\\\María López'") > 0)
    #expect(try number("SELECT count(*) FROM concert WHERE name !~ '[가-힣]'") == 0)
    #expect(
      try number(
        """
        SELECT count(*) FROM outbox_event e JOIN customer c ON c.id = (e.payload::json ->> 'customerId')::bigint
        WHERE c.name IS DISTINCT FROM e.payload::json ->> 'customerName'
        """) == 0)
  }

  @Test("events stand for what has happened: one kind each, in time, under the reservation's key")
  func events() throws {
    try seed(.small)
    let kinds = try connection.query(
      "SELECT domain_type || ' ' || event_type || ' ' || count(*) FROM outbox_event GROUP BY domain_type, event_type ORDER BY 1"
    ).map { try $0.decode(0, as: String.self) }
    #expect(
      kinds == [
        "PAYMENT PAYMENT_COMPLETED 600", "RESERVATION RESERVATION_CREATED 350", "RESERVATION RESERVATION_EXPIRED 50",
      ])
    for contradiction in [
      "SELECT count(*) FROM outbox_event e JOIN reservation r ON r.id = e.key::bigint WHERE event_type = 'RESERVATION_CREATED' AND e.created_at <> r.created_at",
      "SELECT count(*) FROM outbox_event e JOIN reservation r ON r.id = e.key::bigint WHERE event_type = 'RESERVATION_EXPIRED' AND (r.status <> 'EXPIRED' OR e.created_at <> r.expires_at)",
      "SELECT count(*) FROM (SELECT FROM outbox_event GROUP BY key, event_type HAVING count(*) > 1) twice",
      "SELECT count(*) FROM outbox_event a JOIN outbox_event b ON b.id = a.id + 1 WHERE b.created_at < a.created_at",
      "SELECT count(*) FROM outbox_event WHERE created_at > to_timestamp(\(moment / 1000))",
    ] { #expect(try number(contradiction) == 0, "\(contradiction)") }
    // Stuck ones among all kinds, and not all at one end of the day.
    #expect(try number("SELECT count(DISTINCT event_type) FROM outbox_event WHERE status <> 'PUBLISHED'") == 3)
    #expect(
      try number("SELECT count(DISTINCT date_trunc('hour', created_at)) FROM outbox_event WHERE status <> 'PUBLISHED'")
        > 6)
  }

  @Test("holds that wait are as old as holds are, on dates ahead; a few are overdue, as in life")
  func holds() throws {
    try seed(.small)
    let now = "to_timestamp(\(moment / 1000))"
    #expect(try number("SELECT count(*) FROM reservation WHERE status = 'WAITING' AND expires_at < \(now)") == 6)
    #expect(try number("SELECT count(*) FROM reservation WHERE status = 'WAITING' AND expires_at > \(now)") == 54)
    #expect(try number("SELECT count(*) FROM reservation WHERE status = 'EXPIRED' AND expires_at > \(now)") == 0)
    #expect(
      try number(
        """
        SELECT count(*) FROM reservation r JOIN seat s ON s.id = r.seat_id JOIN concert_option o ON o.id = s.concert_option_id
        WHERE r.status = 'WAITING' AND o.concert_date <= \(now)
        """) == 0)
    #expect(try number("SELECT count(*) FROM customer WHERE balance < 0 OR balance % 10000 <> 0") == 0)
  }

  @Test("a session that dies while the tables are filled leaves them empty, and Redis as it was")
  func sessionDies() throws {
    let killer = try database.connect()
    // Ends the session on the way to the sixth of seven tables.
    func strike(_ step: String) {
      guard step.hasPrefix("filling payment") else { return }
      do {
        try killer.execute("SELECT pg_terminate_backend($1, 60000)", [.init(connection.backendPID)])
      } catch { Issue.record(error) }
    }
    let error = #expect(throws: PostgresError.self) {
      try Seed.apply(TicketSale(tiny, seed: 1, now: moment), connection, cache, progress: strike)
    }
    #expect(error?.failure.kind == .unavailable)
    try Seed.check(killer, cache)
    #expect(try cache.command("DBSIZE").integer == 0)
  }

  @Test("a Redis that refuses a key is an error with its words")
  func redisRefuses() throws {
    try cache.command("SET", "waiting_tokens", "somebody else's")
    let failure = #expect(throws: Failure.self) { try seed() }
    #expect(failure?.message.hasPrefix("cannot fill Redis at ") == true)
    #expect(failure?.causes.first?.contains("WRONGTYPE") == true)
    #expect(try cache.command("GET", "waiting_tokens").string == "somebody else's")
  }

  @Test("what is being done is told step by step")
  func progress() throws {
    var steps: [String] = []
    try Seed.apply(TicketSale(tiny, seed: 1, now: moment), connection, cache, progress: { steps.append($0) })
    #expect(
      steps == [
        "filling customer (40 rows)", "filling concert (3 rows)", "filling concert_option (12 rows)",
        "filling seat (600 rows)", "filling reservation (90 rows)", "filling payment (60 rows)",
        "filling outbox_event (75 rows)", "gathering statistics", "filling Redis", "running the sale's queries",
      ])
  }

  @Test("the sale's queries leave the sale as it is")
  func queriesChangeNothing() throws {
    try seed()
    let before = try connection.query("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM customer c")
    let sale = TicketSale(tiny, seed: 1, now: moment)
    try SaleQueries.run(sale, connection)
    let after = try connection.query("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM customer c")
    #expect(try before[0].text(0) == after[0].text(0))
    #expect(try number("SELECT count(*) FROM reservation") == 90)
    #expect(try number("SELECT count(*) FROM seat WHERE status = 'LOCKED'") == 70)
    #expect(
      try number(
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE 'UPDATE customer%' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
      ) == 2)
  }
}

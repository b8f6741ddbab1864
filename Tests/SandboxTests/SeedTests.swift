import Failures
import Postgres
import Redis
import Sandbox
import Support
import Testing

@Suite("seed")
struct SeedTests {
  static let moment = 1_795_000_000_000

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
    try Seed.apply(TicketSale(.small, seed: 1, now: Self.moment), connection, cache)

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
    let now = "to_timestamp(\(Self.moment / 1000))"
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
}

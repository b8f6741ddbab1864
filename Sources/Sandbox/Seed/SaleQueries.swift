import Postgres
import Text

/// The queries that such a service runs all day, so that pg_stat_statements has a story to tell.
///
/// The seat search has no index to use and reads every seat; all the others are cheap. Writes are rolled back: the
/// sale stays as it was seeded.
enum SaleQueries {
  static let seatSearch = """
    SELECT s.id, s.seat_number, s.price, o.concert_date
    FROM concert_option o JOIN seat s ON s.concert_option_id = o.id
    WHERE o.concert_id = $1 AND s.status = $2 AND o.concert_date > $3
    ORDER BY o.concert_date, s.seat_number
    """

  static func run(_ sale: TicketSale, _ connection: PostgresConnection) throws {
    try forgetStatistics(connection)
    let scale = sale.scale
    var random = SeedRandom(seed: sale.seed, stream: "queries")
    let now = PostgresValue(Timestamp.rfc3339(milliseconds: sale.now))
    for turn in 0..<max(scale.seatSearches, scale.cheapQueries) {
      if turn < scale.seatSearches {
        let concert = PostgresValue(1 + random.below(scale.concerts))
        try connection.execute(seatSearch, [concert, "UNLOCKED", now])
      }
      if turn < scale.cheapQueries { try runCheap(turn, sale, connection, &random) }
    }
  }

  private static func runCheap(
    _ turn: Int, _ sale: TicketSale, _ connection: PostgresConnection, _ random: inout SeedRandom
  ) throws {
    let customer = PostgresValue(1 + random.below(sale.scale.customers))
    let seat = random.below(sale.scale.seats)
    try connection.execute("SELECT id, name, balance, version FROM customer WHERE id = $1", [customer])
    try connection.execute(
      "SELECT id, concert_option_id, seat_number, price, status, version FROM seat WHERE id = $1", [.init(seat + 1)])
    if turn % 4 == 0 {
      try connection.execute(
        "SELECT id, seat_id, price, status, expires_at FROM reservation WHERE customer_id = $1 AND status = $2",
        [customer, "COMPLETE"])
    }
    if turn % 20 == 0 { try connection.execute("SELECT id, name FROM concert ORDER BY id") }
    if turn % 50 == 0 { try connection.execute("SELECT count(*) FROM outbox_event WHERE status = $1", ["INIT"]) }
    if turn % 10 == 0 { try runWrites(customer, seat, sale, connection) }
  }

  private static func runWrites(
    _ customer: PostgresValue, _ seat: Int, _ sale: TicketSale, _ connection: PostgresConnection
  ) throws {
    try connection.rolledBackTransaction {
      try connection.execute(
        "UPDATE customer SET balance = balance + $1, version = version + 1 WHERE id = $2", [10_000, customer])
      guard !sale.isLocked[seat] else { return }
      try connection.execute(
        "UPDATE seat SET status = $1, version = version + 1 WHERE id = $2 AND status = $3",
        ["LOCKED", .init(seat + 1), "UNLOCKED"])
      try connection.execute(
        "INSERT INTO reservation (customer_id, seat_id, price) VALUES ($1, $2, $3)",
        [customer, .init(seat + 1), .init(sale.price(seat: seat))])
    }
  }

  /// This database's statistics only, and only where the extension is there and ours to reset.
  private static func forgetStatistics(_ connection: PostgresConnection) throws {
    let extensions = try connection.query("SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'")
    guard !extensions.isEmpty else { return }
    try connection.execute(
      """
      SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)
      WHERE has_function_privilege('pg_stat_statements_reset(oid, oid, bigint)', 'EXECUTE')
      """)
  }
}

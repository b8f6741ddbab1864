import Failures
import Glibc
import Postgres
import Sandbox
import Support
import Testing

@Suite("seed")
struct SeedTests {
  @Test("a seeded sale is there")
  func seed() throws {
    let database = try TestDatabase.make(withSchema: true)
    let redis = try TestRedis.make()
    let connection = try database.connect()
    let name = environment("SCALE") ?? "small"
    let clock = ContinuousClock()
    let start = clock.now
    let sale = TicketSale(name == "large" ? .large : .small, seed: 1, now: 1_795_000_000_000)
    print("made", clock.now - start)
    try Seed.apply(sale, connection, redis.connect()) { print($0, clock.now - start) }
    print("done", clock.now - start)
    for row in try connection.query(
      "SELECT calls, total_exec_time, mean_exec_time, left(query, 60) AS q FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY total_exec_time DESC LIMIT 12"
    ) {
      print(
        try row.decode("calls", as: Int.self), try row.decode("total_exec_time", as: Double.self),
        try row.decode("mean_exec_time", as: Double.self), try row.decode("q", as: String.self))
    }
  }
}

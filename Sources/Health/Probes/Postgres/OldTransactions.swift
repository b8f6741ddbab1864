import Postgres
import Text

/// Transactions of this database that have been open for long: vacuum and index builds wait for them.
struct OldTransactions: Probe {
  let check = "transactions"

  /// Five minutes: longer than any request of a service; from then on vacuum and index builds suffer.
  var warningMilliseconds = 300_000

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let row = try connection.soleRow(Self.query)
    let age: Int? = try row.decode("age_ms")
    let hidden: Int = try row.decode("hidden")
    let figures = [Figure("oldest_transaction_ms", .milliseconds(age))]
    if let age, age > warningMilliseconds {
      let pid: Int = try row.decode("pid")
      return [
        .warning(
          "process \(pid) has had a transaction open for \(Figures.duration(milliseconds: age)); "
            + "vacuum and index builds wait for it",
          advice: "see what it does: SELECT * FROM pg_stat_activity WHERE pid = \(pid)", figures: figures)
      ]
    }
    guard hidden == 0 else {
      return [
        .unknown(
          "this role cannot see the transactions of \(hidden.counted("session")) of other roles",
          advice: "GRANT pg_monitor to the role of usher", figures: figures)
      ]
    }
    return [
      .ok("none has been open for more than \(Figures.duration(milliseconds: warningMilliseconds))", figures: figures)
    ]
  }

  /// The start of a transaction and the type of its session are null where this role may not see them.
  ///
  /// Source: PostgreSQL, Monitoring Database Activity, pg_stat_activity.
  private static let query = """
    WITH session AS (
      SELECT pid, backend_type, (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::bigint AS age_ms
      FROM pg_stat_activity
      WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid())
    SELECT (SELECT count(*) FROM session WHERE backend_type IS NULL) AS hidden, oldest.pid, oldest.age_ms
    FROM (VALUES (1)) AS one
    LEFT JOIN (
      SELECT pid, age_ms FROM session WHERE backend_type = 'client backend' AND age_ms IS NOT NULL
      ORDER BY age_ms DESC LIMIT 1) AS oldest ON true
    """
}

import Failures
import Postgres

/// The statements of the current database in pg_stat_statements, one for each query id.
///
/// The extension has a row for each role, and another for the same text inside of functions; these rows are added up.
/// Statements that usher sends contain `mark` and are left out.
/// Source: https://www.postgresql.org/docs/current/pgstatstatements.html
public struct SlowQueries {
  /// A comment that identifies usher's own statements.
  public static let mark = PostgresConnection.mark

  private let connection: PostgresConnection
  private let statistics: StatementStatistics

  /// Finds the extension. Throws a `Failure` with the steps to install it where it is missing.
  public init(_ connection: PostgresConnection) throws {
    self.connection = connection
    statistics = try StatementStatistics(connection)
  }

  /// The costliest statements first.
  ///
  /// - Parameter minimumMean: leaves out statements with a shorter mean time.
  public func list(
    by order: SlowQueryOrder = .total, limit: Int = 20, minimumMean: Duration = .zero
  ) throws -> [SlowQuery] {
    // The id of a statement that the role may not see is NULL. Such statements are added up for each owner.
    let sql = """
      SELECT \(Self.mark) * FROM (
        SELECT s.queryid, sum(s.calls)::bigint AS calls, sum(s.\(statistics.totalColumn)) AS total_ms,
          sum(s.\(statistics.totalColumn)) / sum(s.calls) AS mean_ms, sum(s.rows)::bigint AS rows,
          sum(s.shared_blks_hit)::float8 / nullif(sum(s.shared_blks_hit + s.shared_blks_read), 0)::float8 AS hit_ratio,
          min(s.query) AS query
        FROM \(statistics.view) s
        WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND s.calls > 0 AND coalesce(s.query, '') NOT LIKE $1
        GROUP BY s.queryid, CASE WHEN s.queryid IS NULL THEN s.userid END
      ) AS statements
      WHERE mean_ms >= $2::float8 ORDER BY \(order.column) DESC, total_ms DESC, queryid LIMIT $3
      """
    let minimum = Double(minimumMean.components.seconds) * 1e3 + Double(minimumMean.components.attoseconds) / 1e15
    return try statistics.reading {
      try connection.query(sql, ["%\(Self.mark)%", PostgresValue(minimum), PostgresValue(limit)]).map(Self.query)
    }
  }

  private static func query(_ row: PostgresRow) throws -> SlowQuery {
    SlowQuery(
      queryID: try row.decode("queryid"), calls: try row.decode("calls"),
      totalMilliseconds: try row.decode("total_ms"), meanMilliseconds: try row.decode("mean_ms"),
      rows: try row.decode("rows"), hitRatio: try row.decode("hit_ratio"),
      // The text is NULL where the server could not store it.
      text: try row.decode("query", as: String?.self) ?? "")
  }

  /// The text of one statement. Throws `badInput` where this database has no statement with that id.
  public func text(of queryID: Int) throws -> String {
    let rows = try statistics.reading {
      try connection.query(
        """
        SELECT \(Self.mark) d.datname, d.datname = current_database() AS is_here, s.query
        FROM \(statistics.view) s JOIN pg_database d ON d.oid = s.dbid
        WHERE s.queryid = $1::bigint AND s.query IS NOT NULL ORDER BY is_here DESC LIMIT 1
        """, [PostgresValue(queryID)])
    }
    guard let row = rows.first else {
      throw Failure(
        .badInput, "pg_stat_statements has no query \(queryID)",
        causes: ["\(connection.target)"],
        hints: [
          "list the ids with `usher query slow`; the server discards the least executed statements when it has too many",
          "only members of pg_read_all_stats see the statements of other roles",
        ])
    }
    guard try row.decode("is_here") else {
      let database: String = try row.decode("datname")
      throw Failure(
        .badInput, "query \(queryID) belongs to the database '\(database)'", causes: ["\(connection.target)"],
        hints: ["connect to that database with USHER_POSTGRES or --postgres"])
    }
    return try row.decode("query")
  }
}

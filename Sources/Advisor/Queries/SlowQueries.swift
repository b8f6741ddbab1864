import Failures
import Postgres

/// The statements of the current database in pg_stat_statements, one for each query id.
///
/// The extension keeps a line for each role, and one for the same text inside of functions; here they are added up.
/// Statements that these types send carry `mark` and are left out.
/// Source: https://www.postgresql.org/docs/current/pgstatstatements.html
public struct SlowQueries {
  /// A comment by which usher finds its own statements again.
  public static let mark = "/* usher */"

  private let connection: PostgresConnection
  private let statistics: StatementStatistics

  /// Finds the extension; throws a `Failure` with the steps to install it.
  public init(_ connection: PostgresConnection) throws {
    self.connection = connection
    statistics = try StatementStatistics(connection)
  }

  /// The costliest statements first.
  ///
  /// - Parameter minimumMean: leaves out what takes less on average.
  public func list(
    by order: SlowQueryOrder = .total, limit: Int = 20, minimumMean: Duration = .zero
  ) throws -> [SlowQuery] {
    // Where the role may not see a statement its id is NULL: those are added up for each owner.
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
      // The text is NULL when the server could not keep it.
      text: try row.decode("query", as: String?.self) ?? "")
  }

  /// The text of one statement; throws where this database has none of that id.
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
          "list the ids with `usher query slow`; the server forgets the rarest statements when it has too many",
          "statements of other roles are seen by members of pg_read_all_stats",
        ])
    }
    guard try row.decode("is_here") else {
      let database: String = try row.decode("datname")
      throw Failure(
        .badInput, "query \(queryID) belongs to the database '\(database)'", causes: ["\(connection.target)"],
        hints: ["connect to that one: USHER_POSTGRES or --postgres"])
    }
    return try row.decode("query")
  }
}

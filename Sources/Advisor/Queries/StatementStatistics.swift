import Failures
import Postgres

/// Where pg_stat_statements is installed, and what its columns are called.
struct StatementStatistics {
  /// The view with its schema, which need not be on the search path.
  let view: String
  /// `total_exec_time`, or `total_time` up to version 1.7 of the extension, which a newer server may still have.
  let totalColumn: String

  init(_ connection: PostgresConnection) throws {
    let rows = try connection.query(
      """
      SELECT \(SlowQueries.mark) n.nspname, EXISTS (
        SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relname = 'pg_stat_statements' AND c.relnamespace = n.oid AND a.attname = 'total_exec_time'
      ) AS is_new
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'
      """)
    guard let row = rows.first else {
      throw Failure(
        .failed, "the extension pg_stat_statements is not installed in this database",
        causes: ["\(connection.target)"], hints: Self.steps)
    }
    view = "\(connection.quoteIdentifier(try row.decode("nspname"))).pg_stat_statements"
    totalColumn = try row.decode("is_new") ? "total_exec_time" : "total_time"
  }

  private static let steps = [
    "1. set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, if it is not set, and restart the server",
    "2. run in this database: CREATE EXTENSION pg_stat_statements",
  ]

  /// Explains what the view says where its library is not loaded.
  func reading<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as PostgresError where error.sqlState == "55000" {
      throw Failure(
        .failed, "the server has not loaded pg_stat_statements, so it counts nothing",
        causes: error.failure.causes + [error.message, error.target],
        hints: ["set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, and restart the server"])
    }
  }
}

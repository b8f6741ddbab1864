import Failures
import Postgres

/// The place of pg_stat_statements in a database, and the names of its columns.
struct StatementStatistics {
  /// The view with its schema, which may not be in the search path.
  let view: String
  /// `total_exec_time`, or `total_time` up to version 1.7 of the extension, which may still be installed in a newer server.
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

  /// Explains the view's error where its library is not loaded.
  func reading<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as PostgresError where error.sqlState == "55000" {
      throw Failure(
        .failed, "the server has not loaded the library pg_stat_statements, so it has no statistics",
        causes: error.failure.causes + [error.message, error.target],
        hints: ["set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, and restart the server"])
    }
  }
}

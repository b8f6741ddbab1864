import Failures
import Postgres

/// The session that is building an index. It may continue long after the program that started it was killed.
struct IndexBuilder: Equatable {
  let pid: Int
  let role: String
  let application: String

  /// `pid 4711 (usher of ann)`
  var description: String { "pid \(pid) (\(application.isEmpty ? "a session" : application) of \(role))" }

  /// The session that builds this index; nil for none.
  ///
  /// The view does not show which index another role builds. Then an unfinished index counts as built by a session that holds
  /// the lock of a build on its table.
  /// Source: https://www.postgresql.org/docs/current/progress-reporting.html#CREATE-INDEX-PROGRESS-REPORTING
  static func of(_ index: IndexDescription, on connection: PostgresConnection) throws -> IndexBuilder? {
    try connection.query(
      """
      SELECT p.pid, coalesce(a.usename::text, '?') AS role, coalesce(a.application_name, '') AS application
      FROM pg_stat_progress_create_index p JOIN pg_stat_activity a USING (pid)
      WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND p.pid <> pg_backend_pid()
        AND (p.index_relid = $1::bigint OR p.relid IS NULL AND EXISTS (
          SELECT 1 FROM pg_index i JOIN pg_locks l ON l.relation = i.indrelid AND l.database = p.datid
          WHERE i.indexrelid = $1::bigint AND NOT i.indisvalid AND l.pid = p.pid AND l.granted
            AND l.locktype = 'relation' AND l.mode = 'ShareUpdateExclusiveLock'))
      ORDER BY p.pid LIMIT 1
      """, [PostgresValue(index.oid)]
    ).first.map(make)
  }

  private static func make(_ row: PostgresRow) throws -> IndexBuilder {
    IndexBuilder(
      pid: try row.decode("pid"), role: try row.decode("role"), application: try row.decode("application"))
  }

  func failure(_ message: String) -> Failure {
    Failure(
      .tryAgain, message, causes: ["by \(description)"],
      hints: [
        "try again when it has finished; see pg_stat_progress_create_index",
        "or cancel it first: SELECT pg_cancel_backend(\(pid))",
      ])
  }
}

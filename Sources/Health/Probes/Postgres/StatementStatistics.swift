import Postgres

/// Whether `query slow` has statistics to read.
struct StatementStatistics: Probe {
  let check = "pg_stat_statements"
  let purpose = Purpose.fitness

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let row = try connection.soleRow(Self.query)
    let preloaded: Bool? = try row.decode("preloaded")
    if try !row.decode("installed", as: Bool.self) {
      return [
        .critical(
          "not installed in this database, so `usher query slow` has nothing to read",
          advice: preloaded == true
            ? "run in this database: CREATE EXTENSION pg_stat_statements"
            : "set shared_preload_libraries = 'pg_stat_statements', restart, then CREATE EXTENSION pg_stat_statements")
      ]
    }
    if preloaded == false {
      return [
        .critical(
          "installed, but not loaded",
          advice: "set shared_preload_libraries = 'pg_stat_statements' and restart the server")
      ]
    }
    if try !row.decode("sees_all", as: Bool.self) {
      return [
        .warning("this role sees only its own statements", advice: "GRANT pg_monitor to the role of usher")
      ]
    }
    return [.ok("installed, and this role sees all statements")]
  }

  /// The view pg_settings leaves the setting out for roles without pg_read_all_settings, so that it is null;
  /// current_setting would fail.
  private static let query = """
    SELECT to_regclass('pg_stat_statements') IS NOT NULL
        OR EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') AS installed,
      (SELECT setting LIKE '%pg_stat_statements%' FROM pg_settings WHERE name = 'shared_preload_libraries') AS preloaded,
      pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all
    """
}

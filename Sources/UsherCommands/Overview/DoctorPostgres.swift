import Changes
import Glibc
import Postgres

/// What `usher doctor` looks at in PostgreSQL.
enum DoctorPostgres {
  private static let area = "postgres"
  /// The oldest version that still gets fixes at the time of writing, less two.
  private static let oldestVersion = 12_00_00

  private static var checks: [(name: String, check: (PostgresConnection) throws -> Finding)] {
    [
      ("role", role), ("pg_stat_statements", statistics), ("hypopg", hypotheticalIndexes), ("history", journal),
      ("indexes", invalidIndexes), ("transactions", oldTransactions),
    ]
  }

  static func examine(_ session: Session) -> [Finding] {
    do {
      guard try session.context().postgres != nil else {
        return [Finding(area, "connection", .skipped, "no PostgreSQL is configured")]
      }
      let connection = try session.postgres()
      return [try reach(connection)]
        + checks.map { name, check in
          do { return try check(connection) } catch { return Finding(area, name, failed: error) }
        } + DoctorOutbox.examine(session)
    } catch {
      return [Finding(area, "connection", failed: error)]
    }
  }

  private static func reach(_ connection: PostgresConnection) throws -> Finding {
    let row = try connection.query("SELECT current_setting('server_version') AS version, current_user::text AS role")
      .first
    let version: String = try row?.decode("version") ?? "?"
    let role: String = try row?.decode("role") ?? "?"
    let detail = "PostgreSQL \(version): \(connection.target), as \(role)"
    guard connection.serverVersion >= oldestVersion else {
      return Finding(area, "connection", .problem, detail, hint: "usher needs PostgreSQL 12 or newer")
    }
    return Finding(area, "connection", .ok, detail)
  }

  private static func role(_ connection: PostgresConnection) throws -> Finding {
    let standby: Bool? = try connection.query("SELECT pg_is_in_recovery() AS standby").first?.decode("standby")
    let readOnly: String? = try connection.query("SHOW transaction_read_only").first?.decode(0)
    if standby == true {
      return Finding(
        area, "role", .warning, "a standby: usher can read here, not change",
        hint: "point usher at the primary to change")
    }
    return readOnly == "on"
      ? Finding(area, "role", .warning, "read-only by default_transaction_read_only")
      : Finding(area, "role", .ok, "a primary")
  }

  private static func statistics(_ connection: PostgresConnection) throws -> Finding {
    let check = "pg_stat_statements"
    let row = try connection.query(
      """
      SELECT to_regclass('pg_stat_statements') IS NOT NULL
          OR EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') AS installed,
        (SELECT setting LIKE '%pg_stat_statements%' FROM pg_settings WHERE name = 'shared_preload_libraries') AS preloaded,
        pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all
      """
    ).first
    guard let row else { return Finding(area, check, .skipped, "the server did not answer") }
    // The view leaves the setting out for roles without pg_read_all_settings: null then. current_setting would fail.
    let preloaded: Bool? = try row.decode("preloaded")
    if try !row.decode("installed", as: Bool.self) {
      return Finding(
        area, check, .problem, "not installed in this database, so `usher query slow` has nothing to read",
        hint: preloaded == true
          ? "run in this database: CREATE EXTENSION pg_stat_statements"
          : "set shared_preload_libraries = 'pg_stat_statements', restart, then CREATE EXTENSION pg_stat_statements")
    }
    if preloaded == false {
      return Finding(
        area, check, .problem, "installed, but not loaded",
        hint: "set shared_preload_libraries = 'pg_stat_statements' and restart the server")
    }
    if try !row.decode("sees_all", as: Bool.self) {
      return Finding(
        area, check, .warning, "this role sees only its own statements", hint: "GRANT pg_monitor to the role of usher")
    }
    return Finding(area, check, .ok, "installed, and this role sees all statements")
  }

  private static func hypotheticalIndexes(_ connection: PostgresConnection) throws -> Finding {
    let version: String? = try connection.query("SELECT extversion AS v FROM pg_extension WHERE extname = 'hypopg'")
      .first?
      .decode("v")
    return version.map { Finding(area, "hypopg", .ok, "version \($0)") }
      ?? Finding(area, "hypopg", .ok, "not installed; it is optional")
  }

  private static func journal(_ connection: PostgresConnection) throws -> Finding {
    let (history, schema) = (try PostgresHistoryState(connection), "schema '\(PostgresHistorySchema.name)'")
    if let obstacle = history.obstacle {
      return Finding(area, "history", .problem, obstacle.message, hint: obstacle.hints.first)
    }
    switch (history.isPresent, history.isWritable, history.canCreate) {
    case (true, true, _): return Finding(area, "history", .ok, "in \(schema)")
    case (true, false, _):
      return Finding(
        area, "history", .problem, "this role cannot write \(schema), so it cannot change anything",
        hint:
          "GRANT USAGE ON SCHEMA \(PostgresHistorySchema.name), and SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "
          + "\(PostgresHistorySchema.name), to the role")
    case (false, _, true): return Finding(area, "history", .ok, "the first change creates \(schema)")
    case (false, _, false):
      return Finding(
        area, "history", .problem, "this role cannot create \(schema), so it cannot change anything",
        hint: "GRANT CREATE ON DATABASE to the role of usher")
    }
  }

  private static func invalidIndexes(_ connection: PostgresConnection) throws -> Finding {
    let rows = try connection.query(
      """
      SELECT i.indexrelid::regclass::text AS name FROM pg_index i
      WHERE NOT i.indisvalid
        AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
      ORDER BY 1
      """)
    guard !rows.isEmpty else { return Finding(area, "indexes", .ok, "none is invalid") }
    let names = try rows.map { try $0.decode("name", as: String.self) }
    return Finding(
      area, "indexes", .warning, "invalid, a cost without a use: \(names.joined(separator: ", "))",
      hint: "drop each with `usher index drop NAME`, then build it again")
  }

  private static func oldTransactions(_ connection: PostgresConnection) throws -> Finding {
    let row = try connection.query(
      """
      SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::bigint AS age FROM pg_stat_activity
      WHERE xact_start < clock_timestamp() - interval '5 minutes' AND pid <> pg_backend_pid() AND datname = current_database()
      ORDER BY xact_start LIMIT 1
      """
    ).first
    guard let row else { return Finding(area, "transactions", .ok, "none is older than five minutes") }
    return Finding(
      area, "transactions", .warning,
      "backend \(try row.decode("pid", as: Int.self)) has had one open for \(try row.decode("age", as: Int.self)) s: index builds wait for it",
      hint: "find out what it is before you build an index")
  }
}

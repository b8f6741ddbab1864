import Postgres
import Text

/// The server's version, the size of the database, and how many connections are left.
struct PostgresLoad: Probe {
  let check = "load"
  let isSummary = true

  /// What is left above it, for superusers and for those who look into the trouble, is a few of a hundred.
  var warningPercent = 90

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let row = try connection.soleRow(Self.query)
    let version: String = try row.decode("version")
    let (clients, most): (Int, Int) = (try row.decode("clients"), try row.decode("max_clients"))
    let size: Int = try row.decode("size_bytes")
    let reason = "PostgreSQL \(version), \(Figures.bytes(size)), \(clients) of \(most) connections"
    let figures = [
      Figure("version", .text(version)), Figure("connections", .integer(clients)),
      Figure("max_connections", .integer(most)), Figure("size_bytes", .bytes(size)),
    ]
    guard clients * 100 > most * warningPercent else { return [.ok(reason, figures: figures)] }
    return [
      .warning(
        reason, advice: "see who holds them: SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1",
        figures: figures)
    ]
  }

  /// The type of another role's session is hidden from a role without pg_read_all_stats. For such a role the sessions of all
  /// databases are counted, with the few that serve no client.
  ///
  /// Source: PostgreSQL, Monitoring Database Activity, pg_stat_activity and pg_stat_database.
  private static let query = """
    SELECT current_setting('server_version') AS version, current_setting('max_connections')::bigint AS max_clients,
      CASE WHEN pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
        THEN (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
        ELSE (SELECT sum(numbackends)::bigint FROM pg_stat_database) END AS clients,
      pg_database_size(current_database()) AS size_bytes
    """
}

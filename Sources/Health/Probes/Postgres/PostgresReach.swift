import Postgres

/// Whether PostgreSQL can be reached, and whether its version has what usher needs.
struct PostgresReach: Probe {
  let check = "connection"
  let verdictWhenUnreachable = Verdict.critical

  /// Two releases older than the oldest that still gets fixes at the time of writing.
  private static let oldestVersion = 12_00_00

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let row = try connection.soleRow(
      "SELECT current_setting('server_version') AS version, current_user::text AS role")
    let (version, role): (String, String) = (try row.decode("version"), try row.decode("role"))
    let reason = "PostgreSQL \(version): \(connection.target), as \(role)"
    return [
      connection.serverVersion >= Self.oldestVersion
        ? .ok(reason) : .critical(reason, advice: "usher needs PostgreSQL 12 or newer")
    ]
  }
}

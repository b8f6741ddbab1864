import Postgres

/// Whether the server takes changes.
struct PostgresRole: Probe {
  let check = "role"

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let row = try connection.soleRow(
      "SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only")
    let standby: Bool = try row.decode("standby")
    let figures = [Figure("standby", .boolean(standby))]
    if standby {
      return [
        .warning(
          "a standby: usher can read here, not change", advice: "point usher at the primary to change",
          figures: figures)
      ]
    }
    guard try row.decode("read_only") else { return [.ok("a primary", figures: figures)] }
    return [
      .warning(
        "read-only by default_transaction_read_only",
        advice: "connect as a role, or to a database, without that setting",
        figures: figures)
    ]
  }
}

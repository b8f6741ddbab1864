import Postgres

/// Indexes that a failed build left behind, and that no build works on now.
struct InvalidIndexes: Probe {
  let check = "indexes"
  let purpose = Purpose.fitness

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let names = try connection.query(
      """
      SELECT i.indexrelid::regclass::text AS name FROM pg_index i
      WHERE NOT i.indisvalid
        AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
      ORDER BY 1
      """
    ).map { try $0.decode("name", as: String.self) }
    guard !names.isEmpty else { return [.ok("none is invalid")] }
    return [
      .warning(
        "invalid, so writes maintain them and no query uses them: \(names.joined(separator: ", "))",
        advice: "drop each with `usher index drop NAME`, then build it again")
    ]
  }
}

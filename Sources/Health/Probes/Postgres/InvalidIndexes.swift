import Postgres

/// Indexes that a failed build left behind, and that no build works on now.
struct InvalidIndexes: Probe {
  let check = "indexes"
  let purpose = Purpose.fitness

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let rows = try connection.query(
      """
      SELECT i.indexrelid::regclass::text AS name, c.relkind = 'I' AS partitioned
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE NOT i.indisvalid
        AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
      ORDER BY 1
      """
    )
    func names(partitioned: Bool) throws -> String {
      try rows.filter { try $0.decode("partitioned") == partitioned }.map { try $0.decode("name") }.joined(
        separator: ", ")
    }
    let (invalid, incomplete) = (try names(partitioned: false), try names(partitioned: true))
    var observations: [Observation] = []
    if !invalid.isEmpty {
      observations.append(
        .warning(
          "invalid, so writes maintain them and no query uses them: \(invalid)",
          advice: "drop each with `usher index drop NAME`, then build it again"))
    }
    if !incomplete.isEmpty {
      observations.append(
        .warning(
          "not on all partitions of their tables: \(incomplete)",
          advice: "run the `usher index create` that began each again: it continues with the rest"))
    }
    return observations.isEmpty ? [.ok("none is invalid")] : observations
  }
}

import Postgres

/// Whether an index can be tried before it is built; it is optional.
struct HypotheticalIndexes: Probe {
  let check = "hypopg"
  let purpose = Purpose.fitness

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let version: String? = try connection.soleRow(
      "SELECT (SELECT extversion FROM pg_extension WHERE extname = 'hypopg') AS version"
    ).decode("version")
    return [.ok(version.map { "version \($0)" } ?? "not installed; it is optional")]
  }
}

import Changes
import Postgres

/// Whether changes can be recorded.
struct HistorySchema: Probe {
  let check = "history"
  let purpose = Purpose.fitness

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let history = try PostgresHistoryState(connection)
    let name = PostgresHistorySchema.name
    if let obstacle = history.obstacle { return [.critical(obstacle.message, advice: obstacle.hints.first)] }
    switch (history.isPresent, history.isWritable, history.canCreate) {
    case (true, true, _): return [.ok("in schema '\(name)'")]
    case (true, false, _):
      return [
        .critical(
          "this role cannot write schema '\(name)', so it cannot change anything",
          advice:
            "GRANT USAGE ON SCHEMA \(name), and SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(name), to the role"
        )
      ]
    case (false, _, true): return [.ok("the first change creates schema '\(name)'")]
    case (false, _, false):
      return [
        .critical(
          "this role cannot create schema '\(name)', so it cannot change anything",
          advice: "GRANT CREATE ON DATABASE to the role of usher")
      ]
    }
  }
}

import Postgres

/// Whether a connection pooler is between usher and the server.
struct PostgresPooler: Probe {
  let check = "session"
  let purpose = Purpose.fitness

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let isPooled = try connection.isPooled()
    let figures = [Figure("pooled", .boolean(isPooled))]
    guard isPooled else { return [.ok("connected directly", figures: figures)] }
    return [
      .warning(
        "a connection pooler answers: usher cannot create, rebuild or drop indexes through it",
        advice: "connect directly to the PostgreSQL server for the index commands", figures: figures)
    ]
  }
}

/// Whether an id stands for one event.
struct OutboxIdentity: Probe {
  let check = "id"
  let purpose = Purpose.fitness

  func examine(_ outbox: OutboxInDatabase) throws -> [Observation] {
    let name = outbox.table.mapping.columns.id
    guard try !outbox.table.idIsUnique() else { return [.ok("column '\(name)' is unique")] }
    return [
      .warning(
        "column '\(name)' is not unique, so a replay may mark two events at once",
        advice: "map outbox.columns.id to the primary key, or make the column unique with `usher index create`")
    ]
  }
}

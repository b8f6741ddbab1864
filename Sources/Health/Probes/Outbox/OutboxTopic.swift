/// Whether it is configured where an event goes, and what of it is sent.
struct OutboxTopic: Probe {
  let check = "topic"
  let purpose = Purpose.fitness

  func examine(_ outbox: OutboxInDatabase) throws -> [Observation] {
    let topic = try outbox.topic(outbox.table)
    _ = try outbox.table.valueTemplate
    return [.ok(topic)]
  }
}

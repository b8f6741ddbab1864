/// Whether this role may replay events.
struct OutboxPrivileges: Probe {
  let check = "privileges"
  let purpose = Purpose.fitness

  func examine(_ outbox: OutboxInDatabase) throws -> [Observation] {
    let missing = try outbox.table.missingPrivileges()
    guard !missing.isEmpty else { return [.ok("this role may read and mark events")] }
    return [
      .critical(
        "this role lacks \(missing.joined(separator: ", "))",
        advice: "GRANT SELECT, UPDATE ON \(outbox.table.name) to the role of usher")
    ]
  }
}

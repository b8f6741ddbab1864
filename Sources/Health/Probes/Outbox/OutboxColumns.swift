import Outbox

/// Whether the configuration fits the table; where it does not, nothing else about the outbox can be checked.
struct OutboxColumns: Probe {
  let check = "mapping"

  func examine(_ outbox: OutboxInDatabase) -> [Observation] {
    let columns = outbox.table.mappedColumns.map { "\($0.role): \($0.name) \($0.type)" }
    return [.ok("\(outbox.table.name) with \(columns.joined(separator: ", "))")]
  }
}

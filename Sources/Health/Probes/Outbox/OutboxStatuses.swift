import Outbox
import Text

/// Whether the configuration names the status of every event.
struct OutboxStatuses: Probe {
  let check = "statuses"

  func examine(_ outbox: OutboxInDatabase) throws -> [Observation] {
    guard let warning = try outbox.overview().unmappedWarning else {
      return [.ok("every event is in a status of outbox.statuses")]
    }
    return [.warning(warning, advice: "correct outbox.statuses: such events are never replayed")]
  }
}

extension OutboxOverview {
  /// A sentence about the events in statuses that the configuration does not name; nil where there are none.
  public var unmappedWarning: String? {
    guard counts.other > 0 else { return nil }
    // The first few show what is wrong; a column that is no status at all has thousands.
    var names = unmapped.prefix(5).map { "\($0.status ?? "NULL") (\($0.count.grouped))" }
    if unmapped.count > names.count { names.append("…") }
    return "\(counts.other.counted("event")) in statuses that outbox.statuses does not name: "
      + names.joined(separator: ", ")
  }
}

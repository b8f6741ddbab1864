import Failures
import Redis

/// One event that the replay may send: what is known of it before its row is locked.
struct ReplayCandidate {
  let id: String
  /// As the plan saw it.
  let status: String
  /// The record's key, within which order is kept; nil is an event that keeps no order.
  let key: [UInt8]?
}

/// An event whose row is locked, in the status that the plan saw.
struct LockedEvent {
  let id: String
  let key: [UInt8]?
  let status: String
  /// The published column's value, as text; nil also where there is no such column.
  let published: String?
}

/// What became of the events so far: of one batch, or of the run.
struct ReplayTally {
  var changed = 0
  /// Published or removed by somebody else meanwhile.
  var gone = 0
  /// Locked by another transaction, or behind such an event of the same key.
  var held = 0
  /// Behind an event of the same key that could not be sent.
  var behind = 0
  /// The keys of those.
  var behindKeys: Set<[UInt8]> = []
  /// Events that could not be sent, each for a reason of its own or its topic's.
  var refused = RefusedEvents()
  /// Records on their way when the run ended.
  var lost = 0
  /// Why the run ended early.
  var failure: Failure?

  var failed: Int { refused.count + lost }

  mutating func add(_ other: ReplayTally) {
    changed += other.changed
    gone += other.gone
    held += other.held
    behind += other.behind
    behindKeys.formUnion(other.behindKeys)
    refused.add(other.refused)
    lost += other.lost
    failure = failure ?? other.failure
  }

  var notes: [String] {
    var notes: [String] = []
    if gone > 0 { notes.append("\(gone.counted("event")) had been published or removed by others meanwhile") }
    if held > 0 {
      notes.append(
        "\(held.counted("event")) \(held == 1 ? "was left as it is" : "were left as they are"): locked by another transaction, "
          + "or behind such an event of their key; replay again")
    }
    if behind > 0 {
      let names = behindKeys.sorted { $0.lexicographicallyPrecedes($1) }.prefix(3).map(RedisText.plain)
      let rest = behindKeys.count > 3 ? " and \((behindKeys.count - 3).grouped) more" : ""
      notes.append(
        "\(behind.counted("event")) \(behind == 1 ? "was" : "were") held back behind one of the same key that could not be sent, to keep the "
          + "order (key \(names.joined(separator: ", "))\(rest))")
    }
    return notes
  }
}

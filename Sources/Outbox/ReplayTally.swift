import Failures
import Redis
import Text

/// What happened to the events of one batch, or of the whole run.
struct ReplayTally {
  var changed = 0
  /// Published or deleted by somebody else since the run began.
  var gone = 0
  /// Locked by another transaction, or after such an event with the same key.
  var held = 0
  /// After an event with the same key that could not be sent.
  var behind = 0
  /// The keys of the events that `behind` counts.
  var behindKeys: Set<[UInt8]> = []
  /// Events that could not be sent, each for its own reason or its topic's.
  var refused = RefusedEvents()
  /// Records that were being sent when the run ended.
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
    if gone > 0 {
      notes.append(
        "\(gone.counted("event")) \(gone == 1 ? "was" : "were") published or deleted by others since the plan")
    }
    if held > 0 {
      notes.append(
        "\(held.counted("event")) \(held == 1 ? "was" : "were") skipped: locked by another transaction, or after such an event "
          + "with the same key; run the replay again to send \(held == 1 ? "it" : "them")")
    }
    if behind > 0 {
      let names = behindKeys.sorted { $0.lexicographicallyPrecedes($1) }.prefix(3).map(ByteNotation.encode)
      let rest = behindKeys.count > 3 ? " and \((behindKeys.count - 3).grouped) more" : ""
      notes.append(
        "\(behind.counted("event")) \(behind == 1 ? "was" : "were") held back to keep the order, because an earlier event with the same "
          + "key could not be sent (key \(names.joined(separator: ", "))\(rest))")
    }
    return notes
  }
}

import Failures

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

/// What became of one batch.
struct ReplayBatchResult {
  var changed = 0
  /// Published or removed by somebody else meanwhile.
  var gone = 0
  /// Locked by another transaction, or behind such an event of the same key.
  var held = 0
  /// How many records failed, and why the first did.
  var failed = 0
  var failure: Failure?
}

extension ReplayBatchResult {
  /// The events that may be marked: those that arrived, save behind one of the same key that did not.
  ///
  /// Records that follow a failed one may be out already; unmarked they are sent once more, in order.
  static func marked(_ events: [LockedEvent], hasArrived: (Int) -> Bool) -> [LockedEvent] {
    var broken: Set<[UInt8]> = []
    var marked: [LockedEvent] = []
    marked.reserveCapacity(events.count)
    for (token, event) in events.enumerated() {
      if !hasArrived(token) {
        if let key = event.key { broken.insert(key) }
      } else if broken.isEmpty || event.key.map({ !broken.contains($0) }) ?? true {
        marked.append(event)
      }
    }
    return marked
  }
}

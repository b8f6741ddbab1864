import Changes

/// What an eviction would remove, by a pass that only reads.
public struct EvictionPlan: Sendable {
  public let selection: KeySelection
  /// How many keys there are to remove; exact after a whole pass, else judged from a sample and a range.
  public let estimate: CountEstimate
  /// Some of the keys, readable.
  public let sample: [String]
  /// All keys of the database.
  public let databaseSize: Int
  /// How the caches come back; a lost cache entry itself cannot be restored.
  public let undo: UndoPromise
  /// Protected keys that could appear under a pattern while it is carried out. They are never removed.
  let reachable: [ProtectedKeys.Family]

  public var count: Int { estimate.count }
}

extension KeySelection {
  /// Evicted entries return by warming where every cache can be warmed, else by the service's own next reads.
  var undoPromise: UndoPromise {
    if !caches.isEmpty, warmableCaches == caches {
      return .by(command: "usher cache warm \(caches.joined(separator: " "))")
    }
    return .none(reason: "the service refills its caches at the next read")
  }
}

import Changes
import Failures
import Redis
import Text

/// Removes cache entries: exact keys first, then every key that a pattern matches, a page at a time.
public struct Eviction {
  /// How much the plan has to know.
  public enum Counting: Sendable {
    /// Reads all key names once and counts.
    case exactly
    /// Estimates from a few pages, so that a large keyspace is scanned once and not twice.
    case bySample
  }

  private let redis: RedisConnection
  private let protected: ProtectedKeys
  private let isInterrupted: @Sendable () -> Bool

  /// `isInterrupted` ends a reading pass; the changing pass asks its own control.
  public init(
    _ redis: RedisConnection, protected: ProtectedKeys, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.redis = redis
    self.protected = protected
    self.isInterrupted = isInterrupted
  }

  /// Reads what would be removed. Throws `refused` when a protected key is among it.
  ///
  /// A pattern that could reach protected keys is counted by a whole pass in any case: only reading shows whether such
  /// keys exist.
  public func plan(_ selection: KeySelection, counting: Counting) throws -> EvictionPlan {
    if let conflict = protected.conflict(with: selection) { throw conflict }
    let reachable = protected.reachable(by: selection)
    let databaseSize = try redis.command("DBSIZE").integer
    var keyCounter = KeyCounter(selection, guarding: reachable)
    try keyCounter.countExactKeys(redis)
    let canSample = counting == .bySample && reachable.isEmpty && databaseSize > KeyCounter.smallDatabase
    try keyCounter.countPatterns(redis, bySample: canSample, databaseSize: databaseSize, isInterrupted: isInterrupted)
    return EvictionPlan(
      selection: selection, estimate: keyCounter.estimate, sample: keyCounter.sample.map(ByteNotation.encode),
      databaseSize: databaseSize, undo: selection.undoPromise, reachable: reachable)
  }

  /// Removes the keys. An interruption is heeded between pages; keys that are gone already count as nothing.
  ///
  /// The server itself scans one pattern; if usher must check the keys or limit the rate, it reads them. Either way the
  /// operation's record counts them in the step that removes them, so it is exact also when this process is killed.
  public func apply(_ plan: EvictionPlan, _ change: RunningChange) throws -> ChangeOutcome {
    let totals = try remove(plan, change)
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = !totals.isComplete
    return outcome
  }

  private func remove(_ plan: EvictionPlan, _ change: RunningChange) throws -> BulkRun.Totals {
    var removal = try KeyRemoval(redis, change)
    guard try removal.remove(plan.selection.keys.map { RedisArgument($0) }) else {
      return try removal.end(isComplete: false)
    }
    guard !plan.selection.patterns.isEmpty else { return try removal.end(isComplete: true) }
    let serverPattern = plan.selection.serverPattern
    let isFiltered = serverPattern == nil || !plan.reachable.isEmpty
    if let serverPattern, !isFiltered, change.control.unitsPerSecond == nil {
      let exact = try removal.end(isComplete: true)
      return try KeyWalk(redis: redis, pattern: serverPattern, change: change).run(after: exact)
    }
    var scan = redis.scan(match: serverPattern.map { RedisArgument($0.source) }, count: KeyRemoval.pageSize)
    while var page = try scan.nextPage() {
      if isFiltered {
        page.removeAll { key in
          key.bytes.withUnsafeBytes { bytes in
            plan.reachable.contains { $0.shape.matches(bytes) } || !plan.selection.patternsMatch(bytes)
          }
        }
      }
      guard try removal.remove(page) else { return try removal.end(isComplete: false) }
    }
    return try removal.end(isComplete: true)
  }
}

extension Array {
  /// Consecutive parts of at most this many elements.
  func chunks(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}

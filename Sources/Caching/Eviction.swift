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
    /// Reads a few pages and judges from them, so that a large keyspace is walked once and not twice.
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
  /// One pattern is walked by the server itself; where keys have to be looked at here, or go at a pace, they travel. Either way the
  /// operation's record counts them in the step that removes them, so it is exact also when this process is killed.
  public func apply(
    _ plan: EvictionPlan, operation: OperationID, lease: RedisLease?, control: ChangeControl
  ) throws -> ChangeOutcome {
    var removal = KeyRemoval(redis, operation: operation, lease: lease, control: control)
    do {
      return try remove(plan, &removal, operation, lease, control)
    } catch let error as RedisError where error.isConnectionProblem && removal.outcome.changed > 0 {
      throw BrokenOffChange(done: removal.outcome, inDoubt: removal.inDoubt, by: error.failure)
    }
  }

  private func remove(
    _ plan: EvictionPlan, _ removal: inout KeyRemoval, _ operation: OperationID, _ lease: RedisLease?,
    _ control: ChangeControl
  ) throws -> ChangeOutcome {
    for chunk in plan.selection.keys.chunks(of: KeyRemoval.largestBatch) {
      guard try removal.remove(chunk.map { RedisArgument($0) }) else { return try removal.end() }
    }
    guard !plan.selection.patterns.isEmpty else { return try removal.end() }
    let serverPattern = plan.selection.serverPattern
    let isFiltered = serverPattern == nil || !plan.reachable.isEmpty
    if let serverPattern, !isFiltered, control.unitsPerSecond == nil {
      let exact = try removal.end()
      let walk = PatternRemoval(
        redis: redis, pattern: serverPattern, operation: operation, lease: lease, control: control)
      return try walk.run(after: exact)
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
      guard try removal.remove(page) else { break }
    }
    return try removal.end()
  }
}

extension Array {
  /// Consecutive parts of at most so many elements.
  func chunks(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}

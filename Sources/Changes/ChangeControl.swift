/// How a running change is held: its pace, its interruption, and where it reports progress.
public struct ChangeControl: Sendable {
  /// Units per second at most; nil is as fast as the store takes them.
  public var unitsPerSecond: Double?
  /// True once somebody asked the change to end; judged between batches.
  public var isInterrupted: @Sendable () -> Bool
  /// Called with the units done so far, after each batch.
  public var progress: @Sendable (Int) -> Void
  /// Called often during a long step, so that the connection of a lock in PostgreSQL is not forgotten on the way.
  public var keepAlive: @Sendable () -> Void

  public init(
    unitsPerSecond: Double? = nil, isInterrupted: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Int) -> Void = { _ in }, keepAlive: @escaping @Sendable () -> Void = {}
  ) {
    self.unitsPerSecond = unitsPerSecond
    self.isInterrupted = isInterrupted
    self.progress = progress
    self.keepAlive = keepAlive
  }

  /// The largest batch that still paces smoothly: a tenth of a second's units, at least one, at most `limit`.
  public func batchSize(upTo limit: Int) -> Int {
    guard let unitsPerSecond, unitsPerSecond.isFinite, unitsPerSecond > 0 else { return limit }
    return max(1, min(limit, Int(min(unitsPerSecond / 10, Double(limit)))))
  }

  public func makePacer() -> Pacer { Pacer(unitsPerSecond: unitsPerSecond, isInterrupted: isInterrupted) }
}

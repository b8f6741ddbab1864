import Redis

/// A `BulkRun` that is given its batches one by one, by a caller that gets them from a scan or from another store.
public final class BulkFeed {
  private final class Pending {
    var words: ScriptDeclaration.Rest?
  }

  private let run: BulkRun
  private let pending: Pending
  private var state: BulkRunState

  /// See `BulkRun`.
  public init(
    _ script: BatchScript, of change: RunningChange, on redis: RedisConnection,
    arguments: [String: RedisArgument] = [:], batchSize: Int, survivesRestart: Bool = true,
    after earlier: BulkRun.Totals = BulkRun.Totals()
  ) throws {
    let pending = Pending()
    self.pending = pending
    run = try BulkRun(
      script, of: change, on: redis, arguments: arguments, batchSize: batchSize, survivesRestart: survivesRestart
    ) { _ in
      defer { pending.words = nil }
      return pending.words
    }
    state = run.makeState(after: earlier)
  }

  /// Waits until the batch may go and is on its way; false when the work is to end.
  public func send(_ words: ScriptDeclaration.Rest) throws -> Bool {
    pending.words = words
    while pending.words != nil, !run.change.control.isInterrupted() {
      state.isAtEnd = false
      _ = try run.attempt(&state) { state in
        try run.send(&state)
        // Where there was no room, an answer makes some.
        if pending.words != nil { _ = try run.takeAnswer(&state) }
      }
    }
    return !run.change.control.isInterrupted()
  }

  /// Waits for what is under way, and gives the counts; complete unless the run was interrupted.
  public func end(isComplete: Bool) throws -> BulkRun.Totals {
    while try run.advance(&state) {}
    state.isAtEnd = isComplete
    return try run.end(state)
  }
}

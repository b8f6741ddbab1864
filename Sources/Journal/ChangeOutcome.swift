/// What an applied change did, in units of its plan (tokens, keys, events, indexes).
public struct ChangeOutcome: Equatable, Sendable {
  public var changed: Int
  public var failed: Int
  /// Units of the plan that needed no change any more when their turn came.
  public var skipped: Int
  /// Ended early because somebody asked; what was done is done.
  public var wasInterrupted: Bool
  /// Sentences that the operator should read, in order.
  public var notes: [String]
  /// Why units failed; the first cause is enough.
  public var failure: String?
  /// What to do about units that failed: sentences, or commands that can be pasted.
  public var hints: [String]

  public init(
    changed: Int = 0, failed: Int = 0, skipped: Int = 0, wasInterrupted: Bool = false, notes: [String] = [],
    failure: String? = nil, hints: [String] = []
  ) {
    self.changed = changed
    self.failed = failed
    self.skipped = skipped
    self.wasInterrupted = wasInterrupted
    self.notes = notes
    self.failure = failure
    self.hints = hints
  }

  /// The state in which the journal closes an operation with this outcome.
  public var state: OperationState {
    if wasInterrupted { return .interrupted }
    if failed == 0 { return .done }
    return changed > 0 ? .partial : .failed
  }
}

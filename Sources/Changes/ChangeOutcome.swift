/// What an applied change did, in units of its plan (tokens, keys, events, indexes).
public struct ChangeOutcome: Equatable, Sendable {
  public var changed: Int
  /// The store failed in the middle: batches without an answer may be done beyond `changed`.
  public var isAtLeast = false
  public var failed: Int
  /// Units of the plan that no longer needed a change.
  public var skipped: Int
  /// Whether the change ended early because of a signal; what was done remains.
  public var wasInterrupted: Bool
  /// What was done, in the past tense, if only the change itself knows it; nil if the plan says it.
  public var sentence: String?
  /// Sentences that the operator should read, in order.
  public var notes: [String]
  /// Problems that did not stop the change, for example that its end could not be recorded.
  public var warnings: [String] = []
  /// Why units failed, the most frequent reason first; a few reasons.
  public var failures: [String]
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
    failures = failure.map { [$0] } ?? []
    self.hints = hints
  }

  /// The first of `failures`.
  public var failure: String? {
    get { failures.first }
    set { failures = newValue.map { [$0] } ?? [] }
  }

  /// The state in which the journal closes an operation with this outcome.
  public var state: OperationState {
    if wasInterrupted { return .interrupted }
    if failed == 0 { return .done }
    return changed > 0 ? .partial : .failed
  }
}

/// What an applied change did, in units of its plan (tokens, keys, events, indexes).
public struct ChangeOutcome: Equatable, Sendable {
  public var changed: Int
  /// The store went away in the middle: what was on its way may be done beyond `changed`.
  public var isAtLeast = false
  public var failed: Int
  /// Units of the plan that needed no change any more when their turn came.
  public var skipped: Int
  /// Ended early because somebody asked; what was done is done.
  public var wasInterrupted: Bool
  /// What was done, in the past tense, where only carrying it out could tell; else the plan tells.
  public var sentence: String?
  /// Sentences that the operator should read, in order.
  public var notes: [String]
  /// Why units failed, what concerns most of them first; a few are enough.
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

import Failures

/// A change that its store broke off in the middle: what is known to be done, and why there is no more.
///
/// Thrown only when something was changed; a store that goes before that is an error like any other.
public struct BrokenOffChange: FailureConvertible, Equatable {
  /// As much as the store has confirmed; what was on its way may be done as well.
  public let outcome: ChangeOutcome
  public let failure: Failure

  /// - Parameters:
  ///   - done: what the store has confirmed.
  ///   - inDoubt: how many units were on their way; at least one counts as failed.
  public init(done: ChangeOutcome, inDoubt: Int, by failure: Failure) {
    var outcome = done
    outcome.isAtLeast = true
    outcome.failed += max(1, inDoubt)
    outcome.failures.append(failure.withCause)
    outcome.hints += failure.hints
    self.outcome = outcome
    var failure = failure
    failure.kind = .failed
    self.failure = failure
  }
}

import Changes
import Failures
import Terminal
import Text

/// Warnings before a change about earlier changes of the same target that did not finish, each with how to undo or continue it.
///
/// A change without a lock is one step, so there are no such warnings about it. An undo that did not finish is reported even if its
/// count is 0, because an unpark moves people first and counts them at its end.
struct UnfinishedChanges {
  private var told: Set<OperationID> = []

  /// The warnings for a plan. Only reads.
  mutating func look(before proposal: ChangeProposal, _ session: Session, _ consent: Consent) throws -> [String] {
    guard proposal.place.isLocked else { return [] }
    do {
      return try warnings(
        session.journal(of: proposal.store).unfinished(target: proposal.target), before: proposal,
        canStop: consent.isDryRun || consent.asks)
    } catch let error as any FailureConvertible where consent.isDryRun && error.failure.kind == .refused {
      // A role that may read the data but not the history still sees the plan.
      return ["the real run would be refused: \(error.failure.message)"]
    }
  }

  /// Records these changes as lost, so that later runs do not warn about them; returns the warnings that `look` has not returned.
  mutating func settle(before proposal: ChangeProposal, _ session: Session) throws -> [String] {
    guard proposal.place.isLocked else { return [] }
    return try warnings(
      session.journal(of: proposal.store).markLost(target: proposal.target), before: proposal, canStop: false)
  }

  /// - Parameter canStop: whether the user can still decide against the change.
  private mutating func warnings(
    _ records: [OperationRecord], before proposal: ChangeProposal, canStop: Bool
  ) -> [String] {
    records.filter { $0.changed > 0 || $0.request.undoes != nil || $0.request.command.hasPrefix("index ") }
      .filter { $0.id != proposal.undoes }
      .filter { told.insert($0.id).inserted }
      .map { Self.warning(about: $0, before: proposal, canStop: canStop) }
  }

  private static func warning(
    about lost: OperationRecord, before proposal: ChangeProposal, canStop: Bool
  ) -> String {
    let name = "\(lost.request.command) \(lost.id) by \(lost.actor)"
    // PostgreSQL may have completed the build after the process ended. Only its catalog says so.
    if lost.request.command.hasPrefix("index ") {
      return "\(name) did not finish; see what it has left with `usher index list`"
    }
    let progress = "\(name) did not finish; it has changed \(lost.changed.grouped) of \(lost.request.planned.grouped)"
    if let undone = lost.request.undoes {
      return undone == proposal.undoes
        ? "\(progress), and this command continues it" : "\(progress); continue it with `usher undo \(undone)`"
    }
    switch lost.request.undo {
    // An undo after this command skips everything that this command changes.
    case .automatic:
      return canStop
        ? "\(progress); to undo it, run `usher undo \(lost.id)` before this command"
        : "\(progress); `usher undo \(lost.id)` undoes it, except for what this command changes"
    case .by(let command): return "\(progress); to undo it as far as possible, run `\(command)`"
    case .none(let reason): return "\(progress); it cannot be undone: \(reason)"
    }
  }
}

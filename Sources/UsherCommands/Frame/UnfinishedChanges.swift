import Changes
import Failures
import Terminal
import Text

/// What to know before a change: that others of the same target never came to their end, and how each is taken back or gone on with.
///
/// Without a lock, a change is one step, and none is ever found in the middle. An undo is told of also before it has counted anything: a
/// restore moves people first, and counts them at its end.
struct UnfinishedChanges {
  private var told: Set<OperationID> = []

  /// Warnings for the plan, which only reads.
  mutating func look(before proposal: ChangeProposal, _ session: Session, isDryRun: Bool) throws -> [String] {
    guard proposal.place.isLocked else { return [] }
    do {
      return try news(session.journal(of: proposal.store).unfinished(target: proposal.target), before: proposal)
    } catch let error as any FailureConvertible where isDryRun && error.failure.kind == .refused {
      // Who may read the data but not the history can still see what would be done.
      return ["the real run would be refused: \(error.failure.message)"]
    }
  }

  /// Records them as lost, which ends the news of them; gives warnings of those that were not told of before.
  mutating func settle(before proposal: ChangeProposal, _ session: Session) throws -> [String] {
    guard proposal.place.isLocked else { return [] }
    return try news(session.journal(of: proposal.store).markLost(target: proposal.target), before: proposal)
  }

  private mutating func news(_ records: [OperationRecord], before proposal: ChangeProposal) -> [String] {
    records.filter { $0.changed > 0 || $0.request.undoes != nil || $0.request.command.hasPrefix("index ") }
      .filter { $0.id != proposal.undoes }
      .filter { told.insert($0.id).inserted }
      .map { Self.sentence(of: $0, before: proposal) }
  }

  private static func sentence(of lost: OperationRecord, before proposal: ChangeProposal) -> String {
    // The server goes on building, or stops, without the process; only its catalogue tells.
    if lost.request.command.hasPrefix("index ") {
      return
        "\(lost.request.command) \(lost.id) of \(lost.actor) never came to its end; see what it has left with `usher index list`"
    }
    let deed =
      "\(lost.request.command) \(lost.id) of \(lost.actor) never came to its end; it has done \(lost.changed.grouped) of "
      + lost.request.planned.grouped
    if let undone = lost.request.undoes {
      return undone == proposal.undoes
        ? "\(deed), and this goes on with it" : "\(deed), and is gone on with by `usher undo \(undone)`"
    }
    switch lost.request.undo {
    // Later the undo would leave alone whatever this one moves on.
    case .automatic: return "\(deed); whoever wants that back runs `usher undo \(lost.id)` first, not later"
    case .by(let command): return "\(deed); the way back, as far as there is one: `\(command)`"
    case .none(let reason): return "\(deed); \(reason)"
    }
  }
}

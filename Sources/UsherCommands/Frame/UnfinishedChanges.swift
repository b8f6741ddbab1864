import Failures
import Journal
import Terminal

extension Session {
  /// What to know before a change: that others of the same target were killed in the middle, and how each is taken back or ended.
  ///
  /// Without a lock, a change is one step, and none is ever found in the middle. An undo is told of also before it has counted anything: a
  /// restore moves people first, and counts them at its end.
  func unfinished(before proposal: ChangeProposal, isDryRun: Bool) throws -> [String] {
    guard proposal.lock != nil else { return [] }
    do {
      return try journal(of: proposal.store).unfinished(target: proposal.target)
        .filter { ($0.changed > 0 || $0.request.undoes != nil) && $0.id != proposal.undoes }
        .map { Self.sentence(of: $0, before: proposal) }
    } catch let error as any FailureConvertible where isDryRun && error.failure.kind == .refused {
      // Who may read the data but not the history can still see what would be done.
      return ["the real run would be refused: \(error.failure.message)"]
    }
  }

  private static func sentence(of dead: OperationRecord, before proposal: ChangeProposal) -> String {
    let deed =
      "\(dead.request.command) \(dead.id) of \(dead.actor) was killed in the middle, after \(Figures.count(dead.changed)) of "
      + Figures.count(dead.request.planned)
    if let undone = dead.request.undoes {
      return undone == proposal.undoes
        ? "\(deed); this goes on with it" : "\(deed); it is gone on with by `usher undo \(undone)`"
    }
    switch dead.request.undo {
    case .automatic: return "\(deed); that part is taken back by `usher undo \(dead.id)`"
    case .by(let command): return "\(deed); that part is taken back by `\(command)`"
    case .none: return deed
    }
  }
}

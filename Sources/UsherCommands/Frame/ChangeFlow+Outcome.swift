import Changes
import Failures
import Glibc
import Terminal
import Text

/// What a change has come to: its record, its result as a person and a program read it, and what can be done if it failed.
extension Session {
  /// Marks an operation as undone; if its store has failed meanwhile, the outcome says so.
  func markUndone(
    _ undone: OperationID, by id: OperationID, _ journal: any OperationJournal, _ outcome: inout ChangeOutcome
  ) throws {
    do {
      try journal.markUndone(undone, by: id)
    } catch  where outcome.changed > 0 {
      outcome.warnings.append("\(undone) could not be marked as undone: \(ErrorReport.failure(for: error).message)")
    }
  }

  /// Records the end of a change that failed, and gives the failure with what can be done about it.
  func end(
    _ id: OperationID, _ proposal: ChangeProposal, _ journal: any OperationJournal, by error: any Error
  ) -> Failure {
    let found = Result { try journal.find(id) }
    let changed = (try? found.get())?.changed ?? 0
    // The first error is reported: recording the end may fail for the same reason.
    try? journal.finish(id, state: changed > 0 ? .partial : .failed, failed: 0, changed: nil)
    let reason = ErrorReport.failure(for: error)
    // A record that is gone, and a change that changed nothing, have nothing to show and nothing to undo.
    if case .success(nil) = found { return reason }
    if case .success = found, changed == 0, proposal.undo == .automatic { return reason }
    let failure = reason.adding(hint: "see what was done with `usher history \(id)`")
    return proposal.undo == .automatic ? failure.adding(hint: "undo it with `usher undo \(id)`") : failure
  }

  /// What `body` did, also if its store failed in the middle; then with hints about what to do next.
  func known(
    _ id: OperationID, _ proposal: ChangeProposal, _ body: () throws -> ChangeOutcome
  ) throws -> ChangeOutcome {
    do {
      return try body()
    } catch let broken as BrokenOffChange where !Interruption.isForced {
      var outcome = broken.outcome
      // The last batch that was sent may have been smaller than the others.
      if !proposal.countIsEstimate {
        outcome.failed = min(outcome.failed, max(1, proposal.count - outcome.changed - outcome.skipped))
      }
      outcome.hints.append("see how much was done, as far as the store has kept its record, with `usher history \(id)`")
      if proposal.undo == .automatic {
        outcome.hints.append("undo what was done with `usher undo \(id)`, or continue from there")
      } else if let undone = proposal.undoes, !outcome.hints.contains(where: { $0.contains(undone.description) }) {
        outcome.hints.append("undo the rest with `usher undo \(undone)`")
      }
      return outcome
    }
  }

  func brokenOff(_ id: OperationID, _ error: any Error) -> Failure {
    Failure(
      Interruption.failureKind, "stopped by a second signal in the middle of a batch",
      causes: [ErrorReport.failure(for: error).message],
      hints: [
        "see what was done with `usher history \(id)`",
        "the lock was released without waiting for an answer; if the release was lost, the lock expires within "
          + "\(RedisLock.milliseconds / 1000) s",
      ])
  }

  func conclude(
    _ proposal: ChangeProposal, _ id: OperationID, _ outcome: ChangeOutcome, took: Duration
  ) throws {
    if Interruption.signalNumber == SIGINT { try? errors.eraseLine() }
    for line in outcome.notes { note(line) }
    for line in outcome.warnings { warn(line) }
    var report = ChangeReport(proposal, isDryRun: false, took: took)
    report.operation = id
    report.changed = outcome.changed
    report.failed = outcome.failed
    report.skipped = outcome.skipped
    report.wasInterrupted = outcome.wasInterrupted
    report.changedIsAtLeast = outcome.isAtLeast
    // The scan was complete, so its count is exact. A scan that ended early has only the estimate.
    if proposal.countIsEstimate && !outcome.wasInterrupted && !outcome.isAtLeast {
      report.planned = outcome.changed + outcome.failed + outcome.skipped
    }
    if outcome.changed == 0 && outcome.skipped == 0 { report.undo = .none(reason: "nothing was changed") }
    let sentence = sentence(proposal, id, outcome)
    do {
      try self.report(report, sentence: sentence)
      try output.flush()
    } catch {
      // The change is done although its result cannot be printed.
      if !proposal.leavesOutputAlone { try? errors.writeText(sentence) }
      throw error
    }
    if outcome.wasInterrupted {
      throw Failure(
        Interruption.failureKind,
        "stopped on request after \(outcome.changed.grouped) of "
          + (proposal.countIsEstimate ? "about " : "") + report.planned.grouped,
        hints: proposal.undoes.map { ["undo the rest with `usher undo \($0)`"] } ?? [])
    }
    if outcome.failed > 0 {
      let planned = (proposal.countIsEstimate && outcome.isAtLeast ? "about " : "") + report.planned.grouped
      throw Failure(
        .failed,
        outcome.isAtLeast
          ? "failed after \(outcome.changedText) of \(planned)"
          : "\(outcome.failed.grouped) of \(planned) failed",
        causes: outcome.failures, hints: outcome.hints)
    }
  }

  private func sentence(_ proposal: ChangeProposal, _ id: OperationID, _ outcome: ChangeOutcome) -> String {
    let done = outcome.sentence ?? proposal.done(outcome)
    guard outcome.changed > 0 else { return done }
    switch proposal.undo {
    case .automatic: return "\(done); undo with: usher undo \(id)"
    case .by(let command): return "\(done); undo with: \(command)"
    // The reason why it cannot be undone speaks of a complete change.
    case .none where outcome.wasInterrupted || outcome.isAtLeast: return done
    case .none(let reason): return "\(done); \(reason)"
    }
  }
}

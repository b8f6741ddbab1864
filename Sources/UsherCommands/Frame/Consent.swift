import Arguments
import Failures
import Terminal

/// Whether a change may go ahead: the rules of `--dry-run`, `--yes`, `--confirm`, `--reason` and the question.
struct Consent {
  let isDryRun: Bool
  private let isGivenByFlag: Bool
  private let confirmedName: String?
  private let effect: Effect

  /// Refuses what can be refused before any store is reached: no terminal and no `--yes`, or a protected context without its
  /// name and a reason.
  ///
  /// `target` is the bare name that somebody types to let it be destroyed.
  init(_ session: Session, effect: Effect, command: String) throws {
    self.effect = effect
    let values = session.values
    isDryRun = values[ChangeOptions.dryRun]
    isGivenByFlag = values[ChangeOptions.yes]
    confirmedName = values[ChangeOptions.confirm]
    guard !isDryRun else { return }
    let canAsk = Self.canAsk(session)
    if !isGivenByFlag && !canAsk {
      throw Failure(
        .refused, "refusing to run 'usher \(command)' without a terminal to ask on",
        hints: ["look at the plan with `--dry-run`, then add `--yes`"])
    }
    let context = try session.context()
    guard context.isProtected else { return }
    if let confirmedName, confirmedName != context.name {
      throw Failure(
        .refused, "the context '\(context.name)' is protected, and '--confirm \(confirmedName)' is not its name",
        hints: ["add `--confirm \(context.name)` if that is where you mean to work"])
    }
    if confirmedName == nil && !canAsk {
      throw Failure(
        .refused, "the context '\(context.name)' is protected",
        hints: ["add `--confirm \(context.name) --reason '…'`"])
    }
    if (values[ChangeOptions.reason] ?? "").isEmpty {
      throw Failure(
        .refused, "the context '\(context.name)' is protected, and a change there needs a reason",
        hints: ["add `--reason 'what for, or the incident's name'`"])
    }
  }

  /// Asks on the terminal where the flags have not answered; false when the answer was no.
  func isGiven(for proposal: ChangeProposal, _ session: Session) throws -> Bool {
    let context = try session.context()
    let prompt = Prompt(isInterrupted: { Interruption.isRequested })
    if context.isProtected && confirmedName == nil {
      return prompt.confirm(
        "\(proposal.action), in the protected context '\(context.name)'?", byTyping: context.name)
    }
    if isGivenByFlag || confirmedName != nil { return true }
    return prompt.confirm("\(proposal.action)?")
  }

  /// A person watches: messages reach a terminal, and there is one to type on.
  private static func canAsk(_ session: Session) -> Bool {
    session.errors.isTerminal && Prompt().isAvailable
  }
}

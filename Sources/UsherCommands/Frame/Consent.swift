import Arguments
import Failures
import Terminal

/// Whether a change may go ahead: the rules of `--dry-run`, `--yes`, `--confirm`, `--reason` and the question.
struct Consent {
  let isDryRun: Bool
  private let isGivenByFlag: Bool
  /// The name that must be confirmed: that of the protected context, or of the target that is destroyed.
  private let neededName: String?
  private let isNameGiven: Bool

  /// Refuses a change before any store is reached: without a terminal and `--yes`, or without a required name or reason.
  ///
  /// - Parameter destroying: the name of a target that cannot be restored; nil if the change can be undone or repeated.
  init(_ session: Session, command: String, destroying: String? = nil) throws {
    let values = session.values
    isDryRun = values[ChangeOptions.dryRun]
    isGivenByFlag = values[ChangeOptions.yes]
    guard !isDryRun else {
      (neededName, isNameGiven) = (nil, false)
      return
    }
    let canAsk = session.errors.isTerminal && Prompt().isAvailable
    if !isGivenByFlag && !canAsk {
      throw Failure(
        .refused, "cannot ask for confirmation of 'usher \(command)' without a terminal",
        hints: ["look at the plan with `--dry-run`, then add `--yes`"])
    }
    let protected = try session.context().protection?.context
    neededName = protected ?? destroying
    let given = values[ChangeOptions.confirm]
    isNameGiven = given != nil
    guard let neededName else { return }
    let why = protected.map { "the context '\($0)' is protected" } ?? "'usher \(command)' destroys '\(neededName)'"
    if let given, given != neededName {
      throw Failure(
        .refused, "\(why), and '--confirm \(given)' is not its name",
        hints: ["to confirm, use `--confirm \(neededName)`"])
    }
    if !isNameGiven && !canAsk {
      throw Failure(.refused, why, hints: ["add `--confirm \(neededName) --reason '…'`"])
    }
    if (values[ChangeOptions.reason] ?? "").allSatisfy(\.isWhitespace) {
      throw Failure(
        .refused, "\(why), so a reason is required", hints: ["add `--reason '…'`; it is stored in the history"])
    }
  }

  /// Whether a person will be asked.
  var asks: Bool { neededName != nil ? !isNameGiven : !isGivenByFlag }

  /// Whether the change is confirmed: asks on the terminal if the options have not confirmed it.
  func isGiven(for proposal: ChangeProposal) -> Bool {
    guard asks else { return true }
    let prompt = Prompt(isInterrupted: { Interruption.isRequested })
    let question = "\(proposal.action)\(proposal.countIsEstimate ? ", by estimate" : "")?"
    return neededName.map { prompt.confirm(question, byTyping: $0) } ?? prompt.confirm(question)
  }
}

import Arguments
import Failures
import Terminal

/// Whether a change may go ahead: the rules of `--dry-run`, `--yes`, `--confirm`, `--reason` and the question.
struct Consent {
  let isDryRun: Bool
  private let isGivenByFlag: Bool
  /// The name that consent must repeat: the protected context's, or that of what is destroyed.
  private let neededName: String?
  private let isNameGiven: Bool

  /// Refuses what can be refused before any store is reached: no terminal and no `--yes`, or a name or a reason that is missing
  /// where they are needed.
  ///
  /// - Parameter destroying: the name of what cannot be brought back; nil for what can be undone or made again.
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
        .refused, "refusing to run 'usher \(command)' without a terminal to ask on",
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
        .refused, "\(why), and '--confirm \(given)' does not repeat its name",
        hints: ["add `--confirm \(neededName)` if that is what you mean"])
    }
    if !isNameGiven && !canAsk {
      throw Failure(.refused, why, hints: ["add `--confirm \(neededName) --reason '…'`"])
    }
    if (values[ChangeOptions.reason] ?? "").allSatisfy(\.isWhitespace) {
      throw Failure(
        .refused, "\(why), and that needs a reason", hints: ["add `--reason '…'`; it is kept in the history"])
    }
  }

  /// Whether a person will be asked.
  var asks: Bool { neededName != nil ? !isNameGiven : !isGivenByFlag }

  /// Asks on the terminal where the flags have not answered; false when the answer was no.
  func isGiven(for proposal: ChangeProposal) -> Bool {
    guard asks else { return true }
    let prompt = Prompt(isInterrupted: { Interruption.isRequested })
    let question = "\(proposal.action)\(proposal.countIsEstimate ? ", by estimate" : "")?"
    return neededName.map { prompt.confirm(question, byTyping: $0) } ?? prompt.confirm(question)
  }
}

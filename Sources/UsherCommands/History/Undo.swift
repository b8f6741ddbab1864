import Arguments
import Changes
import Failures
import Terminal

/// `usher undo ID`: takes an operation back from its before-image.
enum Undo: Command {
  static let id = OptionalOperand(
    "ID", .text.completing(.undoableOperations), help: "The operation to undo, from `usher history`")
  static let last = Toggle("last", help: "Undo the newest operation, if it is not undone already")

  static let specification = CommandSpecification(
    "undo", summary: "Undo an operation",
    discussion: """
      Restores what an operation changed, from the before-image that was written in the same atomic step as the change. Rows \
      and people that have changed again since then are left unchanged and counted as skipped.

      --last is the newest operation that changed something. If it is undone already, the command does nothing; undo an \
      older operation by its ID.
      """,
    details: """
      An undo never removes what the service or its users have done since the operation. An undo that was interrupted \
      continues when it is run again.
      """,
    effect: .changes,
    examples: [
      Example("usher undo \(OperationID.example)", "Undo one operation"),
      Example("usher undo --last --dry-run", "Show what undoing the newest operation would do"),
    ],
    operands: [id], options: [last] + ChangeOptions.all, groups: [.oneOf("ID", "--last")], seeAlso: ["history"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.change(command: "undo") {
      let record = try values[id].map { try session.operation(named: $0) } ?? newest(session)
      if values[id] == nil, record.state == .undone { return PlannedChange(nothingLeft(of: record), nil) }
      let plan = try undoable(record).planUndo(record, session)
      let proposal = ChangeProposal(
        command: "undo", target: record.request.target, place: plan.place,
        action: "\(plan.action), taking back \(record.request.command) \(record.id)", count: plan.count,
        sample: plan.sample, warnings: plan.warnings, undo: .none(reason: "an undo is final"), undoes: record.id,
        nothingToDo: "nothing is left to take back of \(record.request.command) \(record.id)",
        done: plan.done)
      return PlannedChange(proposal, plan)
    } apply: { (plan: UndoPlan?, change) in
      // Nothing is applied where nothing is left.
      try plan?.apply(change) ?? ChangeOutcome()
    }
  }

  /// The command that can take the record back; refuses with the way that there is.
  private static func undoable(_ record: OperationRecord) throws -> any UndoableCommand.Type {
    let name = "\(record.request.command) \(record.id)"
    if record.state == .started {
      throw Failure(
        .tryAgain, "\(name) of \(record.actor) is still running",
        hints: ["end it with Ctrl-C where it runs, or wait for its end, and run this again"])
    }
    if record.state == .undone {
      throw Failure(
        .refused, "\(name) is taken back already",
        causes: record.undoneBy.map { ["it was taken back by \($0)"] } ?? [])
    }
    if record.changed == 0 && (record.state == .failed || record.state == .done) {
      throw Failure(.refused, "\(name) changed nothing, so there is nothing to take back")
    }
    switch record.request.undo {
    case .by(let command):
      throw Failure(.refused, "\(name) is not taken back by undo", hints: ["run `\(command)`"])
    case .none(let reason):
      throw Failure(.refused, "\(name) cannot be taken back", causes: [reason])
    case .automatic:
      guard let command = Catalog.command(named: record.request.command) as? any UndoableCommand.Type else {
        throw Failure(
          .refused, "this usher does not know how to take back '\(record.request.command)'",
          hints: ["use the usher that did it, or a newer one"])
      }
      return command
    }
  }

  /// The newest operation that changed something, also when it is taken back already: whoever repeats `--last` means that one, and
  /// taking back something older, perhaps somebody else's, would be a surprise.
  private static func newest(_ session: Session) throws -> OperationRecord {
    // Far enough back to skip undoing operations and those that changed nothing.
    let newest = try session.journals().flatMap { try $0.list(limit: 50) }.sorted { $0.id > $1.id }
    let candidate = newest.first { $0.request.undoes == nil && ($0.changed > 0 || $0.state == .lost) }
    guard let record = candidate else {
      throw Failure(.badInput, "no operation of late has changed anything", hints: ["look at `usher history`"])
    }
    return record
  }

  private static func nothingLeft(of record: OperationRecord) -> ChangeProposal {
    let name = "\(record.request.command) \(record.id)"
    let undoer = record.undoneBy.map { " by \($0)" } ?? ""
    return ChangeProposal(
      command: "undo", target: record.request.target,
      place: record.keys.map { .redis($0) } ?? .postgres(lock: record.request.target),
      action: "take back nothing", count: 0,
      undo: .none(reason: "nothing was changed"),
      nothingToDo:
        "nothing to do: \(name) was taken back already\(undoer); for an older operation name its ID, see `usher history`",
      done: { _ in "" })
  }
}

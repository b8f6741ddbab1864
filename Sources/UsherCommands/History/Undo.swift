import Arguments
import Changes
import Failures
import Terminal

/// `usher undo ID`: undoes an operation with its before-image.
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
        action: "\(plan.action), undoing \(record.request.command) \(record.id)", count: plan.count,
        sample: plan.sample, warnings: plan.warnings, undo: .none(reason: "an undo is final"), undoes: record.id,
        nothingToDo: "nothing to do: everything of \(record.request.command) \(record.id) was undone already",
        done: plan.done)
      return PlannedChange(proposal, plan)
    } apply: { (plan: UndoPlan?, change) in
      // Without a plan there is nothing to apply.
      try plan?.apply(change) ?? ChangeOutcome()
    }
  }

  /// The command that can undo the record; refuses with the reason or with the way to undo it.
  private static func undoable(_ record: OperationRecord) throws -> any UndoableCommand.Type {
    let name = "\(record.request.command) \(record.id)"
    if record.state == .started {
      throw Failure(
        .tryAgain, "\(name) of \(record.actor) is still running",
        hints: ["end it with Ctrl-C where it runs, or wait for its end, and run this again"])
    }
    if record.state == .undone {
      throw Failure(
        .refused, "\(name) was undone already",
        causes: record.undoneBy.map { ["it was undone by \($0)"] } ?? [])
    }
    if record.changed == 0 && (record.state == .failed || record.state == .done) {
      throw Failure(.refused, "\(name) changed nothing, so there is nothing to undo")
    }
    switch record.request.undo {
    case .by(let command):
      throw Failure(.refused, "\(name) is not undone by `usher undo`", hints: ["run `\(command)`"])
    case .none(let reason):
      throw Failure(.refused, "\(name) cannot be undone", causes: [reason])
    case .automatic:
      guard let command = Catalog.command(named: record.request.command) as? any UndoableCommand.Type else {
        throw Failure(
          .refused, "this version of usher cannot undo '\(record.request.command)'",
          hints: ["use the version that made the change, or a newer one"])
      }
      return command
    }
  }

  /// The newest operation that changed something, also if it was undone already, so that a repeated `--last` never undoes an older
  /// operation.
  private static func newest(_ session: Session) throws -> OperationRecord {
    // Far enough back to skip undoing operations and those that changed nothing.
    let newest = try session.journals().flatMap { try $0.list(limit: 50) }.sorted { $0.id > $1.id }
    let candidate = newest.first { $0.request.undoes == nil && ($0.changed > 0 || $0.state == .lost) }
    guard let record = candidate else {
      throw Failure(
        .badInput, "no recent operation has changed anything", hints: ["list the operations with `usher history`"])
    }
    return record
  }

  private static func nothingLeft(of record: OperationRecord) -> ChangeProposal {
    let name = "\(record.request.command) \(record.id)"
    let undoer = record.undoneBy.map { " by \($0)" } ?? ""
    return ChangeProposal(
      command: "undo", target: record.request.target,
      place: record.keys.map { .redis($0) } ?? .postgres(lock: record.request.target),
      action: "undo nothing", count: 0,
      undo: .none(reason: "nothing was changed"),
      nothingToDo:
        "nothing to do: \(name) was undone already\(undoer); to undo an older operation, give its ID from `usher history`",
      done: { _ in "" })
  }
}

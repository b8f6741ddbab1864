import Advisor
import Arguments
import Changes
import Failures
import Terminal
import Text

/// `usher index drop`: removes an index beside the service that uses the table.
enum IndexDrop: UndoableCommand {
  static let name = Operand(
    "NAME", .text.completing(.indexes), help: "The index, as in SQL: seat_status_idx, or public.seat_status_idx")

  static let specification = CommandSpecification(
    "drop", summary: "Drop an index while its table is in use",
    discussion: """
      Runs DROP INDEX CONCURRENTLY, which waits for the transactions that use the table and blocks nobody. It names the \
      session that it waits for. The definition is stored in the history first, so that `usher undo` can build the same \
      index again.

      An index that belongs to a primary key or another constraint is refused, and so is an index that is being built.
      """,
    details: """
      An index of a constraint is dropped with its constraint. A build may still run although the usher that started it was \
      killed, because the server continues it.
      """,
    effect: .destroys,
    examples: [
      Example("usher index drop seat_status_idx --dry-run", "Show the definition, size and use of the index"),
      Example("usher index drop seat_status_idx --yes", "Drop the index"),
    ],
    operands: [name], options: ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "the index does not exist"),
      ExitStatus(75, "the index is being built"),
      ExitStatus(77, "a constraint or a replica needs the index"),
    ], seeAlso: ["index list", "index create", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.change(command: "index drop") {
      let plan = try session.indexes().planDrop(values[name])
      let index = plan.index
      let proposal = ChangeProposal(
        command: "index drop", target: "index \(index.title)",
        place: .postgres(lock: "index \(index.schema).\(index.table)"),
        action: "drop index '\(index.title)' on '\(index.table)' (\(Figures.bytes(index.bytes)))", count: 1,
        warnings: plan.warnings,
        details: [
          ("definition", .text(index.definition)), ("bytes", .bytes(index.bytes)), ("scans", .integer(index.scans)),
          ("valid", .boolean(index.isValid)),
        ], undo: .automatic,
        done: { $0.changed > 0 ? "dropped index '\(index.title)'" : "index '\(index.title)' was not dropped" })
      return PlannedChange(proposal, plan)
    } apply: { plan, change in
      try session.indexes().drop(
        plan, operation: change.id, journal: try session.postgresJournal(), control: change.control,
        bounds: IndexCreate.bounds(values), observe: IndexCreate.observer(session, change))
    }
  }

  /// The name as one word of a shell that SQL reads back.
  static func word(schema: String, name: String) -> String {
    if isPlain(schema), isPlain(name) { return "\(schema).\(name)" }
    let quoted = [schema, name].map {
      "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    return ShellWords.quoted(quoted.joined(separator: "."))
  }

  /// Needs quotes neither in SQL nor in a shell.
  private static func isPlain(_ name: String) -> Bool {
    name.first?.isNumber == false
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}

extension IndexDrop {
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let indexes = try session.indexes()
    let plan = try indexes.planRestoration(of: record.id, journal: try session.postgresJournal())
    let title = "\(plan.table.schema).\(plan.name)"
    return UndoPlan(
      action: "build index '\(title)' again on '\(plan.table.title)'", count: plan.count, sample: [plan.statement],
      warnings: plan.warnings + plan.blockers.map { "the build would wait for \($0.description)" },
      place: .postgres(lock: "index \(plan.table.title)"),
      done: { $0.changed > 0 ? "built index '\(title)' again" : "index '\(title)' was not built" },
      apply: {
        try indexes.create(
          plan, control: $0.control, bounds: IndexBuildBounds(wait: session.values[ChangeOptions.wait] ?? .zero),
          observe: IndexCreate.observer(session, $0))
      })
  }
}

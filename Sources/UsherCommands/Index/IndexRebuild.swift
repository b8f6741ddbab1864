import Advisor
import Arguments
import Changes
import Failures
import Terminal
import Text

/// `usher index rebuild`: builds an index anew beside the service that uses the table.
enum IndexRebuild: Command {
  static let name = Operand(
    "NAME", .text.completing(.indexes), help: "The index, as in SQL: seat_status_idx, or public.seat_status_idx")

  static let specification = CommandSpecification(
    "rebuild", summary: "Rebuild an index while its table is in use",
    discussion: """
      Runs REINDEX INDEX CONCURRENTLY: reads and writes continue, and queries use the old index until the new one replaces it. \
      It makes a bloated index small and an invalid one valid. The rebuild needs disk space for a second copy.

      However it ends early, the index stays as it was, and the unfinished copy is dropped.
      """,
    details: """
      Copies that earlier rebuilds left (NAME_ccnew, NAME_ccold) are dropped first. The rebuild never starts beside other work \
      on the table, and waits for that as long as --wait says.
      """,
    effect: .changes,
    examples: [
      Example("usher index rebuild seat_pkey --dry-run", "Show the size and what the rebuild would wait for"),
      Example("usher index rebuild seat_pkey --yes", "Rebuild the index"),
    ],
    operands: [name], options: [IndexCreate.giveUpAfter] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "the index does not exist"),
      ExitStatus(75, "another session works on the table, or --give-up-after has passed"),
      ExitStatus(77, "the index cannot be rebuilt concurrently, or the role does not own its table"),
    ], seeAlso: ["index list", "index create", "index drop"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.change(command: "index rebuild") {
      let plan = try session.indexes().planRebuild(values[name])
      let index = plan.index
      let proposal = ChangeProposal(
        command: "index rebuild", target: "index \(index.title)",
        place: .postgres(lock: "index \(plan.table.title)"),
        action: "rebuild index '\(index.title)' on '\(plan.table.title)' (\(Figures.bytes(index.bytes)))", count: 1,
        warnings: plan.warnings + plan.blockers.map { "the rebuild would wait for \($0.description)" },
        details: [
          ("statement", .text(plan.statement)), ("bytes", .bytes(index.bytes)), ("valid", .boolean(index.isValid)),
        ], undo: .none(reason: "the index is the same, so there is nothing to undo"),
        done: { $0.changed > 0 ? "rebuilt index '\(index.title)'" : "index '\(index.title)' was not rebuilt" })
      return PlannedChange(proposal, plan)
    } apply: { plan, change in
      try session.indexes().rebuild(
        plan, control: change.control, bounds: IndexCreate.bounds(values),
        observe: IndexCreate.observer(session, change))
    }
  }
}

import Arguments
import Changes
import Failures
import Postgres
import Sandbox
import Terminal
import Text

/// `usher schema apply`: creates the tables of the ticket sale.
enum SchemaApply: Command {
  static let specification = CommandSpecification(
    "apply", summary: "Create the tables of the ticket sale",
    discussion: """
      Applies the numbered steps of the reference schema that a database lacks, each in a transaction, and records them in the \
      table schema_migration; when all are there, it does nothing. A table of the same name that no such step has made is left \
      alone, and the command refuses. Never for a protected context: a real service's schema is its own.

      `usher sandbox start` has applied it already.
      """,
    effect: .changes,
    examples: [
      Example("usher schema apply --dry-run", "which steps are missing"),
      Example("usher schema apply --yes", "apply them"),
    ],
    options: ChangeOptions.withoutRate,
    exitStatuses: [ExitStatus(77, "refused: another one's tables are there, or the context is protected")],
    seeAlso: ["seed", "sandbox start"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.refuseWhereProtected("apply the reference schema")
    var found: SchemaPlan?
    try session.change(command: "schema apply") {
      let connection = try session.postgres()
      let plan = try Schema.plan(connection)
      found = plan
      return ChangeProposal(
        command: "schema apply", target: "schema of \(connection.target)", store: .postgres,
        action:
          "apply \(plan.count.grouped) of \((plan.applied.count + plan.count).counted("step")) of the reference schema",
        count: plan.count,
        sample: plan.sample, undo: .none(reason: "tables are dropped by hand, or by `usher sandbox reset`"),
        lock: "schema", nothingToDo: "nothing to do: all \(plan.applied.count.grouped) steps are applied",
        done: { "applied \($0.changedText) of \(plan.count.counted("step"))" })
    } apply: { _, _, _ in
      guard let found else { throw Failure(.bug, "a schema was applied without its plan") }
      let count = try Schema.apply(found, try session.postgres())
      return ChangeOutcome(changed: count, failed: 0, skipped: found.count - count)
    }
  }
}

extension Session {
  /// Refuses what makes no sense for a real service, whatever consent was given.
  func refuseWhereProtected(_ action: String) throws {
    guard let protection = try context().protection else { return }
    throw Failure(
      .refused, "will not \(action) in the protected context '\(protection.context)'",
      hints: ["try it in a sandbox: `usher sandbox start`"])
  }
}

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
      Applies the missing steps of the reference schema, each in a transaction, and records them in the table \
      schema_migration. If a table of the same name exists that no step has created, the command refuses and leaves it \
      unchanged. It also refuses in a protected context, because a real service has its own schema.

      `usher sandbox start` applies the schema already.
      """,
    effect: .changes,
    examples: [
      Example("usher schema apply --dry-run", "Show which steps are missing"),
      Example("usher schema apply --yes", "Apply the missing steps"),
    ],
    options: ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(77, "refused: tables of the same name exist, or the context is protected")
    ],
    seeAlso: ["seed", "sandbox start"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.refuseWhereProtected("apply the reference schema")
    try session.change(command: "schema apply") {
      let connection = try session.postgres()
      let plan = try Schema.plan(connection)
      let proposal = ChangeProposal(
        command: "schema apply", target: "schema of \(connection.target)", place: .postgres(lock: "schema"),
        action:
          "apply \(plan.count.grouped) of \((plan.applied.count + plan.count).counted("step")) of the reference schema",
        count: plan.count,
        sample: plan.sample, undo: .none(reason: "tables are dropped by hand, or by `usher sandbox reset`"),
        nothingToDo: "nothing to do: all \(plan.applied.count.grouped) steps are applied",
        done: { "applied \($0.changedText) of \(plan.count.counted("step"))" })
      return PlannedChange(proposal, plan)
    } apply: { plan, _ in
      let count = try Schema.apply(plan, try session.postgres())
      return ChangeOutcome(changed: count, failed: 0, skipped: plan.count - count)
    }
  }
}

extension Session {
  /// Refuses a change that makes sense only in a sandbox, also with consent.
  func refuseWhereProtected(_ action: String) throws {
    guard let protection = try context().protection else { return }
    throw Failure(
      .refused, "will not \(action) in the protected context '\(protection.context)'",
      hints: ["try it in a sandbox: `usher sandbox start`"])
  }
}

import Arguments
import Caching
import Changes
import Failures
import Terminal
import Text

/// `usher cache warm`: fills caches from the database with their configured queries.
enum CacheWarm: Command {
  static let names = OperandList(
    "NAME", .text.completing(.warmableCaches), minimum: 1, help: "Fill this configured cache")
  static let overwrite = Toggle("overwrite", help: "Overwrite existing entries")

  static let specification = CommandSpecification(
    "warm", summary: "Fill caches from the database",
    discussion: """
      Runs the query that the config file has for each cache and writes its rows as entries, so that readers do not all use \
      the database after an eviction. Existing entries are kept, unless --overwrite is given.

      A query returns the columns key and value, as text or bytea. Each key must belong to its cache.
      """,
    details: """
      The queries run twice, for the plan and for the change, each time in a read-only transaction.
      """,
    effect: .changes,
    examples: [
      Example("usher cache warm concerts concertOption", "Fill two caches after an eviction"),
      Example("usher cache warm concerts --overwrite --dry-run", "Show how many entries would be overwritten"),
    ],
    operands: [names], options: [overwrite] + ChangeOptions.all, seeAlso: ["cache evict", "cache list"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let caches = try session.caches().find(values[names])
    try Warming.requireQueries(of: caches)
    try session.change(command: "cache warm") {
      let warming = Warming(try session.redis(), try session.postgres(), protected: try session.protectedKeys())
      let plan = try warming.plan(caches, overwriting: values[overwrite], isInterrupted: { Interruption.isRequested })
      return PlannedChange(proposal(plan), (warming, plan))
    } apply: { planned, change in
      try planned.0.apply(planned.1, change)
    }
  }

  private static func proposal(_ plan: WarmingPlan) -> ChangeProposal {
    let target = CacheTarget.text(plan.caches)
    let entries = plan.entries.counted("entry", plural: "entries")
    return ChangeProposal(
      command: "cache warm", target: target, place: .redis(.caches),
      action: "write \(plan.count.grouped) of \(entries) to \(target)", count: plan.count,
      sample: plan.sample,
      warnings: plan.overwrites && plan.present > 0
        ? ["\(plan.present.counted("existing entry", plural: "existing entries")) will be overwritten"]
        : [],
      details: [("entries", .integer(plan.entries)), ("present", .integer(plan.present))], undo: plan.undo,
      nothingToDo: "nothing to do: \(target) contains all \(entries) already",
      done: { "wrote \($0.changedText("entry", plural: "entries")) to \(target)" })
  }
}

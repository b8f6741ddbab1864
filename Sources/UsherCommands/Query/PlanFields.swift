import Advisor
import Terminal

/// A plan as one record for programs; the steps are objects in each other's `children`.
enum PlanFields {
  static func fields(queryID: Int?) -> [Field<Explanation>] {
    [
      Field("queryid", heading: "query id") { _ in .text(queryID.map { "\($0)" }) },
      Field("query", heading: "query") { .text($0.statement) },
      Field("analyzed", heading: "analyzed") { .boolean($0.isAnalyzed) },
      Field("generic", heading: "generic") { .boolean($0.isGeneric) },
      Field("planning_ms", heading: "planning") { number($0.planningMilliseconds) },
      Field("execution_ms", heading: "execution") { number($0.executionMilliseconds) },
      Field("warnings", heading: "warnings") { .list($0.warnings.map { .text($0) }) },
      Field("plan", heading: "plan") { node($0.plan) },
      Field("triggers", heading: "triggers") { .list($0.triggers.map(trigger)) },
    ]
  }

  private static func node(_ node: PlanNode) -> FieldValue {
    .object([
      ("node", .text(node.type)), ("subplan", .text(node.subplan)),
      ("schema", .text(node.schema)), ("relation", .text(node.relation)), ("alias", .text(node.alias)),
      ("index", .text(node.index)), ("source", .text(node.source)),
      ("total_cost", number(node.totalCost)), ("self_cost", number(node.selfCost)),
      ("estimated_rows", number(node.estimatedRows)), ("actual_rows", number(node.actual?.rows)),
      ("loops", .integer(node.actual?.loops)),
      ("actual_ms", number(node.elapsedMilliseconds)),
      ("self_ms", number(node.selfMilliseconds)), ("costliest", .boolean(node.isCostliest)),
      (
        "conditions",
        .list((node.conditions + node.keys).map { .object([("kind", .text($0.name)), ("text", .text($0.text))]) })
      ),
      (
        "removed",
        .list(node.removed.map { .object([("by", .text($0.condition)), ("rows", .integer($0.rows))]) })
      ),
      ("sort_method", .text(node.sortMethod)), ("sort_kb", .integer(node.sortKilobytes)),
      ("sort_on_disk", node.sortMethod == nil ? .null : .boolean(node.sortIsOnDisk)),
      ("children", .list(node.children.map(Self.node))),
    ])
  }

  private static func trigger(_ trigger: PlanTrigger) -> FieldValue {
    .object([
      ("name", .text(trigger.name)), ("constraint", .text(trigger.constraint)), ("relation", .text(trigger.relation)),
      ("calls", .integer(trigger.calls)), ("ms", number(trigger.milliseconds)),
    ])
  }

  private static func number(_ number: Double?) -> FieldValue { number.map { .number($0, decimals: 3) } ?? .null }
}

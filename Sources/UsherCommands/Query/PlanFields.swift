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
      Field("findings", heading: "findings") { .list($0.findings.map(finding)) },
      Field("plan", heading: "plan") { node($0.plan) },
      Field("triggers", heading: "triggers") { .list($0.triggers.map(trigger)) },
      Field("jit", heading: "JIT") { $0.jit.map(jit) ?? .null },
      Field("query_in", heading: "query in") { .text($0.context.wrapper) },
      Field("search_path", heading: "search path") { .text($0.context.searchPath) },
      Field("assumed_types", heading: "assumed types") { .list($0.context.assumedTypes.map(type)) },
      Field("values", heading: "values") { .list($0.context.values.map(value)) },
      Field("all_partitions", heading: "all partitions") { .boolean($0.context.showsAllPartitions) },
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
      ("self_ms", number(node.selfMilliseconds)), ("self_error_ms", number(node.selfErrorMilliseconds)),
      ("costliest", .boolean(node.isCostliest)),
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
      ("hash_batches", .integer(node.hashBatches)), ("disk_kb", .integer(node.diskKilobytes)),
      ("workers_planned", .integer(node.workersPlanned)), ("workers_launched", .integer(node.workersLaunched)),
      ("resources", node.actual == nil ? .null : resources(node.resources)),
      ("remote_sql", .text(node.resources.remoteSQL)),
      ("children", .list(node.children.map(Self.node))),
    ])
  }

  private static func finding(_ finding: PlanFinding) -> FieldValue {
    .object([
      ("kind", .text(finding.kind.rawValue)), ("problem", .text(finding.problem)), ("reason", .text(finding.reason)),
      ("commands", .list(finding.commands.map { .text($0) })), ("share", number(finding.share)),
    ])
  }

  private static func resources(_ used: PlanResources) -> FieldValue {
    .object([
      ("hit_blocks", .integer(used.hitBlocks)), ("read_blocks", .integer(used.readBlocks)),
      ("dirtied_blocks", .integer(used.dirtiedBlocks)), ("written_blocks", .integer(used.writtenBlocks)),
      ("temp_read_blocks", .integer(used.temporaryReadBlocks)),
      ("temp_written_blocks", .integer(used.temporaryWrittenBlocks)),
      ("read_ms", number(used.readMilliseconds)), ("write_ms", number(used.writeMilliseconds)),
      ("lossy_blocks", .integer(used.lossyBlocks)), ("exact_blocks", .integer(used.exactBlocks)),
      ("peak_memory_kb", .integer(used.peakKilobytes)), ("heap_fetches", .integer(used.heapFetches)),
      ("cache_hits", .integer(used.cache?.hits)), ("cache_misses", .integer(used.cache?.misses)),
      ("cache_evictions", .integer(used.cache?.evictions)), ("cache_overflows", .integer(used.cache?.overflows)),
    ])
  }

  private static func jit(_ jit: PlanJIT) -> FieldValue {
    .object([
      ("functions", .integer(jit.functions)), ("generation_ms", number(jit.generationMilliseconds)),
      ("inlining_ms", number(jit.inliningMilliseconds)), ("optimization_ms", number(jit.optimizationMilliseconds)),
      ("emission_ms", number(jit.emissionMilliseconds)), ("total_ms", number(jit.totalMilliseconds)),
      ("in_nodes_ms", number(jit.insideMilliseconds)),
    ])
  }

  private static func type(_ parameter: ExplanationContext.Parameter) -> FieldValue {
    .object([("parameter", .integer(parameter.number)), ("type", .text(parameter.type))])
  }

  private static func value(_ parameter: ExplanationContext.Parameter) -> FieldValue {
    .object([
      ("parameter", .integer(parameter.number)), ("type", .text(parameter.type)), ("value", .text(parameter.value)),
      ("source", .text(parameter.source)),
    ])
  }

  private static func trigger(_ trigger: PlanTrigger) -> FieldValue {
    .object([
      ("name", .text(trigger.name)), ("constraint", .text(trigger.constraint)), ("relation", .text(trigger.relation)),
      ("calls", .integer(trigger.calls)), ("ms", number(trigger.milliseconds)),
      ("inside_node", .boolean(trigger.isInsideNode)),
    ])
  }

  private static func number(_ number: Double?) -> FieldValue { number.map { .number($0, decimals: 3) } ?? .null }
}

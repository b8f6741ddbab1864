import Advisor
import Text

/// What is said about the nodes of a plan, on a terminal and on a page.
enum PlanDescription {
  /// `Index Scan using seat_pkey on seat s`.
  static func title(_ node: PlanNode) -> String {
    var title = node.subplan.map { "\($0): " } ?? ""
    title += node.type
    if let index = node.index { title += " using \(index)" }
    if let name = node.relationName ?? node.source { title += " on \(name)" }
    if let alias = node.alias, alias != node.relation, alias != node.source { title += " \(alias)" }
    return title
  }

  static func title(_ trigger: PlanTrigger) -> String {
    let name = trigger.constraint.map { "for constraint \($0)" } ?? trigger.name
    return "trigger \(name)" + (trigger.relation.map { " on \($0)" } ?? "")
  }

  /// `1 call, 61.10 ms`.
  static func figures(_ trigger: PlanTrigger) -> String {
    "\(trigger.calls.counted("call")), \(milliseconds(trigger.milliseconds))"
  }

  static func title(_ jit: PlanJIT) -> String { "JIT compilation of \(jit.functions.counted("function"))" }

  static func figures(_ jit: PlanJIT) -> String {
    // Both are of all processes; what is compiled while the statement starts is in no node.
    "\(milliseconds(jit.totalMilliseconds)) in all processes"
  }

  /// `2 rows, 1 estimated, 12 times, 0.50 ms`.
  static func figures(_ node: PlanNode) -> String {
    let estimate = "\(rows(node.estimatedRows)) estimated"
    guard let actual = node.actual else { return "\(estimate), cost \(Figures.number(node.totalCost, decimals: 2))" }
    if actual.loops == 0 { return "never run, \(estimate)" }
    var parts = ["\(rows(actual.rows)), \(Figures.number(node.estimatedRows, decimals: 0)) estimated"]
    if actual.loops > 1 { parts.append("\(actual.loops.grouped) times") }
    return (parts + [milliseconds(node.elapsedMilliseconds ?? 0)]).joined(separator: ", ")
  }

  static func rows(_ count: Double) -> String {
    count == 1 ? "1 row" : "\(Figures.number(count, decimals: count == count.rounded() ? 0 : 2)) rows"
  }

  static func milliseconds(_ value: Double) -> String { "\(Figures.number(value, decimals: 2)) ms" }

  static func details(_ node: PlanNode, _ explanation: Explanation) -> [String] {
    var details = (node.conditions + node.keys).map { "\($0.name): \($0.text)" }
    details += node.removed.map { "rows removed by \($0.condition): \($0.rows.grouped)" }
    details += memory(node) + parallel(node) + reading(node)
    if let sql = node.resources.remoteSQL { details.append("remote SQL: \(sql)") }
    if let error = error(node, explanation) { details.append(error) }
    return details
  }

  private static func memory(_ node: PlanNode) -> [String] {
    var details: [String] = []
    if let method = node.sortMethod {
      let place = node.sortIsOnDisk ? "on disk" : "in memory"
      details.append("sort method: \(method)" + (node.sortKilobytes.map { ", \($0.grouped) kB \(place)" } ?? ""))
    }
    if let batches = node.hashBatches, batches > 1 {
      let planned = node.resources.plannedBatches.map { $0 == batches ? "" : ", \($0.grouped) planned" } ?? ""
      details.append("batches: \(batches.grouped)\(planned)" + peak(node))
    }
    if let size = node.diskKilobytes, size > 0 {
      let batches = node.resources.aggregateBatches.map { ", \($0.counted("batch", plural: "batches"))" } ?? ""
      details.append("disk: \(size.grouped) kB\(batches)" + peak(node))
    }
    if let cache = node.resources.cache {
      var text = "cache: \(cache.hits.counted("hit")), \(cache.misses.counted("miss", plural: "misses"))"
      text += ", \(cache.evictions.counted("eviction"))"
      if cache.overflows > 0 { text += ", \(cache.overflows.counted("overflow"))" }
      details.append(text)
    }
    return details
  }

  private static func peak(_ node: PlanNode) -> String {
    node.resources.peakKilobytes.map { ", \($0.grouped) kB of memory" } ?? ""
  }

  private static func parallel(_ node: PlanNode) -> [String] {
    guard let planned = node.workersPlanned else { return [] }
    return ["workers planned: \(planned)" + (node.workersLaunched.map { ", launched: \($0)" } ?? "")]
  }

  /// Blocks only where the node reads them itself, because the server's counts contain those of the nodes below.
  private static func reading(_ node: PlanNode) -> [String] {
    var details: [String] = []
    if let lossy = node.resources.lossyBlocks, lossy > 0 {
      details.append(
        "bitmap: \(lossy.counted("lossy block")), \((node.resources.exactBlocks ?? 0).counted("exact block"))")
    }
    if let fetches = node.resources.heapFetches, fetches > 0 { details.append("heap fetches: \(fetches.grouped)") }
    if node.children.isEmpty, node.actual != nil, let blocks = blocks(node.resources) {
      details.append("blocks: \(blocks)")
    }
    return details
  }

  /// `242 cached, 4 read in 0.10 ms`; nil where there are none.
  static func blocks(_ resources: PlanResources) -> String? {
    var parts: [String] = []
    func add(_ count: Int?, _ word: String, _ time: Double? = nil) {
      guard let count, count > 0 else { return }
      let time = time.map { $0 > 0 ? " in \(milliseconds($0))" : "" } ?? ""
      parts.append("\(count.grouped) \(word)\(time)")
    }
    add(resources.hitBlocks, "cached")
    add(resources.readBlocks, "read", resources.readMilliseconds)
    add(resources.dirtiedBlocks, "changed")
    add(resources.writtenBlocks, "written", resources.writeMilliseconds)
    add(resources.temporaryReadBlocks, "read from temporary files")
    add(resources.temporaryWrittenBlocks, "written to temporary files")
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// What rounding means for the node's own time, where that matters.
  private static func error(_ node: PlanNode, _ explanation: Explanation) -> String? {
    guard let own = node.selfMilliseconds, let error = node.selfErrorMilliseconds,
      error > own * 0.05, error > explanation.whole * 0.02
    else { return nil }
    return
      "own time: \(milliseconds(own)) ± \(milliseconds(error)), because the server rounds the time of each execution"
  }

  /// `planning 0.10 ms, execution 2.00 ms`.
  static func times(_ explanation: Explanation) -> String? {
    var parts: [String] = []
    if let planning = explanation.planningMilliseconds { parts.append("planning \(milliseconds(planning))") }
    if let execution = explanation.executionMilliseconds { parts.append("execution \(milliseconds(execution))") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

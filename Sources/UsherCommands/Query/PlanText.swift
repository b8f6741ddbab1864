import Advisor
import Terminal
import Text

/// A plan as lines for a person: the statement, the tree, the times, the warnings.
enum PlanText {
  static func lines(of explanation: Explanation, on stream: OutputStream) -> [String] {
    let statement = Statement.folded(explanation.statement).escapingControls
    var lines = [stream.paint(stream.isTerminal ? statement.truncated(toColumns: stream.width ?? 80) : statement, .dim)]
    if explanation.isGeneric { lines += stream.lines(of: "the plan for any values of its parameters") }
    lines.append("")
    lines += tree(explanation.plan, explanation, lead: "", below: "", stream)
    lines += explanation.triggers.flatMap { trigger($0, explanation, stream) }
    lines.append("")
    if let times = times(explanation) { lines += stream.lines(of: times) }
    lines += explanation.warnings.flatMap { stream.lines(of: $0, lead: "warning: ", leadStyle: .yellow) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// `trigger for constraint reservation_seat_id_fkey on seat  (1 call, 61.10 ms)`.
  private static func trigger(_ trigger: PlanTrigger, _ explanation: Explanation, _ stream: OutputStream) -> [String] {
    let name = trigger.constraint.map { "for constraint \($0)" } ?? trigger.name
    let title = "trigger \(name)" + (trigger.relation.map { " on \($0)" } ?? "")
    let time = Figures.number(trigger.milliseconds, decimals: 2)
    let figures = "(\(trigger.calls.counted("call")), \(time) ms)"
    let percent = Int((explanation.share(of: trigger) * 100).rounded())
    // As long as the costliest step is what takes the time, that one is marked and no trigger.
    let mark = percent > 50 ? "← \(percent)% of the time" : nil
    return step(title, figures, mark: mark, isBold: false, lead: "", below: "    ", stream)
  }

  /// A title with its figures and its mark; on a terminal without room for them they stand below it.
  private static func step(
    _ title: String, _ figures: String, mark: String?, isBold: Bool, lead: String, below: String,
    _ stream: OutputStream
  ) -> [String] {
    let title = title.escapingControls
    let style: Style? = isBold ? .bold : nil
    let wide =
      lead.displayWidth + title.displayWidth + 2 + figures.displayWidth + (mark.map { 2 + $0.displayWidth } ?? 0)
    guard stream.isTerminal, wide > stream.width ?? 80 else {
      return [lead + stream.paint(title, style) + "  " + figures + (mark.map { "  " + stream.paint($0, .red) } ?? "")]
    }
    return stream.lines(of: title, style: style, lead: lead, continuation: below + "  ")
      + stream.lines(of: figures, lead: below, continuation: below + "  ")
      + (mark.map { stream.lines(of: $0, style: .red, lead: below) } ?? [])
  }

  private static func tree(
    _ node: PlanNode, _ explanation: Explanation, lead: String, below: String, _ stream: OutputStream
  ) -> [String] {
    let mark =
      node.isCostliest
      ? "← \(Int((explanation.share(of: node) * 100).rounded()))% of the \(explanation.isAnalyzed ? "time" : "cost")"
      : nil
    // The details stand under the title, beside the line that leads on to the children.
    let detailLead = below + (node.children.isEmpty ? "    " : "│   ")
    var lines = step(
      title(node), figures(node), mark: mark, isBold: node.isCostliest, lead: lead, below: detailLead, stream)
    lines += details(node).flatMap {
      stream.lines(of: $0, style: .dim, lead: detailLead, continuation: detailLead + "  ")
    }
    for (index, child) in node.children.enumerated() {
      let isLast = index == node.children.count - 1
      lines += tree(
        child, explanation, lead: below + (isLast ? "└─ " : "├─ "), below: below + (isLast ? "   " : "│  "), stream)
    }
    return lines
  }

  /// `Index Scan using seat_pkey on seat s`.
  static func title(_ node: PlanNode) -> String {
    var title = node.subplan.map { "\($0): " } ?? ""
    title += node.type
    if let index = node.index { title += " using \(index)" }
    if let name = node.relationName ?? node.source { title += " on \(name)" }
    if let alias = node.alias, alias != node.relation, alias != node.source { title += " \(alias)" }
    return title
  }

  private static func figures(_ node: PlanNode) -> String {
    let estimate = "\(rows(node.estimatedRows)) estimated"
    guard let actual = node.actual else { return "(\(estimate), cost \(Figures.number(node.totalCost, decimals: 2)))" }
    if actual.loops == 0 { return "(never run, \(estimate))" }
    var parts = ["\(rows(actual.rows)), \(Figures.number(node.estimatedRows, decimals: 0)) estimated"]
    if actual.loops > 1 { parts.append("\(actual.loops.grouped) times") }
    let time = Figures.number(node.elapsedMilliseconds ?? 0, decimals: 2)
    return "(" + (parts + ["\(time) ms"]).joined(separator: ", ") + ")"
  }

  private static func rows(_ count: Double) -> String {
    let text = Figures.number(count, decimals: count == count.rounded() ? 0 : 2)
    return count == 1 ? "1 row" : "\(text) rows"
  }

  private static func details(_ node: PlanNode) -> [String] {
    var details = (node.conditions + node.keys).map { "\($0.name): \($0.text)" }
    details += node.removed.map { "rows removed by \($0.condition): \($0.rows.grouped)" }
    if let method = node.sortMethod {
      let place = node.sortIsOnDisk ? "on disk" : "in memory"
      details.append("sort method: \(method)" + (node.sortKilobytes.map { ", \($0.grouped) kB \(place)" } ?? ""))
    }
    if let batches = node.hashBatches, batches > 1 { details.append("batches: \(batches)") }
    if let workers = node.workersPlanned { details.append("workers planned: \(workers)") }
    return details
  }

  private static func times(_ explanation: Explanation) -> String? {
    var parts: [String] = []
    if let planning = explanation.planningMilliseconds {
      parts.append("planning \(Figures.number(planning, decimals: 2)) ms")
    }
    if let execution = explanation.executionMilliseconds {
      parts.append("execution \(Figures.number(execution, decimals: 2)) ms")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

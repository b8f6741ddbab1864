import Advisor
import Terminal
import Text

/// A plan as lines for a person: the statement, the tree, the times, the warnings.
struct PlanText {
  private let explanation: Explanation
  private let stream: OutputStream
  /// Whether only the expensive part of the tree is shown in full.
  private let isShortened: Bool

  /// A longer plan does not fit on a screen.
  private static let shownNodes = 25
  /// A node with a smaller share is not worth a line in a shortened plan.
  private static let smallShare = 0.05

  static func lines(of explanation: Explanation, on stream: OutputStream) -> [String] {
    PlanText(explanation, stream).lines()
  }

  private init(_ explanation: Explanation, _ stream: OutputStream) {
    (self.explanation, self.stream) = (explanation, stream)
    isShortened = stream.isTerminal && explanation.plan.all.count > Self.shownNodes
  }

  private func lines() -> [String] {
    let statement = Statement.folded(explanation.statement).escapingControls
    var lines = [stream.paint(stream.isTerminal ? statement.truncated(toColumns: stream.width ?? 80) : statement, .dim)]
    if explanation.isGeneric { lines += stream.lines(of: "the plan for any values of its parameters") }
    lines += explanation.context.notes.flatMap { stream.lines(of: $0.escapingControls) }
    lines.append("")
    lines += tree(explanation.plan, lead: "", below: "")
    for trigger in explanation.triggers {
      lines += extra(
        PlanDescription.title(trigger), PlanDescription.figures(trigger), share: explanation.share(of: trigger))
    }
    if let jit = explanation.jit {
      lines += extra(PlanDescription.title(jit), PlanDescription.figures(jit), share: explanation.share(of: jit))
    }
    lines.append("")
    if let times = PlanDescription.times(explanation) { lines += stream.lines(of: times) }
    if explanation.isAnalyzed, let blocks = PlanDescription.blocks(explanation.plan.resources) {
      lines += stream.lines(of: "blocks: \(blocks)")
    }
    if isShortened { lines += stream.lines(of: "the plan is shortened; a pipe gets all of it: add ` | cat`") }
    for finding in explanation.findings {
      lines += stream.lines(of: finding.text, lead: "warning: ", leadStyle: .yellow)
      lines += finding.commands.flatMap { stream.lines(of: "`\($0)`", lead: "  hint: ") }
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// `trigger for constraint reservation_seat_id_fkey on seat  (1 call, 61.10 ms)`.
  private func extra(_ title: String, _ figures: String, share: Double) -> [String] {
    let percent = Int((share * 100).rounded())
    // As long as the most expensive node is what takes the time, that one is marked.
    let mark = percent > 50 ? "← \(percent)% of the time" : nil
    return step(title, "(\(figures))", mark: mark, isBold: false, lead: "", below: "    ")
  }

  /// A title with its figures and its mark; on a terminal without room for them they stand below it.
  private func step(_ title: String, _ figures: String, mark: String?, isBold: Bool, lead: String, below: String)
    -> [String]
  {
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

  private func tree(_ node: PlanNode, lead: String, below: String) -> [String] {
    let isFolded = isFolded(node)
    let children = isFolded ? [] : node.children
    let mark =
      node.isCostliest
      ? "← \(Int((explanation.share(of: node) * 100).rounded()))% of the \(explanation.isAnalyzed ? "time" : "cost")"
      : nil
    // The details stand under the title, beside the line that leads on to the children.
    let detailLead = below + (children.isEmpty ? "    " : "│   ")
    var lines = step(
      PlanDescription.title(node), "(\(PlanDescription.figures(node)))", mark: mark, isBold: node.isCostliest,
      lead: lead,
      below: detailLead)
    let details = isFolded ? folded(node) : PlanDescription.details(node, explanation)
    lines += details.flatMap {
      stream.lines(of: $0, style: .dim, lead: detailLead, continuation: detailLead + "  ")
    }
    for (index, child) in children.enumerated() {
      let isLast = index == children.count - 1
      lines += tree(child, lead: below + (isLast ? "└─ " : "├─ "), below: below + (isLast ? "   " : "│  "))
    }
    return lines
  }

  /// What was never run is folded, and in a shortened plan also what costs little.
  private func isFolded(_ node: PlanNode) -> Bool {
    if node.actual?.loops == 0 { return true }
    return isShortened && !node.all.contains { $0.isCostliest || explanation.share(of: $0) >= Self.smallShare }
  }

  private func folded(_ node: PlanNode) -> [String] {
    let count = node.all.count - 1
    return count == 0 ? [] : ["… \(count.counted("node")) below"]
  }
}

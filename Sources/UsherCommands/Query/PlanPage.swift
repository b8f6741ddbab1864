import Advisor
import Text

/// A plan as one HTML page that needs nothing else: no scripts, and no files from elsewhere.
struct PlanPage {
  private let explanation: Explanation
  private let statement: String

  init(_ explanation: Explanation) {
    self.explanation = explanation
    statement = explanation.statement
  }

  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Plan: \(Self.escaped(Statement.folded(statement).truncated(toColumns: 60)))</title>
    <style>
    \(PlanPageStyle.css)
    </style>
    </head>
    <body>
    <main>
    <h1>Plan</h1>
    <p class="facts">\(facts.map { Self.escaped($0) }.joined(separator: "<br>"))</p>
    <pre class="sql">\(Self.escaped(statement, keepsLines: true))</pre>
    \(warnings)
    <h2>\(explanation.isAnalyzed ? "Nodes, with the time that each took itself" : "Nodes, with the estimated cost of each")</h2>
    <ul class="tree">
    \(node(explanation.plan))
    </ul>
    \(others)
    </main>
    </body>
    </html>

    """
  }

  private var facts: [String] {
    var facts = [
      explanation.isAnalyzed
        ? "The statement was run and measured." : "The statement was not run; the figures are estimates."
    ]
    if explanation.isGeneric { facts.append("This is the plan for any values of its parameters.") }
    if let times = PlanDescription.times(explanation) { facts.append("Time: \(times).") }
    if explanation.isAnalyzed, let blocks = PlanDescription.blocks(explanation.plan.resources) {
      facts.append("Blocks of 8 kB: \(blocks).")
    }
    return facts
  }

  private var warnings: String {
    guard !explanation.findings.isEmpty else { return "" }
    let items = explanation.findings.map { finding in
      let commands = finding.commands.map { "<div class=\"detail\">\(Self.escaped($0))</div>" }
      return "<li>\(Self.escaped(finding.text))\(commands.joined())</li>"
    }.joined(separator: "\n")
    return "<h2>Findings</h2>\n<ul class=\"warnings\">\n\(items)\n</ul>"
  }

  /// Triggers and JIT, which are in no node.
  private var others: String {
    var rows = explanation.triggers.map {
      row(PlanDescription.title($0), PlanDescription.figures($0), share: explanation.share(of: $0), isMarked: false)
    }
    if let jit = explanation.jit {
      let share = explanation.share(of: jit)
      rows.append(row(PlanDescription.title(jit), PlanDescription.figures(jit), share: share, isMarked: false))
    }
    guard !rows.isEmpty else { return "" }
    return "<h2>Outside of the nodes</h2>\n<ul class=\"tree\">\n"
      + rows.map { "<li><div class=\"node\">\($0)</div></li>" }.joined(separator: "\n") + "\n</ul>"
  }

  private func node(_ node: PlanNode) -> String {
    let isNeverRun = node.actual?.loops == 0
    let share = explanation.share(of: node)
    let head = row(
      PlanDescription.title(node), PlanDescription.figures(node) + own(node), share: share, isMarked: node.isCostliest)
    let details = PlanDescription.details(node, explanation).map { "<div class=\"detail\">\(Self.escaped($0))</div>" }
    let classes = "node" + (node.isCostliest ? " costliest" : "") + (isNeverRun ? " never" : "")
    let body = "<div class=\"\(classes)\">\(head)\(details.joined())</div>"
    guard !node.children.isEmpty else { return "<li>\(body)</li>" }
    let children = "<ul>\n\(node.children.map(self.node).joined(separator: "\n"))\n</ul>"
    // What was never run is folded, and a click shows it.
    guard isNeverRun else { return "<li>\(body)\n\(children)</li>" }
    return
      "<li>\(body)<details><summary>\((node.all.count - 1).counted("node")) below</summary>\(children)</details></li>"
  }

  private func own(_ node: PlanNode) -> String {
    guard let own = node.selfMilliseconds, node.actual?.loops != 0 else { return "" }
    return ", \(PlanDescription.milliseconds(own)) itself"
  }

  private func row(_ title: String, _ figures: String, share: Double, isMarked: Bool) -> String {
    let percent = min(100, max(0, Int((share * 100).rounded())))
    return """
      <div class="title"><span class="name">\(Self.escaped(title))</span><span class="share">\(percent)%</span></div>\
      <div class="bar"><i style="width:\(percent)%"></i></div><div class="figures">\(Self.escaped(figures))</div>
      """
  }

  /// Text as HTML text, also safe in a quoted attribute. Control characters are shown, except line feeds where they are kept.
  static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    if keepsLines {
      // A carriage return and a line feed are one character.
      return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        .map { escaped(String($0).replacing("\t", with: "    ")) }.joined(separator: "\n")
    }
    var answer = ""
    for character in text.escapingControls.unicodeScalars {
      switch character {
      case "&": answer += "&amp;"
      case "<": answer += "&lt;"
      case ">": answer += "&gt;"
      case "\"": answer += "&quot;"
      case "'": answer += "&#39;"
      default: answer.unicodeScalars.append(character)
      }
    }
    return answer
  }
}

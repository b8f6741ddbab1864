import Health
import Terminal

/// One line of `usher status`: the findings about one subject.
struct StatusLine {
  /// At least one.
  let findings: [Finding]

  private init(_ findings: [Finding]) {
    self.findings = findings
  }

  /// A line for each subject that was checked, in the order of the findings.
  static func lines(_ findings: [Finding]) -> [StatusLine] {
    var lines: [StatusLine] = []
    for finding in findings where finding.verdict != .skipped {
      if let last = lines.last, last.area == finding.area, last.name == finding.subject {
        lines[lines.count - 1] = StatusLine(last.findings + [finding])
      } else {
        lines.append(StatusLine([finding]))
      }
    }
    return lines
  }

  var area: Area { findings[0].area }
  var name: String { findings[0].subject }

  /// The most urgent of the findings.
  var verdict: Verdict { findings.map(\.verdict).max() ?? .unknown }

  /// What the subject is like, then everything that is not in order, each once.
  var detail: String {
    let summary = findings.first { $0.isSummary } ?? findings[0]
    let others = findings.filter { $0 != summary && $0.verdict > .ok }
    var texts: [String] = []
    for finding in [summary] + others {
      let text = finding.failure?.message ?? finding.reason
      if !texts.contains(text) { texts.append(text) }
    }
    return texts.joined(separator: "; ")
  }

  static let fields: [Field<StatusLine>] = [
    Field("area", heading: "area", giving: .never) { .text($0.area.rawValue) },
    Field("name", heading: "name", giving: .never, rank: 1) { .text($0.name) },
    Field<StatusLine>("verdict", heading: "verdict", giving: .never) { .text($0.verdict.rawValue) }.styled {
      $0.verdict.style
    },
    Field("detail", heading: "detail", giving: .wraps, rank: 2, least: 24) { .text($0.detail) },
    Field("figures", heading: "figures", isWide: true) { .object($0.findings.flatMap(\.figures).map(\.field)) },
  ]
}

import Failures
import Terminal

/// One thing that `usher doctor` looked at, and what it thinks of it.
struct Finding {
  enum Verdict: String {
    case ok
    /// Works, but somebody should know.
    case warning
    /// Something that usher or the service needs does not work.
    case problem
    /// Not looked at, because what it needs is not there.
    case skipped

    var style: Style {
      switch self {
      case .ok: .green
      case .warning: .yellow
      case .problem: .red
      case .skipped: .dim
      }
    }
  }

  var area: String
  var check: String
  var verdict: Verdict
  var detail: String
  var hint: String?

  init(_ area: String, _ check: String, _ verdict: Verdict, _ detail: String, hint: String? = nil) {
    self.area = area
    self.check = check
    self.verdict = verdict
    self.detail = detail
    self.hint = hint
  }

  /// A failure of any layer as a finding.
  init(_ area: String, _ check: String, failed error: any Error) {
    let failure = ErrorReport.failure(for: error)
    self.init(
      area, check, .problem, ([failure.message] + failure.causes).joined(separator: ": "), hint: failure.hints.first)
  }

  static let fields: [Field<Finding>] = [
    Field("area", heading: "area", giving: .never) { .text($0.area) },
    Field("check", heading: "check", giving: .never, rank: 1) { .text($0.check) },
    Field<Finding>("verdict", heading: "verdict", giving: .never) { .text($0.verdict.rawValue) }.styled {
      $0.verdict.style
    },
    Field("detail", heading: "detail", giving: .wraps, rank: 2, least: 24) { .text($0.detail) },
    Field("hint", heading: "hint", isWide: true) { .text($0.hint) },
  ]
}

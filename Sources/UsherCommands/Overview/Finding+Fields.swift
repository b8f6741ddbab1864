import Health
import Terminal

extension Finding {
  /// The fields of `usher doctor`.
  static let fields: [Field<Finding>] = [
    Field("area", heading: "area", giving: .never) { .text($0.area.rawValue) },
    Field("check", heading: "check", giving: .never, rank: 1) { .text($0.name) },
    Field<Finding>("verdict", heading: "verdict", giving: .never) { .text($0.verdict.rawValue) }.styled {
      $0.verdict.style
    },
    Field("detail", heading: "detail", giving: .wraps, rank: 2, least: 24) { .text($0.reason) },
    Field("hint", heading: "hint", isWide: true) { .text($0.advice) },
    Field("figures", heading: "figures", isWide: true) { .object($0.figures.map(\.field)) },
  ]
}

extension Verdict {
  var style: Style {
    switch self {
    case .ok: .green
    case .warning: .yellow
    case .critical: .red
    case .unknown: .magenta
    case .skipped: .dim
    }
  }
}

extension Figure {
  /// The name and the value as they are rendered.
  var field: (String, FieldValue) {
    switch value {
    case .integer(let number): (name, .integer(number))
    case .milliseconds(let number): (name, .milliseconds(number))
    case .bytes(let number): (name, number.map { .bytes($0) } ?? .null)
    case .boolean(let boolean): (name, .boolean(boolean))
    case .text(let text): (name, .text(text))
    }
  }
}

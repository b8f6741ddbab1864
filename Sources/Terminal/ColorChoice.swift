/// What the user asked of colour with `--color`.
public enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never

  /// Whether a stream is coloured: `auto` needs a terminal that can, and no NO_COLOR.
  ///
  /// An empty NO_COLOR counts as unset; TERM unset or `dumb` is a terminal that cannot.
  /// Source: no-color.org.
  public func isColored(terminal: Bool, environment: [String: String]) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto:
      let term = environment["TERM"] ?? ""
      return terminal && (environment["NO_COLOR"] ?? "").isEmpty && !term.isEmpty && term != "dumb"
    }
  }
}

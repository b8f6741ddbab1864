/// How a piece of text is set apart on a terminal with colour.
public enum Style: String, CaseIterable, Sendable {
  case bold, dim, red, green, yellow, blue, magenta, cyan

  /// The text between the escape sequences of this style; `text` must be free of control characters by then.
  ///
  /// Source: ECMA-48, SGR.
  public func applied(to text: String) -> String {
    text.isEmpty ? "" : "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }

  private var code: Int {
    switch self {
    case .bold: 1
    case .dim: 2
    case .red: 31
    case .green: 32
    case .yellow: 33
    case .blue: 34
    case .magenta: 35
    case .cyan: 36
    }
  }
}

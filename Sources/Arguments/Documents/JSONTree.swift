import Text

/// A JSON value that is only ever written.
indirect enum JSONTree {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case array([JSONTree])
  case object([(String, JSONTree)])

  static func strings(_ texts: [String]) -> JSONTree { .array(texts.map(JSONTree.string)) }

  /// Two columns an indent; members in the order given; empty ones on one line.
  func text(indent: Int = 0) -> String {
    switch self {
    case .string(let text): JSONWriter.quoted(text)
    case .integer(let number): number.description
    case .boolean(let value): value.description
    case .array(let values): JSONTree.block("[", "]", values.map { $0.text(indent: indent + 2) }, indent)
    case .object(let members):
      JSONTree.block("{", "}", members.map { JSONWriter.quoted($0.0) + ": " + $0.1.text(indent: indent + 2) }, indent)
    }
  }

  private static func block(_ open: String, _ close: String, _ lines: [String], _ indent: Int) -> String {
    if lines.isEmpty { return open + close }
    let inner = String(repeating: " ", count: indent + 2)
    let body = lines.map { inner + $0 }.joined(separator: ",\n")
    return "\(open)\n\(body)\n\(String(repeating: " ", count: indent))\(close)"
  }
}

/// A JSON value that is only ever written.
indirect enum JSONText {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case array([JSONText])
  case object([(String, JSONText)])

  static func strings(_ texts: [String]) -> JSONText { .array(texts.map(JSONText.string)) }

  /// Two columns an indent; members in the order given; empty ones on one line.
  func text(indent: Int = 0) -> String {
    switch self {
    case .string(let text): JSONText.quoted(text)
    case .integer(let number): number.description
    case .boolean(let value): value.description
    case .array(let values): JSONText.block("[", "]", values.map { $0.text(indent: indent + 2) }, indent)
    case .object(let members):
      JSONText.block("{", "}", members.map { JSONText.quoted($0.0) + ": " + $0.1.text(indent: indent + 2) }, indent)
    }
  }

  private static func block(_ open: String, _ close: String, _ lines: [String], _ indent: Int) -> String {
    if lines.isEmpty { return open + close }
    let inner = String(repeating: " ", count: indent + 2)
    let body = lines.map { inner + $0 }.joined(separator: ",\n")
    return "\(open)\n\(body)\n\(String(repeating: " ", count: indent))\(close)"
  }

  /// Source: RFC 8259, section 7.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

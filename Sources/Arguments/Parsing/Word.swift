/// What one word of a command line looks like.
enum Word {
  /// The text, or nothing when the bytes are no UTF-8.
  static func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

  /// A hyphen and more. `-` alone is an operand.
  static func isOptionLike(_ word: String) -> Bool { word.utf8.first == UInt8(ascii: "-") && word.utf8.count > 1 }

  /// `-5`, `-1.5`, `-1e3`, `-15m`, `-.5`.
  static func isNegativeNumber(_ word: String) -> Bool {
    var rest = word.utf8.dropFirst()
    guard word.utf8.first == UInt8(ascii: "-") else { return false }
    if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst() }
    return rest.first.map(Decimal.isDigit) ?? false
  }

  /// Bytes as text in which everything but printable ASCII is `\xNN`.
  static func escaped(_ bytes: [UInt8]) -> String {
    var text = ""
    for byte in bytes.prefix(limit) {
      text += byte >= 0x20 && byte < 0x7f ? String(Unicode.Scalar(byte)) : "\\x" + hexadecimal(UInt32(byte), digits: 2)
    }
    return bytes.count > limit ? text + "…" : text
  }

  /// The word in quotes, safe for a terminal: control characters escaped, a very long one cut.
  static func quoted(_ word: String) -> String {
    var text = ""
    for scalar in word.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        text += scalar == "\u{200D}" ? String(scalar) : "\\u{\(hexadecimal(scalar.value, digits: 1))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return "\"\(text)\(word.unicodeScalars.count > limit ? "…" : "")\""
  }

  /// Characters of a word that a message shows; longer ones are pasted by mistake.
  private static let limit = 200

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

/// What one word of a command line looks like.
enum Word {
  /// The text, or nothing when the bytes are no UTF-8.
  static func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

  /// Where the first byte is that is no UTF-8; the number of bytes when there is none.
  static func firstInvalid(in bytes: some Sequence<UInt8>) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var count = 0
    while case .valid(let scalar) = parser.parseScalar(from: &rest) { count += scalar.count }
    return count
  }

  /// A hyphen and more. `-` alone is an operand.
  static func isOptionLike(_ word: String) -> Bool { word.utf8.first == UInt8(ascii: "-") && word.utf8.count > 1 }

  /// `-dry-run=x` as the long option `--dry-run` that it may stand for.
  static func withSecondHyphen(_ word: String) -> String { "-" + word.prefix { $0 != "=" } }

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

  /// The word in quotes, safe for a terminal, a very long one cut.
  static func quoted(_ word: String) -> String {
    let scalars = word.unicodeScalars
    let isLong = scalars.index(scalars.startIndex, offsetBy: limit + 1, limitedBy: scalars.endIndex) != nil
    return "\"\(safe(isLong ? String(scalars.prefix(limit)) + "…" : word))\""
  }

  /// The text with its control characters escaped.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var safe = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        safe += "\\u{\(hexadecimal(scalar.value, digits: 1))}"
      } else {
        safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  /// What a terminal would obey, or what would hide or reorder other text. A joiner stays: emoji need it.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: scalar != "\u{200D}"
    default: false
    }
  }

  /// Characters of a word that a message shows; longer ones are pasted by mistake.
  private static let limit = 200

  static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

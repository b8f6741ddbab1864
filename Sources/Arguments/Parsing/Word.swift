import Text

/// What one word of a command line looks like.
enum Word {
  /// The text, or nil if the bytes are not valid UTF-8.
  static func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

  /// The index of the first byte that is not valid UTF-8, or the number of bytes if all are valid.
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

  /// Bytes that are not valid UTF-8 as text; a very long word is shortened.
  static func escaped(_ bytes: [UInt8]) -> String {
    ByteNotation.encode(Array(bytes.prefix(limit))) + (bytes.count > limit ? "…" : "")
  }

  /// The word in quotes, safe for a terminal, a very long one cut.
  static func quoted(_ word: String) -> String {
    let scalars = word.unicodeScalars
    let isLong = scalars.index(scalars.startIndex, offsetBy: limit + 1, limitedBy: scalars.endIndex) != nil
    return "'\((isLong ? String(scalars.prefix(limit)) + "…" : word).escapingControls)'"
  }

  /// The number of characters that a message shows of a word.
  private static let limit = 200
}

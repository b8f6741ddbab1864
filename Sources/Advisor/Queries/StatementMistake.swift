import Failures
import Text

/// What is wrong with a text that the server could not read: placeholders of another language, or an end that is missing.
struct StatementMistake {
  private let bytes: [UInt8]
  private let tokens: [SQLToken]
  private let text: String

  /// The failure to report in place of the server's error; nil where the text gives no reason.
  static func failure(of text: String, cause: String) -> Failure? {
    let mistake = StatementMistake(text)
    return mistake.cutText(cause) ?? mistake.placeholders(cause)
  }

  private init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
    tokens = SQLLexer.tokens(of: text)
  }

  // MARK: Placeholders

  private func placeholders(_ cause: String) -> Failure? {
    var found: [(range: Range<Int>, text: String)] = []
    for index in tokens.indices where found.last.map({ tokens[index].range.lowerBound >= $0.range.upperBound }) ?? true
    {
      if let range = placeholder(at: index) {
        found.append((range, String(decoding: bytes[range], as: UTF8.self)))
      }
    }
    guard let first = found.first else { return nil }
    var numbers: [String: Int] = [:]
    var result: [UInt8] = []
    var copied = 0
    var count = tokens.reduce(0) { count, token in
      if case .parameter(let number) = token.kind { max(count, number) } else { count }
    }
    for place in found {
      let isNamed = !["?", "%s", "{}"].contains(place.text)
      if numbers[place.text] == nil || !isNamed {
        count += 1
        numbers[place.text] = count
      }
      result += bytes[copied..<place.range.lowerBound] + Array("$\(numbers[place.text] ?? count)".utf8)
      copied = place.range.upperBound
    }
    let rewritten = Statement.folded(String(decoding: result + bytes[copied...], as: UTF8.self))
    let shown = rewritten.count <= 500 ? rewritten : "SELECT … WHERE id = $1"
    return Failure(
      .badInput, "the statement has the placeholder '\(first.text)', and PostgreSQL's are $1, $2 and so on",
      causes: [cause],
      hints: ["write $1 and so on instead: usher query explain --sql \(ShellWords.singleQuoted(shown))"])
  }

  /// The bytes of a placeholder that begins with the token at `index`: `?`, `:id`, `@p1`, `%s`, `%(name)s`, `{}`, `{id}`, `#{id}`.
  private func placeholder(at index: Int) -> Range<Int>? {
    guard case .sign(let sign) = tokens[index].kind, isOperand(index) else { return nil }
    let start = tokens[index].range.lowerBound
    switch sign {
    case UInt8(ascii: "?"):
      // `?-` and `?|` are operators.
      if let next = byte(start + 1), "|&#-".utf8.contains(next) { return nil }
      return start..<start + 1
    case UInt8(ascii: ":"):
      guard byte(start + 1) != UInt8(ascii: ":"), let next = follower(index) else { return nil }
      return start..<next.range.upperBound
    case UInt8(ascii: "@"): return follower(index).map { start..<$0.range.upperBound }
    case UInt8(ascii: "%"):
      if byte(start + 1) == UInt8(ascii: "(") {
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: ")")), byte(end + 1) == UInt8(ascii: "s") else {
          return nil
        }
        return start..<end + 2
      }
      return follower(index).flatMap { $0.isWord("s") || $0.isWord("d") ? start..<$0.range.upperBound : nil }
    case UInt8(ascii: "{"), UInt8(ascii: "#"):
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")),
        sign != UInt8(ascii: "#") || byte(start + 1) == UInt8(ascii: "{")
      else { return nil }
      return start..<end + 1
    default: return nil
    }
  }

  /// Whether an operand is expected here. In `data ? 'a'` and `a[1:n]` the sign is an operator, because an operand is before it.
  private func isOperand(_ index: Int) -> Bool {
    guard index > 0 else { return false }
    let before = tokens[index - 1]
    if before.isSign("[") || before.isSign(":") { return false }
    if before.isSign("?") { return !isOperand(index - 1) && placeholderEnds(before, tokens[index]) }
    return SQLKeywords.canBeginExpression(after: before)
  }

  private func placeholderEnds(_ before: SQLToken, _ token: SQLToken) -> Bool {
    before.range.upperBound < token.range.lowerBound
  }

  /// The name or number that follows without a blank.
  private func follower(_ index: Int) -> SQLToken? {
    guard index + 1 < tokens.count, tokens[index + 1].range.lowerBound == tokens[index].range.upperBound else {
      return nil
    }
    switch tokens[index + 1].kind {
    case .word, .number: return tokens[index + 1]
    default: return nil
    }
  }

  private func byte(_ place: Int) -> UInt8? { bytes.indices.contains(place) ? bytes[place] : nil }

  // MARK: Cut texts

  private func cutText(_ cause: String) -> Failure? {
    guard let reason = missingEnd else { return nil }
    return Failure(
      .badInput, "the statement's text is cut off: \(reason)", causes: [cause],
      hints: [
        "take the whole text: pg_stat_statements has it, and `usher query slow` gives its id",
        "logs and pg_stat_activity cut long statements: track_activity_query_size sets how long they may be there",
      ])
  }

  private var missingEnd: String? {
    if let end = ["...", "…"].first(where: text.hasSuffix) { return "it ends with '\(end)'" }
    guard let last = tokens.last else { return nil }
    if let literal = openLiteral(last) { return literal }
    let depth = tokens.reduce(0) { $0 + ($1.isSign("(") ? 1 : $1.isSign(")") ? -1 : 0) }
    if depth > 0 {
      return "\(depth.counted("parenthesis", plural: "parentheses")) \(depth == 1 ? "is" : "are") not closed"
    }
    let endsEarly =
      switch last.kind {
      case .word(let word): SQLKeywords.beforeExpression.contains(word) || Self.unfinished.contains(word)
      case .sign(let sign): ",=<>+-/|.".utf8.contains(sign)
      default: false
      }
    return endsEarly ? "more is expected after '\(String(decoding: bytes[last.range], as: UTF8.self))'" : nil
  }

  private static let unfinished: Set = ["with", "into", "join", "as", "insert", "update", "group", "order"]

  private func openLiteral(_ last: SQLToken) -> String? {
    let literal = bytes[last.range]
    let isOpen =
      switch last.kind {
      case .string where literal.first == UInt8(ascii: "$"):
        !Self.isClosed(literal)
      case .string: literal.count { $0 == UInt8(ascii: "'") } % 2 == 1
      default: false
      }
    if isOpen { return "a string is not closed" }
    if last.kind == .quotedName, literal.count(where: { $0 == UInt8(ascii: "\"") }) % 2 == 1 {
      return "a quoted name is not closed"
    }
    let rest = bytes[last.range.upperBound...].drop { $0 <= UInt8(ascii: " ") }
    return rest.starts(with: "/*".utf8) && !rest.reversed().starts(with: "/*".utf8) ? "a comment is not closed" : nil
  }

  /// Whether a string in dollar quotes ends with its tag.
  private static func isClosed(_ literal: ArraySlice<UInt8>) -> Bool {
    guard let end = literal.dropFirst().firstIndex(of: UInt8(ascii: "$")) else { return false }
    let tag = literal[...end]
    return literal.count >= 2 * tag.count && literal.suffix(tag.count).elementsEqual(tag)
  }
}

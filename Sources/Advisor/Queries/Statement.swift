import Failures

/// One statement that has a plan: a SELECT, an INSERT, an UPDATE, a DELETE, a MERGE or VALUES.
public struct Statement: Equatable, Sendable {
  /// The text, without a semicolon at its end.
  public let text: String
  /// The number of the last parameter, 3 for `$3`; 0 without parameters.
  public let parameterCount: Int
  let tokens: [SQLToken]
  /// Whether it is a SELECT INTO, which EXPLAIN can run in a read-only transaction although it creates a table.
  var createsTable: Bool {
    tokens.indices.contains { index in
      let follows = index > 0 && (tokens[index - 1].isWord("insert") || tokens[index - 1].isWord("merge"))
      return tokens[index].isWord("into") && !follows
    }
  }

  private static let planned: Set = ["select", "insert", "update", "delete", "merge", "values", "with", "table"]

  /// Throws a `Failure` for no statement, for several statements, and for one that has no plan.
  public init(_ text: String) throws(Failure) {
    var tokens = SQLLexer.tokens(of: text)
    while tokens.last?.isSign(";") == true { tokens.removeLast() }
    guard let last = tokens.last else {
      throw Failure(.badInput, "there is no statement to explain", hints: ["give one: --sql 'SELECT …'"])
    }
    if tokens.contains(where: { $0.isSign(";") }) {
      throw Failure(
        .badInput, "the text has more than one statement, and a plan is of one",
        hints: ["give the slow statement alone"])
    }
    let first = tokens.first { !$0.isSign("(") } ?? last
    guard case .word(let word) = first.kind, Self.planned.contains(word) else {
      let start = String(decoding: Array(text.utf8)[first.range], as: UTF8.self)
      throw Failure(
        .badInput, "a statement that begins with '\(start)' has no plan",
        hints: [
          first.isWord("explain")
            ? "omit EXPLAIN, which usher adds" : "SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES can be explained"
        ])
    }
    self.tokens = tokens
    self.text = String(decoding: Array(text.utf8)[..<last.range.upperBound], as: UTF8.self)
    parameterCount = tokens.reduce(0) { count, token in
      if case .parameter(let number) = token.kind { max(count, number) } else { count }
    }
  }

  /// The statement in one line, without comments and with single blanks outside of literals.
  public var folded: String { Self.folded(text) }

  /// Any text of a statement in one line.
  public static func folded(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var line = ""
    var end = 0
    for token in SQLLexer.tokens(of: text) {
      if token.range.lowerBound > end, !line.isEmpty { line += " " }
      let word = String(decoding: bytes[token.range], as: UTF8.self)
      line += word.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ")
      end = token.range.upperBound
    }
    return line
  }
}

import Failures

/// One statement that has a plan: a SELECT, an INSERT, an UPDATE, a DELETE, a MERGE or VALUES, or one that contains such a query.
public struct Statement: Equatable, Sendable {
  /// The text, without a semicolon at its end.
  public let text: String
  /// The number of the last parameter, 3 for `$3`; 0 without parameters.
  public let parameterCount: Int
  /// The statement around the query, such as DECLARE CURSOR; nil where the statement is planned as it is.
  let wrapping: StatementWrapping?
  /// The text that is planned: the statement, or the query in it.
  let query: String
  /// The tokens of `query`.
  let tokens: [SQLToken]
  /// The places of the words of an INTO clause, by which a SELECT creates a table, in bytes of `query`.
  var intoClause: Range<Int>? {
    guard
      let index = tokens.indices.first(where: { index in
        let follows = index > 0 && (tokens[index - 1].isWord("insert") || tokens[index - 1].isWord("merge"))
        return tokens[index].isWord("into") && !follows
      })
    else { return nil }
    var end = index + 1
    while end < tokens.count,
      ["temp", "temporary", "unlogged", "local", "global", "table"].contains(where: tokens[end].isWord)
    {
      end += 1
    }
    end += 1
    while end + 1 < tokens.count, tokens[end].isSign(".") { end += 2 }
    guard end <= tokens.count else { return nil }
    return tokens[index].range.lowerBound..<tokens[end - 1].range.upperBound
  }
  /// Whether it is a SELECT INTO, which EXPLAIN can run in a read-only transaction although it creates a table.
  var createsTable: Bool { intoClause != nil }
  /// `query` without the INTO clause: PREPARE refuses one. Positions stay the same.
  var queryWithoutInto: String {
    guard let clause = intoClause else { return query }
    var bytes = Array(query.utf8)
    bytes.replaceSubrange(clause, with: Array(repeating: UInt8(ascii: " "), count: clause.count))
    return String(decoding: bytes, as: UTF8.self)
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
    self.text = String(decoding: Array(text.utf8)[..<last.range.upperBound], as: UTF8.self)
    let first = tokens.first { !$0.isSign("(") } ?? last
    if case .word(let word) = first.kind, Self.planned.contains(word) {
      (query, wrapping, self.tokens) = (self.text, nil, tokens)
    } else if let wrapping = try StatementWrapping.find(tokens, in: text) {
      if wrapping.refreshedView != nil {
        (query, self.wrapping, self.tokens) = ("", wrapping, [])
      } else {
        let inner = try Statement(wrapping.query)
        (query, self.tokens) = (inner.query, inner.tokens)
        self.wrapping = inner.wrapping ?? wrapping
      }
    } else {
      throw Self.hasNoPlan(String(decoding: Array(text.utf8)[first.range], as: UTF8.self))
    }
    parameterCount = self.tokens.reduce(0) { count, token in
      if case .parameter(let number) = token.kind { max(count, number) } else { count }
    }
  }

  /// The query that a materialized view is refreshed with, which `text` refreshes.
  init(refreshing view: StatementWrapping, text: String, query: String) throws(Failure) {
    let inner = try Statement(query)
    (self.text, parameterCount, wrapping) = (text, inner.parameterCount, view)
    (self.query, tokens) = (inner.query, inner.tokens)
  }

  private static func hasNoPlan(_ word: String) -> Failure {
    let hint =
      word.lowercased() == "execute"
      ? "give the statement that was prepared, with its values as `--param`"
      : "SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES can be explained, and the query of a CREATE TABLE AS, CREATE VIEW, DECLARE, "
        + "PREPARE, COPY or REFRESH MATERIALIZED VIEW"
    return Failure(.badInput, "a statement that begins with '\(word)' has no plan", hints: [hint])
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

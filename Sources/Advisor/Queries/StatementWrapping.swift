import Failures

/// The query inside a statement that has no plan of its own: CREATE TABLE AS, DECLARE CURSOR, COPY and others.
struct StatementWrapping: Equatable, Sendable {
  /// What is around the query: `CREATE TABLE AS`.
  let name: String
  /// The text of the query; empty where only the server knows it.
  let query: String
  /// The types of PREPARE, as they are written: `int, text`.
  var parameterTypes: String?
  /// The materialized view whose query it is.
  var refreshedView: String?

  /// Nil for a statement that has no query inside.
  static func find(_ tokens: [SQLToken], in text: String) throws(Failure) -> StatementWrapping? {
    let reader = WrappedQuery(tokens: tokens, bytes: Array(text.utf8))
    return try reader.read()
  }
}

/// Reads the words around a query.
private struct WrappedQuery {
  let tokens: [SQLToken]
  let bytes: [UInt8]

  func read() throws(Failure) -> StatementWrapping? {
    guard case .word(let first)? = tokens.first?.kind else { return nil }
    switch first {
    case "explain": return wrapping("EXPLAIN", from: explainEnd)
    case "declare": return wrapping("DECLARE CURSOR", from: index(of: "for").map { $0 + 1 })
    case "prepare": return prepared
    case "copy": return copied
    case "refresh": return refreshed
    case "create": return created
    default: return nil
    }
  }

  private var explainEnd: Int? {
    var place = 1
    if isSign(place, "(") { return closing(place).map { $0 + 1 } }
    while isWord(place, "analyze", "analyse", "verbose") { place += 1 }
    return place
  }

  private var prepared: StatementWrapping? {
    guard isName(1), let start = index(of: "as") else { return nil }
    var wrapping = wrapping("PREPARE", from: start + 1)
    if isSign(2, "("), let end = closing(2) { wrapping?.parameterTypes = text(3, end) }
    return wrapping
  }

  /// COPY of a table has no query.
  private var copied: StatementWrapping? {
    guard isSign(1, "("), let end = closing(1) else { return nil }
    return wrapping("COPY", from: 2, to: end)
  }

  private var refreshed: StatementWrapping? {
    guard isWord(1, "materialized"), isWord(2, "view") else { return nil }
    let start = isWord(3, "concurrently") ? 4 : 3
    var end = tokens.count
    if let with = index(of: "with") { end = with }
    guard start < end else { return nil }
    return StatementWrapping(name: "REFRESH MATERIALIZED VIEW", query: "", refreshedView: text(start, end))
  }

  private var created: StatementWrapping? {
    guard let start = index(of: "as") else { return nil }
    let kind = tokens[..<start].prefix(6)
    let isView = kind.contains { $0.isWord("view") }
    guard isView || kind.contains(where: { $0.isWord("table") }) else { return nil }
    var end = tokens.count
    if isWord(end - 1, "data") { end -= isWord(end - 2, "no") ? 3 : 2 }
    if isWord(end - 1, "option"), isWord(end - 2, "check") {
      end -= isWord(end - 3, "cascaded", "local") ? 4 : 3
    }
    guard start + 1 < end else { return nil }
    let isMaterialized = kind.contains { $0.isWord("materialized") }
    let name = isView ? (isMaterialized ? "CREATE MATERIALIZED VIEW" : "CREATE VIEW") : "CREATE TABLE AS"
    if isView, let view = tokens[..<start].firstIndex(where: { $0.isWord("view") }),
      kind.contains(where: { $0.isWord("recursive") })
    {
      let query =
        "WITH RECURSIVE \(text(view + 1, start)) AS (\(text(start + 1, end))) TABLE \(text(view + 1, view + 2))"
      return StatementWrapping(name: name, query: query)
    }
    return wrapping(name, from: start + 1, to: end)
  }

  private func wrapping(_ name: String, from start: Int?, to end: Int? = nil) -> StatementWrapping? {
    let end = end ?? tokens.count
    guard let start, start < end else { return nil }
    return StatementWrapping(name: name, query: text(start, end))
  }

  /// The first place of a word outside of parentheses.
  private func index(of word: String) -> Int? {
    var depth = 0
    for index in tokens.indices {
      if tokens[index].isSign("(") { depth += 1 }
      if tokens[index].isSign(")") { depth -= 1 }
      if depth == 0, tokens[index].isWord(word) { return index }
    }
    return nil
  }

  private func closing(_ open: Int) -> Int? {
    var depth = 0
    for index in open..<tokens.count {
      if tokens[index].isSign("(") { depth += 1 }
      if tokens[index].isSign(")") { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  private func text(_ start: Int, _ end: Int) -> String {
    guard start < end else { return "" }
    return String(decoding: bytes[tokens[start].range.lowerBound..<tokens[end - 1].range.upperBound], as: UTF8.self)
  }

  private func isName(_ index: Int) -> Bool {
    guard index < tokens.count else { return false }
    if case .word = tokens[index].kind { return true }
    return tokens[index].kind == .quotedName
  }
  private func isSign(_ index: Int, _ sign: Unicode.Scalar) -> Bool {
    tokens.indices.contains(index) && tokens[index].isSign(sign)
  }
  private func isWord(_ index: Int, _ words: String...) -> Bool {
    tokens.indices.contains(index) && words.contains { tokens[index].isWord($0) }
  }
}

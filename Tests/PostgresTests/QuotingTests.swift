import Postgres
import Support
import Testing

@Suite("Names and literals")
struct QuotingTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  /// An accent after a quotation mark makes one character of the two in Swift.
  private static let accent = "\u{301}"

  @Test(
    "any name stands for itself, to the byte",
    arguments: [
      "x", "two words", "SELECT", "q\"q", "\"", "\"\"", "a\\b", "a'b", "\"\(accent)", "a\"\(accent)\"b", "e\(accent)",
      "é",
      "좌석", "a;b--", "\"\u{200D}\"", "🎟\"",
    ])
  func names(_ name: String) throws {
    let quoted = PostgresConnection.quoteIdentifier(name)
    #expect(quoted == connection.quoteIdentifier(name))
    let row = try connection.query("SELECT 1 AS \(quoted)")[0]
    #expect(row.columns.map { Array($0.utf8) } == [Array(name.utf8)])
    try connection.script("CREATE TEMP TABLE \(quoted) (\(quoted) int)")
    #expect(try connection.query("SELECT \(quoted) FROM pg_temp.\(quoted)").isEmpty)
  }

  @Test("a name that carries a statement runs none")
  func injection() throws {
    try connection.script("CREATE TEMP TABLE kept (i int)")
    for tail in ["\"", "\"\(Self.accent)", "\"\u{200D}", "\\\"", "'\""] {
      let name = "x\(tail); DROP TABLE kept; --"
      try connection.script("SELECT 1 AS \(connection.quoteIdentifier(name))")
      try connection.script("SELECT \(connection.quoteLiteral(name))")
      #expect(try connection.query("SELECT * FROM kept").isEmpty)
    }
  }

  @Test("a literal keeps its backslashes whatever the session's settings", arguments: ["on", "off"])
  func literals(conforming: String) throws {
    try connection.script("SET standard_conforming_strings TO \(conforming); SET escape_string_warning TO off")
    var random = SeededRandom(seed: 11)
    for text in (0..<120).compactMap({ _ in nastyText(&random) }) + ["\\", "'\\'", "\\'", "'\(Self.accent)"] {
      let literal = connection.quoteLiteral(text)
      #expect(literal == PostgresConnection.quoteLiteral(text))
      let row = try connection.query(
        "SELECT\(literal), \(literal)||'x', length(\(literal))=$1",
        [
          PostgresValue(text.unicodeScalars.count)
        ])[0]
      #expect(try row.decode(0) == text)
      #expect(try row.decode(1) == text + "x")
      #expect(try row.decode(2) == true)
    }
  }

  @Test("a name or a literal with a NUL character is refused, not cut short")
  func nul() {
    for sql in ["SELECT 1 AS \(connection.quoteIdentifier("a\0b"))", "SELECT \(connection.quoteLiteral("a\0b"))"] {
      let error = #expect(throws: PostgresError.self) { try connection.query(sql) }
      #expect(error?.problem == .misuse)
      #expect(throws: PostgresError.self) { try connection.script(sql) }
    }
  }
}

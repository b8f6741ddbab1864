import Failures
import Testing

@testable import Advisor

@Suite("A statement to explain")
struct StatementTests {
  @Test(
    "what has a plan is accepted",
    arguments: [
      "SELECT 1", "select 1;", " (SELECT 1) UNION (SELECT 2) ; ; ", "WITH a AS (SELECT 1) SELECT * FROM a",
      "INSERT INTO a VALUES (1)", "update a set b = 1", "DELETE FROM a", "VALUES (1)", "TABLE a",
      "/* note; */ SELECT 1", "-- note;\nSELECT ';'", "MERGE INTO a USING b ON true WHEN MATCHED THEN DO NOTHING",
    ])
  func planned(text: String) throws {
    let statement = try Statement(text)
    #expect(!statement.text.hasSuffix(";"))
    #expect(statement.parameterCount == 0)
  }

  @Test(
    "what has none is refused by its first word",
    arguments: [
      "VACUUM": "VACUUM", "begin": "begin", "CREATE TABLE a (b int)": "CREATE", "/* x */ COPY a TO STDOUT": "COPY",
      "ANALYZE seat": "ANALYZE", "CALL f()": "CALL", "DO $$ SELECT 1 $$": "DO", "EXECUTE a": "EXECUTE", "42": "42",
    ])
  func utility(text: String, word: String) {
    let failure = #expect(throws: Failure.self) { try Statement(text) }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message == "a statement that begins with '\(word)' has no plan")
  }

  @Test(
    "the query inside of another statement is planned",
    arguments: [
      "EXPLAIN (ANALYZE, BUFFERS) SELECT 1": "SELECT 1", "explain analyze verbose delete from a": "delete from a",
      "CREATE TABLE a (b) AS SELECT 1 WITH NO DATA": "SELECT 1",
      "CREATE VIEW a AS TABLE b WITH LOCAL CHECK OPTION": "TABLE b",
      "CREATE MATERIALIZED VIEW a AS (SELECT 1) WITH DATA;": "(SELECT 1)",
      "COPY (SELECT $1) TO STDOUT (FORMAT csv)": "SELECT $1",
      "DECLARE a NO SCROLL CURSOR WITH HOLD FOR SELECT 1 FOR UPDATE": "SELECT 1 FOR UPDATE",
      "PREPARE a (int, numeric(10,2)) AS SELECT $1": "SELECT $1", "EXPLAIN CREATE TABLE a AS VALUES (1)": "VALUES (1)",
    ])
  func inner(text: String, query: String) throws {
    let statement = try Statement(text)
    #expect(statement.query == query)
    #expect(statement.wrapping != nil)
  }

  @Test("several statements are refused", arguments: ["SELECT 1; SELECT 2", "SELECT 1;; DROP TABLE a;", "; SELECT 1"])
  func several(text: String) {
    let failure = #expect(throws: Failure.self) { try Statement(text) }
    #expect(failure?.message == "the text has more than one statement, and a plan is of one")
  }

  @Test("nothing is no statement", arguments: ["", "  \n", ";", "-- only a note", "/* ; */;"])
  func nothing(text: String) {
    let failure = #expect(throws: Failure.self) { try Statement(text) }
    #expect(failure?.message == "there is no statement to explain")
  }

  @Test("the last parameter counts, literals and comments don't")
  func parameters() throws {
    #expect(try Statement("SELECT $2, '$9', \"$8\" /* $7 */ -- $6").parameterCount == 2)
    #expect(try Statement("SELECT $1, $3").parameterCount == 3)
  }

  @Test("a SELECT INTO is told from an INSERT INTO")
  func selectInto() throws {
    #expect(try Statement("SELECT * INTO copy FROM seat").createsTable)
    #expect(try Statement("WITH a AS (SELECT 1) SELECT * INTO TEMP b FROM a").createsTable)
    #expect(try !Statement("INSERT INTO a VALUES ('into')").createsTable)
    #expect(try !Statement("WITH a AS (INSERT /* . */ INTO b VALUES (1)) SELECT \"into\" FROM a").createsTable)
    #expect(try !Statement("MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE").createsTable)
  }

  @Test(
    "a folded statement is one line without comments",
    arguments: [
      "SELECT  1\n  FROM\ta": "SELECT 1 FROM a", "SELECT a.b,c::int": "SELECT a.b,c::int",
      "/* by: app */ SELECT 1 -- x": "SELECT 1", "SELECT 'a  b\nc'": "SELECT 'a  b c'", "": "", "  x": "x",
      "SELECT 1/**/+ 2": "SELECT 1 + 2",
    ])
  func folded(text: String, line: String) {
    #expect(Statement.folded(text) == line)
  }
}

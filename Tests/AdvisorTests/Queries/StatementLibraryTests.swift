import Failures
import Postgres
import Support
import Testing

@testable import Advisor

@Suite("A library of statements, each with its plan or its error")
struct StatementLibraryTests {
  let database: TestDatabase

  init() throws { database = try TestDatabase.make() }

  private func connect(_ tables: String) throws -> PostgresConnection {
    let connection = try database.connect()
    try connection.script(tables)
    return connection
  }

  private func failure(_ body: () throws -> Void) -> Failure? {
    do { try body() } catch { return (error as? any FailureConvertible)?.failure }
    return nil
  }

  @Test("every statement of the library has a plan, and leaves nothing behind")
  func library() throws {
    let connection = try connect(StatementLibrary.tables)
    let explainer = Explainer(connection)
    // MERGE came with version 15.
    let statements = StatementLibrary.planned.filter { connection.serverVersion >= 15_00_00 || !$0.hasPrefix("MERGE") }
    #expect(statements.count >= 99)
    for sql in statements {
      let failure = failure {
        let explanation = try explainer.explain(Statement(sql))
        #expect(!explanation.plan.type.isEmpty)
      }
      #expect(failure == nil, "\(sql)")
    }
    #expect(try connection.query("SELECT FROM pg_prepared_statements").isEmpty)
    #expect(try connection.query("SELECT FROM pg_class WHERE relname IN ('x', 'y')").isEmpty)
  }

  @Test("the 22 queries of TPC-H are explained by their ids")
  func benchmark() throws {
    let connection = try connect(OrderSchema.tables)
    #expect(OrderSchema.queries.count == 22)
    for (index, query) in OrderSchema.queries.enumerated() {
      let word = "tpch_\(index + 1)_"
      _ = try connection.query(query.replacing("SELECT", with: "SELECT /* \(word) */", maxReplacements: 1))
      let found = try SlowQueries(connection).list(limit: 1000).filter { $0.text.contains(word) }
      let id = try #require(found.first?.queryID)
      let text = try SlowQueries(connection).text(of: id)
      let failure = failure {
        let explanation = try Explainer(connection).explain(Statement(text))
        #expect(explanation.isGeneric == text.contains("$1"))
        #expect(explanation.plan.all.contains { $0.relation != nil })
      }
      #expect(failure == nil, "query \(index + 1)")
    }
  }

  @Test(
    "the types that nothing tells are assumed, and named",
    arguments: [
      "SELECT * FROM t WHERE d + $1 > d": [1: "integer"], "SELECT * FROM generate_series($1, $2)": [1: "integer"],
      "SELECT sum(CASE WHEN s = $1 THEN $2 ELSE $3 END) FROM t": [2: "integer"],
      "SELECT id FROM t WHERE id = ANY (ARRAY[$1, $2])": [1: "bigint"], "SELECT pick($1, $2)": [1: "uuid"],
      "SELECT * FROM t WHERE id = $1 + $2": [2: "integer"], "SELECT * FROM t WHERE id = $1": [:],
      "SELECT max(CASE WHEN id = $1 THEN $2 END) - min(CASE WHEN id = $3 THEN $4 END) FROM t": [
        2: "integer", 4: "integer",
      ],
    ])
  func assumed(sql: String, types: [Int: String]) throws {
    let explanation = try Explainer(connect(StatementLibrary.tables)).explain(Statement(sql))
    let found = explanation.context.assumedTypes
    #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.number, $0.type) }) == types)
    #expect(explanation.context.notes.contains { $0.hasPrefix("assumed types of parameters: ") } == !types.isEmpty)
  }

  @Test("a value tells the kind of its type, and NULL is not the word")
  func typeOfValue() throws {
    let explainer = Explainer(try connect(StatementLibrary.tables))
    let period = try explainer.explain(Statement("SELECT * FROM t WHERE d + $1 > d"), values: ["3 days"])
    #expect(period.context.assumedTypes.map(\.type) == ["interval"])
    let null = try explainer.explain(Statement("SELECT * FROM t WHERE s = $1"), values: [nil])
    #expect(null.plan.type == "Result")
    let word = try explainer.explain(Statement("SELECT * FROM t WHERE s = $1"), values: ["NULL"])
    #expect(word.plan.conditions.first?.text.contains("'NULL'") == true)
  }

  @Test("values from the statistics show what differs between common and rare ones")
  func chosenValues() throws {
    let explainer = Explainer(try connect(StatementLibrary.tables))
    let statement = try Statement("SELECT * FROM t WHERE s = $1 AND d < $2 LIMIT $3")
    let common = try explainer.explain(statement, choosing: .common).context.values
    #expect(common.map(\.value) == ["common", "2024-10-26", "10"])
    #expect(common.first?.source == "the most common value of t.s")
    let rare = try explainer.explain(statement, choosing: .rare).context.values
    #expect(rare.map(\.value) == ["rare", "2024-01-01", "10"])
    let list = try explainer.explain(Statement("SELECT * FROM t WHERE s IN ($1, $2) AND u = $3"), choosing: .common)
    #expect(list.context.values.map(\.value) == ["common", "common", nil])
    #expect(list.context.values.last?.source == "t.u has no values, so usher chose it")
  }

  @Test("the values of a sample are of one row")
  func sampledValues() throws {
    let connection = try connect(StatementLibrary.tables)
    let statement = try Statement("SELECT * FROM t WHERE id = $1 AND d = $2 LIMIT $3")
    for _ in 0..<5 {
      let sample = try Explainer(connection).explain(statement, choosing: .sample, run: .reading(timeout: .ample))
      #expect(sample.isAnalyzed && !sample.isGeneric)
      #expect(sample.plan.actual?.rows == 1)
      #expect(sample.context.values.map(\.source).prefix(2) == ["of a row of t.id", "of a row of t.d"])
    }
  }

  @Test("a statement is explained with the search path of the role that ran it")
  func searchPath() throws {
    let connection = try connect("CREATE SCHEMA app; CREATE TABLE app.hidden (id int)")
    let role = "role of \(try connection.query("SELECT current_database()")[0].decode(0, as: String.self))"
    let name = connection.quoteIdentifier(role)
    defer { _ = try? connection.script("DROP OWNED BY \(name); DROP ROLE \(name)") }
    try connection.script(
      """
      CREATE ROLE \(name); GRANT USAGE ON SCHEMA app TO \(name); GRANT SELECT ON app.hidden TO \(name);
      ALTER ROLE \(name) SET search_path = app, "$user"
      """)
    try connection.transaction {
      try connection.execute("SET LOCAL ROLE \(name)")
      try connection.execute("SET LOCAL search_path = app")
      _ = try connection.query("SELECT id FROM hidden WHERE id = 7")
    }
    let query = try #require(try SlowQueries(connection).list(limit: 1000).first { $0.text.contains("FROM hidden") })
    let id = try #require(query.queryID)
    let path = try #require(try StatementPath.find(queryID: id, on: connection))
    #expect(path.text == "app, \(name)")
    #expect(path.source == "of role \(role)")
    let explanation = try Explainer(connection).explain(Statement(query.text), path: path)
    #expect(explanation.plan.relationName == "app.hidden")
    #expect(explanation.context.searchPath == path.text)
    let failure = failure { _ = try Explainer(connection).explain(Statement(query.text)) }
    #expect(failure?.hints.last == "if the table is in another schema, add `--search-path SCHEMA`")
  }

  @Test(
    "placeholders of other languages are named",
    arguments: [
      "SELECT * FROM t WHERE id=? AND s IN (?, ?)": "SELECT * FROM t WHERE id=$1 AND s IN ($2, $3)",
      "SELECT * FROM t WHERE id = :id OR id > :id + :n": "SELECT * FROM t WHERE id = $1 OR id > $1 + $2",
      "SELECT * FROM t WHERE id = @p1": "SELECT * FROM t WHERE id = $1",
      "SELECT * FROM t WHERE id = %s AND s = %(name)s": "SELECT * FROM t WHERE id = $1 AND s = $2",
      "SELECT * FROM t WHERE id = {} LIMIT {n}": "SELECT * FROM t WHERE id = $1 LIMIT $2",
      "SELECT * FROM t WHERE j ? ? AND id = $1": "SELECT * FROM t WHERE j ? $2 AND id = $1",
    ])
  func placeholders(sql: String, rewritten: String) throws {
    let explainer = Explainer(try connect(StatementLibrary.tables))
    let mistake = try #require(failure { _ = try explainer.explain(Statement(sql)) })
    #expect(mistake.kind == .badInput)
    #expect(mistake.message.contains("has the placeholder '"))
    #expect(mistake.hints == ["write $1 and so on instead: usher query explain --sql '\(rewritten)'"])
    #expect(failure { _ = try explainer.explain(Statement(rewritten)) } == nil)
  }

  @Test("operators and slices are no placeholders")
  func operators() throws {
    let explainer = Explainer(try connect(StatementLibrary.tables))
    let sql = "SELECT j ? 'a', j ?| ARRAY['a'], j ?& ARRAY['b'], a[1:2], s::text, @ n, n % 2 FROM t"
    #expect(failure { _ = try explainer.explain(Statement(sql)) } == nil)
    let wrong = failure { _ = try explainer.explain(Statement(sql + " WHERE nothing = 1")) }
    #expect(wrong?.message.contains("column \"nothing\" does not exist") == true)
  }

  @Test(
    "a text that is cut off is named as such",
    arguments: [
      "SELECT * FROM t WHERE s = 'abc": "a string is not closed", "SELECT \"a": "a quoted name is not closed",
      "SELECT $a$ x": "a string is not closed",
      "SELECT * FROM t WHERE (id = 1 AND (n > 2": "2 parentheses are not closed",
      "SELECT * FROM t WHERE s = ...": "it ends with '...'", "SELECT * FROM t WHERE id = 1 AND…": "it ends with '…'",
      "SELECT * FROM t WHERE id =": "more is expected after '='", "SELECT id, s FROM": "more is expected after 'FROM'",
    ])
  func cut(sql: String, reason: String) throws {
    let explainer = Explainer(try connect(StatementLibrary.tables))
    let mistake = failure { _ = try explainer.explain(Statement(sql)) }
    #expect(mistake?.message == "the statement's text is cut off: \(reason)")
    #expect(mistake?.kind == .badInput)
  }

  @Test("a plan of any depth is read, and a statement that is too deep for the server is an error")
  func depth() throws {
    try database.connect().script("CREATE TABLE t (id int)")
    func run(_ depth: Int) throws -> Binary.Run {
      let sql =
        String(repeating: "SELECT max(id) AS id FROM (", count: depth) + "SELECT id FROM t"
        + String(repeating: ") s", count: depth)
      return try Binary.run(
        ["query", "explain", "--file", "-"], environment: ["USHER_POSTGRES": database.conninfo], stdin: sql)
    }
    let deep = try run(260)
    #expect(deep.status == 0)
    #expect(deep.output.split(separator: "\n").count { $0.contains("Aggregate") } == 260)
    #expect(try run(1000).status == 0)
    let impossible = try run(5000)
    #expect(impossible.status == 65)
    #expect(impossible.errors.contains("nested more deeply than this server can read"))
  }
}

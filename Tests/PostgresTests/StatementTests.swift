import Postgres
import Testing

@Suite("Statements")
struct StatementTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  @Test("parameters travel beside the statement, whatever they hold")
  func parametersAreInert() throws {
    let nasty = "'; DROP TABLE x; -- \" \\ $1 한글\n"
    let row = try #require(
      try connection.query(
        "SELECT $1::text AS text, $2::int AS number, $3::text AS missing",
        [
          PostgresValue(nasty), 42, nil,
        ]
      ).first)
    #expect(try row.decode("text") == nasty)
    #expect(try row.decode("number") == 42)
    #expect(try row.decode("missing", as: String?.self) == nil)
  }

  @Test("affected rows are counted, and a script may hold several statements")
  func affectedRows() throws {
    try connection.script("CREATE TEMP TABLE n (i int); INSERT INTO n SELECT generate_series(1, 10)")
    #expect(try connection.execute("DELETE FROM n WHERE i = ANY ($1)", [.array([1, 2, 3, 99])]) == 3)
    #expect(try connection.query("SELECT count(*) FROM n")[0].decode(0) == 7)
  }

  @Test("an error says state, place and names")
  func errors() throws {
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT 1 FROM nowhere WHERE x = 1") }
    #expect(error?.sqlState == "42P01")
    #expect(error?.position == 15)
    #expect(error?.near == "nowhere WHERE x = 1")
    #expect(error?.failure.kind == .badInput)
  }

  @Test("rows stream one at a time")
  func streaming() throws {
    var sum = 0
    try connection.stream("SELECT i FROM generate_series(1, 100000) i") { sum += try $0.decode(0, as: Int.self) }
    #expect(sum == 5_000_050_000)
  }

  @Test(
    "a statement says how many rows it touched or returned, 0 where that means nothing",
    arguments: [
      ("INSERT INTO touched SELECT generate_series(1, 7)", 7), ("INSERT INTO touched VALUES (8) RETURNING i", 1),
      ("UPDATE touched SET i = i WHERE i > 100", 0), ("DELETE FROM touched", 0), ("SELECT generate_series(1, 5)", 5),
      ("VALUES (1), (2)", 2), ("CREATE TEMP TABLE copied AS SELECT generate_series(1, 3)", 3),
      ("SET work_mem TO '4MB'", 0),
      ("TRUNCATE touched", 0), ("DO $$ BEGIN END $$", 0), ("", 0), ("-- a remark", 0),
    ])
  func counts(sql: String, count: Int) throws {
    try connection.script("CREATE TEMP TABLE touched (i int)")
    #expect(try connection.execute(sql) == count)
  }

  @Test("as many parameters as the protocol can count arrive; one more is refused and harms nothing")
  func parameterLimit() throws {
    let list = (1...65_535).map { "$\($0)" }.joined(separator: ",")
    let numbers = (1...65_535).map { PostgresValue($0) as PostgresValue? }
    let sum = try connection.query("SELECT sum(x)::bigint AS sum FROM unnest(ARRAY[\(list)]::int[]) x", numbers)
    #expect(try sum[0].decode("sum") == 65_535 * 65_536 / 2)
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT 1", numbers + [1]) }
    #expect(error?.problem == .misuse)
    #expect(error?.message.contains("65535") == true)
    #expect(try connection.query("SELECT 1 AS one")[0].decode("one") == 1)
  }

  @Test("too few or too many parameters are the server's error, by number")
  func parameterCount() throws {
    for (parameters, state) in [([], "08P01"), ([1, 2, 3], "42P18")] as [([PostgresValue?], String)] {
      let error = #expect(throws: PostgresError.self) { try connection.query("SELECT $1::int + $2::int", parameters) }
      #expect(error?.sqlState == state)
    }
    #expect(try connection.query("SELECT $2::int + $1::int AS sum", [nil, 2])[0].decode("sum", as: Int?.self) == nil)
  }

  @Test("the mark stands behind every statement, also one that ends in a remark, and behind no script")
  func mark() throws {
    let marked = try PostgresConnection(scratchServer(), options: .init(statementMark: "/* ours */"))
    let own = "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid() -- who am I"
    #expect(try marked.query(own)[0].decode("query") == "\(own)\n/* ours */")
    var streamed: [String] = []
    try marked.stream(own) { streamed.append(try $0.decode("query")) }
    try marked.copyOut("COPY (SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()) TO STDOUT") { line in
      streamed.append(String(decoding: line, as: UTF8.self))
    }
    #expect(streamed.count == 2 && streamed.allSatisfy { $0.contains("/* ours */") })
    #expect(try connection.query(own)[0].decode("query") == own)
    try marked.script("CREATE TEMP TABLE seen AS \(own)")
    #expect(try marked.query("SELECT query FROM seen")[0].decode("query", as: String.self).contains("ours") == false)
  }
}

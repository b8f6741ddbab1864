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
}

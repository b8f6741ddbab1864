import Postgres
import Support
import Testing

@Suite("Values there and back")
struct RoundTripTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  @Test("any text survives as a parameter, a literal, an array element and a copied field")
  func texts() throws {
    var generator = SeededRandom(seed: 20_261_123)
    let texts = (0..<300).map { _ in nastyText(&generator) }
    try connection.script("CREATE TEMP TABLE said (i int, text text)")
    try connection.copyIn("COPY said FROM STDIN") { writer in
      for (index, text) in texts.enumerated() { try writer.writeRow([String(index), text]) }
    }
    let copied = try connection.query("SELECT text FROM said ORDER BY i").map { try $0.decode(0, as: String?.self) }
    #expect(copied == texts)
    let array = try connection.query("SELECT $1::text[] AS texts", [.array(texts)])[0].decode(
      "texts", as: [String?].self)
    #expect(array == texts)
    for text in texts.compactMap(\.self).prefix(60) {
      let row = try connection.query("SELECT $1::text, \(connection.quoteLiteral(text))", [PostgresValue(text)])[0]
      #expect(try row.decode(0) == text)
      #expect(try row.decode(1) == text)
    }
  }

  @Test("literals of Swift are values of SQL")
  func literals() throws {
    let row = try connection.query(
      "SELECT $1::int AS i, $2::float8 AS d, $3::bool AS b, $4::text AS t, $5::bool AS f",
      [42, 1.5, true, "x", PostgresValue(false)])[0]
    #expect(try row.decode("i") == 42)
    #expect(try row.decode("d") == 1.5)
    #expect(try row.decode("b") == true)
    #expect(try row.decode("t") == "x")
    #expect(try row.decode("f") == false)
  }

  @Test(
    "numbers at their limits survive",
    arguments: [Int.min, -1, 0, 1, Int.max, Int(Int32.max), Int(Int32.max) + 1])
  func integers(number: Int) throws {
    #expect(try connection.query("SELECT $1::bigint AS n", [PostgresValue(number)])[0].decode("n") == number)
  }

  @Test(
    "doubles survive to the last bit",
    arguments: [0.1, -0.0, 1e-300, 1.7976931348623157e308, 1 / 3, Double.leastNonzeroMagnitude] as [Double])
  func doubles(number: Double) throws {
    #expect(try connection.query("SELECT $1::float8 AS n", [PostgresValue(number)])[0].decode("n") == number)
  }

  @Test("a parameter of many megabytes goes out and comes back while the socket fills")
  func largeParameter() throws {
    let text = String(repeating: "한글 tickets ", count: 1_000_000)
    let row = try connection.query("SELECT $1::text AS text, octet_length($1) AS bytes", [PostgresValue(text)])[0]
    #expect(try row.decode("bytes") == text.utf8.count)
    #expect(try row.decode("text") == text)
  }

  @Test("a type that is given decides between two functions of one name")
  func typedParameters() throws {
    func kind(_ value: PostgresValue) throws -> String {
      try connection.query("SELECT pg_typeof($1)::text", [value])[0].decode(0)
    }
    #expect(try kind(PostgresValue(text: "5", type: .int8)) == "bigint")
    #expect(try kind(PostgresValue(text: "5", type: .numeric)) == "numeric")
    #expect(try kind(PostgresValue(bytes: [1])) == "bytea")
    let error = #expect(throws: PostgresError.self) { try kind("5") }
    #expect(error?.sqlState == "42P18")
  }

  @Test("lists of numbers select rows")
  func lists() throws {
    let rows = try connection.query(
      "SELECT i FROM generate_series(1, 9) i WHERE i = ANY ($1) ORDER BY i", [.array([9, 3, 77])])
    #expect(try rows.map { try $0.decode(0, as: Int.self) } == [3, 9])
    #expect(try connection.query("SELECT 1 WHERE 1 = ANY ($1)", [.array([] as [Int])]).isEmpty)
  }

  @Test("a database of another encoding hands over texts, or an error, never broken text")
  func notUTF8() throws {
    let name = "raw_\(connection.backendPID)"
    try connection.executeAlone(
      "CREATE DATABASE \(name) ENCODING SQL_ASCII TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    let raw = try PostgresConnection(scratchServer("dbname=\(name)"))
    #expect(try raw.query("SELECT $1::text AS text", ["한글"])[0].decode("text") == "한글")
    let error = #expect(throws: PostgresError.self) { try raw.query("SELECT 'a' || chr(255) AS text") }
    #expect(error?.sqlState == "22021")
    #expect(error?.failure.kind == .badInput)
  }
}

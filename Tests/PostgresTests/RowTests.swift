import Postgres
import Support
import Testing

@Suite("Rows and columns")
struct RowTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  @Test("of two columns of one name the first is meant; by place each is reached")
  func sameName() throws {
    let row = try connection.query("SELECT 1 AS id, 2 AS id, 3 AS \"ID\"")[0]
    #expect(row.columns == ["id", "id", "ID"])
    #expect(try row.decode("id") == 1)
    #expect(try row.decode(1) == 2)
    #expect(try row.decode("ID") == 3)
  }

  @Test("a column without a name has the server's name for it, and a row without columns has none")
  func namelessColumns() throws {
    #expect(try connection.query("SELECT 1, now(), NULL")[0].columns == ["?column?", "now", "?column?"])
    let rows = try connection.query("SELECT FROM generate_series(1, 3)")
    #expect(rows.count == 3)
    #expect(rows[0].columns.isEmpty)
    let error = #expect(throws: PostgresError.self) { try rows[0].decode(0, as: Int.self) }
    #expect(error?.message == "the result has no column number 0, only 0")
  }

  @Test("a missing column's error names those that there are")
  func missing() throws {
    let row = try connection.query("SELECT 1 AS id, 'x' AS status")[0]
    let error = #expect(throws: PostgresError.self) { try row.decode("state", as: String.self) }
    #expect(error?.message == "the result has no column 'state', only id, status")
    #expect(error?.problem == .undecodable)
    #expect(error?.column == nil)
  }

  @Test("rows outlive their connection and every later statement")
  func outliving() throws {
    var own: PostgresConnection? = try PostgresConnection(scratchServer())
    var kept = try #require(own).query("SELECT i, repeat('좌', i) AS t FROM generate_series(1, 200) i")
    try own?.stream("SELECT i, 'row ' || i AS t FROM generate_series(1, 200) i") { kept.append($0) }
    _ = try own?.query("SELECT repeat('y', 100000) FROM generate_series(1, 50)")
    own = nil
    #expect(kept.count == 400)
    for (index, row) in kept.enumerated() {
      let number = index % 200 + 1
      #expect(try row.decode("i") == number)
      #expect(try row.decode("t") == (index < 200 ? String(repeating: "좌", count: number) : "row \(number)"))
    }
  }

  @Test(
    "types are known by the names that SQL has for them, others by their number",
    arguments: [
      ("true", "boolean"), ("1::smallint", "smallint"), ("1", "integer"), ("1::bigint", "bigint"), ("1.5", "numeric"),
      ("1::real", "real"), ("1::float8", "double precision"), ("'x'::text", "text"),
      ("'x'::varchar", "character varying"), ("'x'::char(3)", "character"), ("'x'::name", "name"),
      ("''::bytea", "bytea"), ("now()", "timestamp with time zone"), ("localtimestamp", "timestamp"),
      ("current_date", "date"), ("interval '1 s'", "interval"), ("'{}'::jsonb", "jsonb"), ("'{}'::json", "json"),
      ("gen_random_uuid()", "uuid"), ("1::oid", "oid"), ("'1'::xid", "xid"), ("'{}'::text[]", "text[]"),
      ("'{}'::int[]", "integer[]"), ("'{}'::bigint[]", "bigint[]"), ("point '(1,2)'", "type 600"),
    ])
  func types(expression: String, name: String) throws {
    let row = try connection.query("SELECT \(expression)")[0]
    #expect(row.types.map { "\($0)" } == [name])
    let declared = try connection.query("SELECT pg_typeof(\(expression))::oid::int AS oid")[0].decode(
      "oid", as: Int.self)
    #expect(row.types == [PostgresType(oid: UInt32(declared))])
  }

  @Test("a value as it came is its text and its bytes, nil for NULL and never an empty one")
  func plain() throws {
    let row = try connection.query("SELECT 1.50, NULL::text, '', '\\x00ff'::bytea, '예매', '{a,NULL}'::text[]")[0]
    #expect(try (0..<6).map { try row.text($0) } == ["1.50", nil, "", "\\x00ff", "예매", "{a,NULL}"])
    let bytes = try (0..<5).map { try row.bytes($0) }
    #expect(bytes == [Array("1.50".utf8), nil, [], [0, 255], Array("예매".utf8)])
    #expect(throws: PostgresError.self) { try row.text(6) }
  }

  @Test("a wide row keeps each column in its place")
  func wide() throws {
    let list = (1...1_600).map { "\($0) AS c\($0)" }.joined(separator: ", ")
    let row = try connection.query("SELECT \(list)")[0]
    #expect(row.columns.count == 1_600)
    for number in [1, 2, 799, 1_600] { #expect(try row.decode("c\(number)") == number) }
  }

  @Test("elements of every array type come as texts, and of whole numbers as numbers")
  func arrayTypes() throws {
    for (expression, texts) in [
      ("'{t,f}'::bool[]", ["t", "f"]), ("'{1,-2}'::smallint[]", ["1", "-2"]),
      ("'{1.50,NaN}'::numeric[]", ["1.50", "NaN"]),
      ("'{a,b c}'::varchar[]", ["a", "b c"]), ("'{x}'::name[]", ["x"]), ("'{1.5}'::float8[]", ["1.5"]),
      ("'{2026-11-23}'::date[]", ["2026-11-23"]), ("'{\"2026-11-23 00:00:00\"}'::timestamp[]", ["2026-11-23 00:00:00"]),
      ("array['{\"a\": \"\\\\\"}'::jsonb]", ["{\"a\": \"\\\\\"}"]),
      ("'{\"\",\" \",\"null\"}'::text[]", ["", " ", "null"]),
    ] {
      #expect(try connection.query("SELECT \(expression)")[0].decode(0) == texts, "\(expression)")
    }
    for type in ["smallint", "int", "bigint", "oid", "numeric"] {
      #expect(try connection.query("SELECT '{7,0}'::\(type)[]")[0].decode(0) == [7, 0], "\(type)")
    }
  }
}

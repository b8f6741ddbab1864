import Failures
import Postgres
import Testing

@Suite("Decoding")
struct DecodingTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  private func value<T: PostgresDecodable>(_ expression: String, as type: T.Type = T.self) throws -> T {
    try connection.query("SELECT \(expression) AS value")[0].decode("value")
  }

  private func complaint<T: PostgresDecodable>(_ expression: String, as type: T.Type) -> String? {
    #expect(throws: PostgresError.self) { try value(expression, as: type) }?.message
  }

  @Test("integers come from every integer type, and from a numeric without fraction")
  func integers() throws {
    #expect(try value("(-7)::smallint", as: Int.self) == -7)
    #expect(try value("2147483647", as: Int.self) == 2_147_483_647)
    #expect(try value("(-9223372036854775808)::bigint", as: Int.self) == Int.min)
    #expect(try value("9223372036854775807", as: Int64.self) == Int64.max)
    #expect(try value("(SELECT sum(x) FROM (VALUES (1::bigint), (2)) v(x))", as: Int.self) == 3)
    #expect(try value("'pg_class'::regclass::oid", as: Int.self) == 1259)
  }

  @Test("a number that does not fit is an error, never a wrapped or rounded one")
  func integersThatDoNotFit() {
    #expect(
      complaint("9223372036854775808", as: Int.self)
        == "column 'value' contains a numeric that is not an integer of 64 bits")
    #expect(complaint("(-9223372036854775809)", as: Int.self) != nil)
    #expect(complaint("1.5::numeric", as: Int.self) != nil)
    #expect(complaint("'NaN'::numeric", as: Int.self) != nil)
  }

  @Test("floating point comes exactly, with its infinities")
  func doubles() throws {
    #expect(try value("0.1::float8", as: Double.self) == 0.1)
    #expect(try value("1e300::float8", as: Double.self) == 1e300)
    #expect(try value("'-Infinity'::float8", as: Double.self) == -.infinity)
    #expect(try value("'NaN'::float8", as: Double.self).isNaN)
    #expect(try value("12.75::numeric", as: Double.self) == 12.75)
    #expect(try value("7", as: Double.self) == 7)
  }

  @Test("booleans come from boolean alone")
  func booleans() throws {
    #expect(try value("true", as: Bool.self))
    #expect(try value("1 = 2", as: Bool.self) == false)
    #expect(complaint("1", as: Bool.self) == "column 'value' is of type integer, not a boolean")
  }

  @Test("any type has its text")
  func texts() throws {
    #expect(try value("'홍길동 🎟'::text", as: String.self) == "홍길동 🎟")
    #expect(try value("''::text", as: String.self) == "")
    #expect(try value("'{\"a\":1}'::jsonb", as: String.self) == "{\"a\": 1}")
    #expect(try value("interval '90 s'", as: String.self) == "00:01:30")
    #expect(try value("ROW(1, 'x')", as: String.self) == "(1,x)")
  }

  @Test("a text column is not a number, even when it looks like one")
  func textIsNotANumber() {
    #expect(complaint("'12'::text", as: Int.self) == "column 'value' is of type text, not an integer of 64 bits")
    #expect(
      complaint("'2026-01-01'::text", as: PostgresInstant.self)
        == "column 'value' is of type text, not a finite point in time")
  }

  @Test("NULL needs an optional")
  func nulls() throws {
    #expect(try value("NULL::int", as: Int?.self) == nil)
    #expect(try value("5", as: Int?.self) == 5)
    #expect(try value("NULL::text[]", as: [String]?.self) == nil)
    #expect(complaint("NULL::int", as: Int.self) == "column 'value' is null, not an integer of 64 bits")
    #expect(complaint("'x'::text", as: Int?.self) == "column 'value' is of type text, not an integer of 64 bits")
  }

  @Test("an error never shows the value")
  func valuesStaySecret() {
    let error = #expect(throws: PostgresError.self) { try value("12345.678::numeric", as: Int.self) }
    #expect(error?.column == "value")
    #expect(error?.failure.message.contains("12345") == false)
    let input = #expect(throws: PostgresError.self) { try connection.query("SELECT $1::int", ["s3cret"]) }
    #expect(input?.sqlState == "22P02")
    #expect(input.map { "\($0.failure)".contains("s3cret") } == false)
    #expect("\(PostgresValue("s3cret"))".contains("s3cret") == false)
    #expect(String(reflecting: [PostgresValue("s3cret")]).contains("s3cret") == false)
  }

  @Test("bytes come from bytea, and from the text of anything else")
  func bytes() throws {
    let all = (0...255).map { UInt8($0) }
    #expect(try connection.query("SELECT $1 AS value", [PostgresValue(bytes: all)])[0].decode("value") == all)
    #expect(try value("''::bytea", as: [UInt8].self) == [])
    #expect(try value("'é'::text", as: [UInt8].self) == [0xc3, 0xa9])
  }

  @Test(
    "arrays survive the way there and back",
    arguments: [
      [], [""], ["a", "b"], ["NULL", "null"], ["a,b", "{x}", "\"q\"", "back\\slash", " space ", "\n\t", "한글"],
    ] as [[String]])
  func arrays(_ elements: [String]) throws {
    let row = try connection.query("SELECT $1::text[] AS value", [.array(elements)])[0]
    #expect(try row.decode("value") == elements)
  }

  @Test("arrays of numbers, with NULL, and of two dimensions")
  func otherArrays() throws {
    #expect(try value("ARRAY[1,-2,3]", as: [Int].self) == [1, -2, 3])
    #expect(try value("ARRAY['a',NULL,'NULL']", as: [String?].self) == ["a", nil, "NULL"])
    #expect(complaint("ARRAY['a',NULL]", as: [String].self)?.contains("without NULL") == true)
    #expect(complaint("ARRAY[[1,2],[3,4]]", as: [Int].self) != nil)
    #expect(complaint("ARRAY[1.5]", as: [Int].self) != nil)
    #expect(complaint("5", as: [Int].self) != nil)
  }

  @Test(
    "times are read to the microsecond, in whatever zone the session is",
    arguments: [
      ("UTC", "timestamptz '1970-01-01 00:00:00+00'", 0),
      ("Asia/Seoul", "timestamptz '1970-01-01 00:00:00.25+00'", 250_000),
      ("America/St_Johns", "timestamptz '2026-11-23 12:40:07.000001+00'", 1_795_437_607_000_001),
      ("Asia/Kathmandu", "timestamptz '1969-12-31 23:59:59.999+00'", -1_000),
      ("UTC", "date '2024-02-29'", 1_709_164_800_000_000),
      ("Asia/Seoul", "timestamp '2000-03-01 01:02:03'", 951_872_523_000_000),
      ("Asia/Seoul", "timestamptz '1900-01-01 00:00:00+00'", -2_208_988_800_000_000),
      ("UTC", "timestamptz '12345-01-01 00:00:00+00'", 327_403_382_400_000_000),
    ])
  func instants(zone: String, expression: String, microseconds: Int64) throws {
    _ = try connection.query("SELECT set_config('TimeZone', $1, false)", [PostgresValue(zone)])
    #expect(try value(expression, as: PostgresInstant.self).microsecondsSinceEpoch == microseconds)
  }

  @Test("milliseconds round down on both sides of 1970")
  func milliseconds() {
    #expect(PostgresInstant(microsecondsSinceEpoch: 1_999).milliseconds == 1)
    #expect(PostgresInstant(microsecondsSinceEpoch: -1).milliseconds == -1)
    #expect(PostgresInstant(microsecondsSinceEpoch: -1_000).milliseconds == -1)
  }

  @Test(
    "what is no point in time is an error",
    arguments: ["timestamptz 'infinity'", "date '-infinity'", "date '0044-03-15 BC'"])
  func notInstants(_ expression: String) {
    #expect(complaint(expression, as: PostgresInstant.self) != nil)
  }

  @Test("a column that is not there names those that are")
  func missingColumn() throws {
    let row = try connection.query("SELECT 1 AS one, 2 AS two")[0]
    #expect(throws: PostgresError.self) { try row.decode("three", as: Int.self) }
    #expect(throws: PostgresError.self) { try row.decode(2, as: Int.self) }
    #expect(throws: PostgresError.self) { try row.decode(-1, as: Int.self) }
    #expect(row.columns == ["one", "two"])
  }

  @Test("a parameter with a NUL character is refused instead of cut short")
  func nulCharacters() {
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT $1::text", ["a\0b"]) }
    #expect(error?.failure.kind == .badInput)
    #expect(throws: PostgresError.self) { try connection.query("SELECT 1\0; DROP TABLE x") }
  }
}

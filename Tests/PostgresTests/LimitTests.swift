import Postgres
import Support
import Testing

/// An expression that a Swift type cannot take, and what is said about it.
struct Misfit: CustomTestStringConvertible, Sendable {
  let expression: String
  let complaint: String
  let read: @Sendable (PostgresRow) throws -> Void

  init<T: PostgresDecodable & SendableMetatype>(_ expression: String, _ type: T.Type, _ complaint: String) {
    self.expression = expression
    self.complaint = complaint
    read = { row in _ = try row.decode("seat no", as: T.self) }
  }

  var testDescription: String { expression }
}

private let anInteger = "an integer of 64 bits"
private let anInstant = "a finite point in time"
private let wholeIntegers = "an array of integers without NULL"
private let wholeTexts = "an array of texts without NULL"

@Suite("Values at their limits")
struct LimitTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  private func value<T: PostgresDecodable>(_ expression: String, as type: T.Type = T.self) throws -> T {
    try connection.query("SELECT \(expression) AS value")[0].decode("value")
  }

  @Test(
    "what does not fit is an error that names column and type and says what was wanted",
    arguments: [
      Misfit("NULL::smallint", Int.self, "is null, not \(anInteger)"),
      Misfit("NULL::bigint", Int64.self, "is null, not \(anInteger)"),
      Misfit("NULL::numeric", Double.self, "is null, not a number"),
      Misfit("NULL::boolean", Bool.self, "is null, not a boolean"),
      Misfit("NULL::text", String.self, "is null, not text in UTF-8"),
      Misfit("NULL::timestamptz", PostgresInstant.self, "is null, not \(anInstant)"),
      Misfit("NULL::bytea", [UInt8].self, "is null, not bytes"),
      Misfit("NULL::text[]", [String].self, "is null, not \(wholeTexts)"),
      Misfit("NULL::text[]", [String?].self, "is null, not an array of texts"),
      Misfit("NULL::int[]", [Int].self, "is null, not \(wholeIntegers)"),
      Misfit("1.5::float8", Int.self, "is of type double precision, not \(anInteger)"),
      Misfit("'5'::varchar(9)", Int.self, "is of type character varying, not \(anInteger)"),
      Misfit("date '2026-11-23'", Int.self, "is of type date, not \(anInteger)"),
      Misfit("'t'::text", Bool.self, "is of type text, not a boolean"),
      Misfit("'1.5'::text", Double.self, "is of type text, not a number"),
      Misfit("5", PostgresInstant.self, "is of type integer, not \(anInstant)"),
      Misfit("interval '1 day'", PostgresInstant.self, "is of type interval, not \(anInstant)"),
      Misfit("ARRAY[1]", Int.self, "is of type integer[], not \(anInteger)"),
      Misfit("'{a}'::text", [String].self, "is of type text, not \(wholeTexts)"),
      Misfit("ARRAY['1']", [Int].self, "is of type text[], not \(wholeIntegers)"),
      Misfit("ARRAY[1,NULL]", [Int].self, "contains a integer[] that is not \(wholeIntegers)"),
      Misfit("'[5:6]={1,2}'::int[]", [Int].self, "contains a integer[] that is not \(wholeIntegers)"),
      Misfit("'NaN'::numeric", Int.self, "contains a numeric that is not \(anInteger)"),
      Misfit("'Infinity'::numeric", Int64.self, "contains a numeric that is not \(anInteger)"),
      Misfit("9223372036854775808", Int.self, "contains a numeric that is not \(anInteger)"),
      Misfit("-9223372036854775809", Int.self, "contains a numeric that is not \(anInteger)"),
      Misfit("0.5::numeric", Int.self, "contains a numeric that is not \(anInteger)"),
      Misfit("1e400::numeric", Double.self, "contains a numeric that is not a number"),
      Misfit("-1e400::numeric", Double.self, "contains a numeric that is not a number"),
      Misfit(
        "timestamptz 'infinity'", PostgresInstant.self, "contains a timestamp with time zone that is not \(anInstant)"),
      Misfit("timestamp '-infinity'", PostgresInstant.self, "contains a timestamp that is not \(anInstant)"),
      Misfit("date '5874897-12-31'", PostgresInstant.self, "contains a date that is not \(anInstant)"),
      Misfit("timestamp '0001-01-01 BC'", PostgresInstant.self, "contains a timestamp that is not \(anInstant)"),
    ])
  func misfits(_ misfit: Misfit) throws {
    let row = try connection.query("SELECT \(misfit.expression) AS \"seat no\"")[0]
    let error = #expect(throws: PostgresError.self) { try misfit.read(row) }
    #expect(error?.problem == .undecodable)
    #expect(error?.message == "column 'seat no' \(misfit.complaint)")
    #expect(error?.column == "seat no")
    #expect(error?.failure.kind == .failed)
    #expect(error?.failure.message.hasPrefix("PostgreSQL, test_") == true)
  }

  @Test(
    "a point in time after the last microsecond that can be counted is an error, not a crash",
    arguments: ["timestamptz '294276-12-31 23:59:59.999999+00'", "timestamp '294248-01-01'", "date '999999-01-01'"])
  func beyondTheLastInstant(expression: String) {
    let error = #expect(throws: PostgresError.self) { try value(expression, as: PostgresInstant.self) }
    #expect(error?.problem == .undecodable)
  }

  @Test(
    "the largest and the smallest of every integer type arrive whole",
    arguments: [
      ("(-32768)::smallint", -32_768), ("32767::smallint", 32_767), ("(-2147483648)::int", -2_147_483_648),
      ("2147483647", 2_147_483_647), ("(-9223372036854775808)::bigint", Int.min),
      ("9223372036854775807", Int.max), ("4294967295::oid", 4_294_967_295), ("'4294967295'::xid", 4_294_967_295),
      ("9223372036854775807::numeric", Int.max), ("(-9223372036854775808)::numeric", Int.min), ("0::numeric", 0),
    ])
  func integers(expression: String, number: Int) throws {
    #expect(try value(expression, as: Int.self) == number)
    #expect(try value(expression, as: Int64.self) == Int64(number))
    #expect(try value(expression, as: Int?.self) == number)
  }

  @Test(
    "the largest, the smallest and the infinite of every other number arrive too",
    arguments: [
      ("1.7976931348623157e308::float8", Double.greatestFiniteMagnitude), ("5e-324::float8", .leastNonzeroMagnitude),
      ("'Infinity'::float8", .infinity), ("'-Infinity'::float4", -.infinity), ("'Infinity'::numeric", .infinity),
      ("3.4028235e38::float4", 3.4028235e38), ("0.1::numeric", 0.1), ("1e-400::numeric", 0), ("1e300::numeric", 1e300),
    ])
  func doubles(expression: String, number: Double) throws {
    #expect(try value(expression, as: Double.self) == number)
  }

  @Test("a numeric that is no number is none here either")
  func notANumber() throws {
    #expect(try value("'NaN'::numeric", as: Double.self).isNaN)
    #expect(try value("'NaN'::float4", as: Double.self).isNaN)
  }

  @Test(
    "a session's zone changes nothing: every instant is the one that the server counts",
    arguments: ["UTC", "Asia/Seoul", "America/St_Johns", "Europe/Dublin", "Africa/Monrovia"])
  func instants(zone: String) throws {
    _ = try connection.query("SELECT set_config('TimeZone', $1, false)", [PostgresValue(zone)])
    var count = 0
    let steps =
      "generate_series(timestamptz '0001-01-02 00:00:00+00', '9999-12-01', interval '401 days 05:01:02.000003')"
    try connection.stream(
      "SELECT t, (extract(epoch FROM t) * 1000000)::bigint AS counted, (t AT TIME ZONE 'UTC') AS plain FROM \(steps) t"
    ) { row in
      let counted = try row.decode("counted", as: Int64.self)
      let found = [try row.decode("t", as: PostgresInstant.self), try row.decode("plain", as: PostgresInstant.self)]
      if found != Array(repeating: PostgresInstant(microsecondsSinceEpoch: counted), count: 2) {
        Issue.record("\(try row.decode("t", as: String.self)) is \(counted), not \(found)")
      }
      count += 1
    }
    #expect(count > 9_000)
  }

  @Test("the milliseconds of the first and of the last instant there can be are counted, not a crash")
  func extremeMilliseconds() {
    #expect(PostgresInstant(microsecondsSinceEpoch: .min).milliseconds == -9_223_372_036_854_776)
    #expect(PostgresInstant(microsecondsSinceEpoch: .max).milliseconds == 9_223_372_036_854_775)
    #expect(PostgresInstant(microsecondsSinceEpoch: .min) < PostgresInstant(microsecondsSinceEpoch: .max))
  }
}

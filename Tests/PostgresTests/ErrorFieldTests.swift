import Failures
import Postgres
import Support
import Testing

@Suite("What an error carries")
struct ErrorFieldTests {
  let connection: PostgresConnection

  init() throws {
    connection = try PostgresConnection(scratchServer())
    try connection.script(
      """
      CREATE TEMP TABLE concert (id int PRIMARY KEY);
      CREATE TEMP TABLE seat (
        id int CONSTRAINT seat_key PRIMARY KEY, price int NOT NULL CONSTRAINT seat_price CHECK (price > 0),
        concert_id int CONSTRAINT seat_concert REFERENCES concert, held int4range,
        CONSTRAINT seat_held EXCLUDE USING gist (held WITH &&));
      CREATE DOMAIN pg_temp.won AS int CONSTRAINT won_positive CHECK (VALUE >= 0);
      INSERT INTO concert VALUES (1);
      INSERT INTO seat VALUES (1, 100, 1, '[1,5)');
      """)
  }

  @Test(
    "a broken rule names itself, its table and its column, and its data stay out of the failure",
    arguments: [
      ("INSERT INTO seat VALUES (1, 4711, 1)", "23505", "seat", nil, "seat_key"),
      ("INSERT INTO seat VALUES (2, NULL, 1, '[4711,4712)')", "23502", "seat", "price", nil),
      ("INSERT INTO seat VALUES (2, -4711, 1)", "23514", "seat", nil, "seat_price"),
      ("INSERT INTO seat VALUES (2, 1, 4711)", "23503", "seat", nil, "seat_concert"),
      ("INSERT INTO seat VALUES (2, 1, 1, '[4,4711)')", "23P01", "seat", nil, "seat_held"),
      ("DELETE FROM concert WHERE id = 1", "23503", "seat", nil, "seat_concert"),
      ("SELECT (-4711)::pg_temp.won", "23514", nil, nil, "won_positive"),
    ] as [(String, String, String?, String?, String?)])
  func rules(sql: String, state: String, table: String?, column: String?, constraint: String?) throws {
    let error = try #require(throws: PostgresError.self) { try connection.execute(sql) }
    #expect(error.sqlState == state)
    #expect((error.table, error.column, error.constraint) == (table, column, constraint))
    #expect(error.schema?.hasPrefix("pg_temp") == true)
    #expect(error.isUniqueViolation == (state == "23505"))
    #expect(error.failure.kind == .failed)
    #expect(!"\(error.failure)".contains("4711"))
    #expect(error.failure.causes == ["SQLSTATE \(state)"])
  }

  @Test("what a function raises arrives field by field, and where it was")
  func raised() throws {
    try connection.script(
      """
      CREATE FUNCTION pg_temp.hold() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'seat is gone' USING ERRCODE = 'P4711', DETAIL = 'held since noon', HINT = 'choose another',
          SCHEMA = 'box', TABLE = 'seat', COLUMN = 'status', CONSTRAINT = 'one_holder';
      END $$
      """)
    let error = try #require(throws: PostgresError.self) { try connection.query("SELECT pg_temp.hold()") }
    #expect((error.message, error.sqlState, error.detail) == ("seat is gone", "P4711", "held since noon"))
    #expect((error.schema, error.table, error.column) == ("box", "seat", "status"))
    #expect((error.constraint, error.hint) == ("one_holder", "choose another"))
    #expect(error.context?.contains("hold() line 2 at RAISE") == true)
    #expect((error.position, error.near) == (nil, nil))
    #expect(error.failure.causes == ["SQLSTATE P4711", "held since noon"])
    #expect(error.failure.hints == ["choose another"])
  }

  @Test(
    "a mistake in a statement is shown where it stands, on one line and no longer than a line",
    arguments: [
      ("SELECT nam FROM concert", 8, "nam FROM concert"), ("SELECT 1\nFROM nowhere\nWHERE true", 15, "nowhere"),
      ("SELECT '좌석 🎟' FROM 없음", 20, "없음"), ("SELECT id FROM concert WHERE", 29, ""),
      ("SELECT missing AS a_rather_long_name_for_a_column", 8, "missing AS a_rather_long_name_"),
      ("SELECT foo(1)", 8, "foo(1)"), ("VALUES (1), (1, 2)", 14, "1, 2)"),
    ])
  func places(sql: String, position: Int, near: String) throws {
    let error = try #require(throws: PostgresError.self) { try connection.query(sql) }
    #expect((error.position, error.near) == (position, near))
    #expect(error.failure.kind == .badInput)
    #expect(error.failure.causes.first?.hasSuffix("at character \(position), near '\(near)'") == true)
  }

  @Test("the server's own hint is passed on")
  func hint() throws {
    let error = try #require(throws: PostgresError.self) { try connection.query("SELECT concert_idd FROM seat") }
    #expect(error.isUndefinedColumn)
    #expect(error.failure.hints == ["Perhaps you meant to reference the column \"seat.concert_id\"."])
  }

  @Test("a role without the right is refused with the way out, whatever it asks for")
  func privileges() throws {
    let role = "usher_reader_\(connection.backendPID)"
    try connection.script(
      "CREATE TABLE guarded_\(role) (i int); CREATE ROLE \(role) LOGIN; GRANT SELECT ON guarded_\(role) TO \(role)")
    defer { _ = try? connection.script("DROP TABLE guarded_\(role); DROP ROLE \(role)") }
    let reader = try PostgresConnection(scratchServer("user=\(role)"))
    #expect(try reader.query("SELECT * FROM guarded_\(role)").isEmpty)
    for sql in ["DELETE FROM guarded_\(role)", "CREATE ROLE other", "SELECT pg_read_file('/etc/passwd')"] {
      let error = try #require(throws: PostgresError.self) { try reader.execute(sql) }
      #expect(error.isInsufficientPrivilege, "\(sql)")
      #expect(error.failure.kind == .refused)
      #expect(error.failure.hints.count == 1)
    }
  }

  @Test("a statement that fails leaves the next one its own answer, hundreds of times over")
  func manyErrors() throws {
    for number in 0..<300 {
      #expect(throws: PostgresError.self) { try connection.query("SELECT 1 / $1::int", [0]) }
      #expect(try connection.query("SELECT $1::int", [PostgresValue(number)])[0].decode(0) == number)
    }
  }
}

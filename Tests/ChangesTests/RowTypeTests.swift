import Postgres
import Support
import Testing

@testable import Changes

/// A column of any type can be guarded, changed and undone, whether or not the type has an equality.
@Suite("Changes to rows of any type")
struct RowTypeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let type: String
    let before: String?
    let after: String?
    /// A value that the type may hold for equal to `before`, or shows in the same way elsewhere, and that is another.
    let near: String?
    var testDescription: String { type }

    init(_ type: String, _ before: String?, _ after: String?, near: String?) {
      (self.type, self.before, self.after, self.near) = (type, before, after, near)
    }
  }

  static let cases = [
    Case("text", "a", "b", near: "a "), Case("varchar(5)", "NULL", nil, near: nil),
    Case("char(8)", "LOCKED", "OPEN", near: "locked"),
    Case("name", "a", "b", near: "A"), Case("\"char\"", "a", "b", near: "A"),
    Case("boolean", "true", "false", near: nil),
    Case("smallint", "1", "-2", near: "2"), Case("numeric(12,4)", "1.5", "2", near: "1.5001"),
    Case("numeric", "1.0", "2", near: "1.00"), Case("real", "0.1", "0.2", near: "0.10000001"),
    Case("double precision", "0.30000000000000004", "0.3", near: "0.3"), Case("float8", "0", "1", near: "-0"),
    Case("money", "1.00", "2.00", near: "1.01"), Case("uuid", "7b0e7c1e-6f0a-4d1c-9a58-6f1c4f3f0b11", nil, near: nil),
    Case(
      "timestamptz", "2024-02-29 12:34:56.789012+09", "2024-03-01 00:00:00+00", near: "2024-02-29 12:34:56.789013+09"),
    Case("timestamptz(0)", "2024-02-29 12:34:56+09", "2024-03-01 00:00:00.7+00", near: "2024-02-29 12:34:57+09"),
    Case("timestamp", "infinity", "2024-03-01 00:00:00", near: "-infinity"),
    Case("date", "2024-02-29", nil, near: "2024-03-01"),
    Case("time(3)", "12:00:00.123", "13:00", near: "12:00:00.124"),
    Case("interval", "1 month", "2 days", near: "30 days"),
    Case("json", "{\"a\": 1}", "{}", near: "{\"a\":1}"), Case("jsonb", "{\"a\": 1.0}", "[]", near: "{\"a\": 1.00}"),
    Case("xml", "<a/>", "<b/>", near: "<a></a>"), Case("bytea", "\\x00ff", "\\x", near: "\\x00fe"),
    Case("point", "(1,2)", "(3,4)", near: "(1,2.000001)"),
    Case("box", "(2,2),(0,0)", "(1,1),(0,0)", near: "(4,1),(0,0)"),
    Case("int[]", "{1,NULL,3}", "{}", near: "{1,3}"),
    Case("text[]", "{a,\"NULL\",NULL}", "{{x},{y}}", near: "{a,NULL,NULL}"),
    Case("int4range", "[1,5)", "empty", near: "[1,6)"), Case("inet", "10.0.0.1/8", "::1", near: "10.0.0.1"),
    Case("bit(3)", "101", "111", near: "100"), Case("bit varying", "10", "", near: "100"),
    Case("tsvector", "'a':1", "'b'", near: "'a'"),
    Case("mood", "calm", "busy", near: "Calm"), Case("small", "1", "2", near: "3"),
    Case("pair", "(1,x)", "(,)", near: "(1,\"x \")"),
  ]

  @Test(
    "the change finds what the plan saw and nothing else, and the undo gives it back to the letter", arguments: cases)
  func roundTrip(example: Case) throws {
    let stage = try RowStage()
    try stage.run(
      """
      CREATE TYPE mood AS ENUM ('calm', 'busy', 'Calm'); CREATE DOMAIN small AS int CHECK (VALUE < 9);
      CREATE TYPE pair AS (n int, t text); CREATE TABLE odd (id int PRIMARY KEY, c \(example.type));
      """)
    let connection = stage.store.connection
    let near = example.near ?? example.after
    for (id, value) in [(1, example.before), (2, near), (3, nil), (4, example.before)] {
      try connection.execute(
        "INSERT INTO odd VALUES ($1::int, $2::text::\(example.type))", [.init(id), value.map { .init(text: $0) }])
    }
    let before = try stage.rows(of: "odd")
    // What a plan reads, in a session of another time zone.
    let planner = try stage.store.database.connect()
    try planner.script("SET TimeZone TO 'Asia/Seoul'")
    let seen: String? = try planner.query("SELECT c::text FROM odd WHERE id = 1")[0].decode(0)
    let id = try stage.begin()
    let change = try RowChange(table: "odd", key: ["id"], columns: ["c"], on: connection)
    let changed = try change.apply(
      keys: [.each(["1", "2", "3", "4"])], before: [.same(seen)], after: [.same(example.after)], operation: id,
      batch: 0,
      journal: stage.store.postgresJournal)
    #expect(changed == 2)
    let after = try stage.rows(of: "odd")
    #expect(after[0] != before[0] && after[1] == before[1] && after[2] == before[2] && after[3] != before[3])
    // Somebody changes one of the two meanwhile.
    try connection.execute(
      "UPDATE odd SET c = $1::text::\(example.type) WHERE id = 4", [example.before.map { .init(text: $0) }])
    try connection.script("SET TimeZone TO 'America/New_York'")
    #expect(try stage.undo(id).plan() == RowUndo.Plan(count: 1, moved: 1, tables: ["public.odd"]))
    #expect(try stage.undo(id).apply(as: try stage.begin()) == ChangeOutcome(changed: 1, skipped: 1))
    try connection.script("RESET TimeZone")
    #expect(try stage.rows(of: "odd") == before)
  }

  @Test(
    "a key of any type finds its row by an index",
    arguments: ["uuid", "text", "varchar(40)", "char(40)", "bigint", "numeric"])
  func keys(type: String) throws {
    let stage = try RowStage()
    let value = type == "uuid" ? "md5(i::text)::uuid" : "i::\(type)"
    try stage.run(
      "CREATE TABLE odd (id \(type) PRIMARY KEY, c int); INSERT INTO odd SELECT \(value), 0 FROM generate_series(1, 50) i"
    )
    let ids = try stage.store.connection.query("SELECT id::text FROM odd ORDER BY id LIMIT 7").map { try $0.text(0) }
    let id = try stage.begin()
    let change = try RowChange(table: "odd", key: ["id"], columns: ["c"], on: stage.store.connection)
    try stage.run("SET enable_seqscan = off")
    try stage.store.connection.transaction {
      let changed = try change.apply(
        keys: [.each(ids)], before: [.same("0")], after: [.same("1")], operation: id, batch: 0,
        journal: stage.store.postgresJournal)
      #expect(changed == 7)
      let scans = try stage.store.connection.query("SELECT pg_stat_get_xact_numscans('odd_pkey'::regclass)")
      #expect(try scans[0].decode(0, as: Int.self) > 0)
    }
    #expect(try stage.store.connection.query("SELECT FROM odd WHERE c = 1").count == 7)
    #expect(try stage.undo(id).apply(as: try stage.begin()).changed == 7)
    #expect(try stage.store.connection.query("SELECT FROM odd WHERE c = 1").isEmpty)
  }
}

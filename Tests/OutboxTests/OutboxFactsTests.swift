import Failures
import Postgres
import Support
import Testing

@testable import Outbox

@Suite("What the catalogue says of the outbox")
struct OutboxFactsTests {
  @Test(
    "the id is unique when an index over it alone says so for all rows",
    arguments: [
      ("ALTER TABLE o ADD PRIMARY KEY (id)", true), ("CREATE UNIQUE INDEX ON o (id)", true),
      ("CREATE UNIQUE INDEX ON o (id) INCLUDE (status)", true), ("SELECT 1", false), ("CREATE INDEX ON o (id)", false),
      ("CREATE UNIQUE INDEX ON o (id, status)", false), ("CREATE UNIQUE INDEX ON o (status)", false),
      ("CREATE UNIQUE INDEX ON o (id) WHERE status = 'INIT'", false), ("CREATE UNIQUE INDEX ON o (abs(id))", false),
      (
        "CREATE UNIQUE INDEX i ON o (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
        false
      ),
    ])
  func uniqueness(statement: String, isUnique: Bool) throws {
    let (database, table) = try Self.open("CREATE TABLE o (id int, status text, at timestamptz); \(statement)")
    #expect(try table.idIsUnique() == isUnique)
    _ = database
  }

  @Test("a view over a table with a primary key has no unique id of its own")
  func view() throws {
    let (database, table) = try Self.open(
      "CREATE TABLE t (id int PRIMARY KEY, status text, at timestamptz); CREATE VIEW o AS SELECT * FROM t")
    #expect(try !table.idIsUnique())
    _ = database
  }

  @Test("the mapped columns are told with their types, lengths included")
  func columns() throws {
    let (database, table) = try Self.open("CREATE TABLE o (id int, status varchar(16), at timestamp(3))")
    #expect(
      table.mappedColumns.map { "\($0.role) \($0.name) \($0.type)" } == [
        "id id integer", "status status character varying(16)", "created at timestamp(3) without time zone",
      ])
    _ = database
  }

  @Test(
    "a role lacks what it was not granted, column by column",
    arguments: [
      ("GRANT SELECT, UPDATE ON o TO reader", []), ("GRANT SELECT ON o TO reader", ["UPDATE on status"]),
      ("GRANT SELECT, UPDATE (status) ON o TO reader", []),
      ("GRANT SELECT (id, status, at), UPDATE (status) ON o TO reader", []),
      ("GRANT SELECT (id, at), UPDATE (at) ON o TO reader", ["SELECT on status", "UPDATE on status"]),
      ("SELECT 1", ["SELECT on at", "SELECT on id", "SELECT on status", "UPDATE on status"]),
    ])
  func privileges(grant: String, missing: [String]) throws {
    let (database, _) = try Self.open("CREATE TABLE o (id int, status text, at timestamptz, note text)")
    let connection = try database.connect()
    let role = "reader_\(database.name)"
    try connection.script("CREATE ROLE \(role); \(grant.replacing("reader", with: role))")
    defer { _ = try? connection.script("RESET ROLE; DROP OWNED BY \(role); DROP ROLE \(role)") }
    try connection.script("SET ROLE \(role)")
    #expect(try OutboxTable(Self.mapping(), on: connection).missingPrivileges() == missing)
  }

  @Test("the columns of templates have to be readable, and the published column to be set")
  func furtherColumns() throws {
    let (database, _) = try Self.open(
      "CREATE TABLE o (id int, status text, at timestamptz, sent timestamptz, note text)")
    let connection = try database.connect()
    let role = "reader_\(database.name)"
    try connection.script("CREATE ROLE \(role); GRANT SELECT (id, status, at, sent), UPDATE (status) ON o TO \(role)")
    defer { _ = try? connection.script("RESET ROLE; DROP OWNED BY \(role); DROP ROLE \(role)") }
    try connection.script("SET ROLE \(role)")
    var mapping = Self.mapping()
    mapping.columns.published = "sent"
    mapping.publishing.headers = [.init(name: "h", value: try OutboxTemplate("{note}", role: "h"))]
    #expect(
      try OutboxTable(mapping, on: connection).missingPrivileges() == ["SELECT on note", "UPDATE on sent"])
  }

  @Test("events in statuses that the mapping does not name are counted by status, most first, NULL too")
  func unmapped() throws {
    let (database, table) = try Self.open(
      """
      CREATE TABLE o (id int, status text, at timestamptz);
      INSERT INTO o SELECT i, CASE WHEN i < 3 THEN 'SENT' WHEN i < 7 THEN NULL WHEN i < 9 THEN 'DEAD' ELSE 'INIT' END, now()
      FROM generate_series(1, 20) i
      """)
    for overview in [try table.overview(), try table.overviewByType()] {
      #expect(
        overview.unmapped == [
          .init(status: nil, count: 4), .init(status: "DEAD", count: 2), .init(status: "SENT", count: 2),
        ])
      #expect(overview.counts.other == 8)
    }
    _ = database
  }

  private static func mapping() -> OutboxMapping {
    OutboxMapping(table: "o", columns: .init(id: "id", status: "status", created: "at"))
  }

  private static func open(_ script: String) throws -> (TestDatabase, OutboxTable) {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    try connection.script(script)
    return (database, try OutboxTable(mapping(), on: connection))
  }
}

import Changes
import Failures
import Postgres
import Support
import Testing

@testable import Advisor

@Suite("What is known of tables and indexes")
struct IndexFactsTests {
  @Test(
    "names are cut to 63 bytes, fairly between table and columns",
    arguments: [
      ("seat", ["status"], 0, "seat_status_idx"), ("seat", ["status"], 1, "seat_status_idx1"),
      ("seat", ["status"], 12, "seat_status_idx12"), ("a", ["b", "c"], 0, "a_b_c_idx"),
      (String(repeating: "t", count: 63), ["x"], 0, String(repeating: "t", count: 57) + "_x_idx"),
      ("t", [String(repeating: "c", count: 63)], 0, "t_" + String(repeating: "c", count: 57) + "_idx"),
      (
        String(repeating: "t", count: 63), [String(repeating: "c", count: 63)], 0,
        String(repeating: "t", count: 29) + "_" + String(repeating: "c", count: 29) + "_idx"
      ),
    ])
  func names(table: String, columns: [String], attempt: Int, name: String) {
    #expect(IndexName.choose(table: table, columns: columns, attempt: attempt) == name)
    #expect(name.utf8.count <= 63)
  }

  @Test("an estimate grows with the table, and is never a point")
  func estimates() {
    let small = IndexEstimate(rows: 1000, tableBytes: 80_000, keyBytes: 8)
    let large = IndexEstimate(rows: 10_000_000, tableBytes: 800_000_000, keyBytes: 40)
    #expect(small.bytes.upperBound < large.bytes.upperBound)
    #expect(small.time.upperBound <= large.time.upperBound)
    #expect(large.time.lowerBound < large.time.upperBound)
    let empty = IndexEstimate(rows: 0, tableBytes: 0, keyBytes: 8)
    #expect(empty.bytes.lowerBound > 0)
    #expect(empty.time.lowerBound == .zero)
  }

  @Test("a phase that counts blocks or rows has work to show, others none, and one that waits none either")
  func work() {
    func work(
      _ blocks: (Int, Int), _ tuples: (Int, Int), phase: String = "building index", waitsFor: OpenTransaction? = nil
    ) -> String? {
      IndexBuildProgress(
        phase: phase, blocksDone: blocks.0, blocksTotal: blocks.1, tuplesDone: tuples.0, tuplesTotal: tuples.1,
        waitsFor: waitsFor, index: nil
      ).work.map { "\($0.done) of \($0.total) \($0.unit)" }
    }
    #expect(work((0, 0), (0, 0)) == nil)
    #expect(work((5, 10), (0, 0)) == "5 of 10 blocks")
    #expect(work((0, 0), (1, 3)) == "1 of 3 rows")
    #expect(work((11, 10), (0, 0)) == "10 of 10 blocks")
    // The counts of the phase before stay in the server's view.
    #expect(work((10, 10), (0, 0), phase: "waiting for old snapshots") == nil)
    let holder = OpenTransaction(pid: 1, role: "x", application: "", state: "active", ageMilliseconds: 0)
    #expect(work((5, 10), (0, 0), waitsFor: holder) == nil)
  }

  @Test("a session is described so that one can find its owner")
  func sessions() {
    let session = OpenTransaction(
      pid: 4711, role: "ann", application: "psql", state: "idle in transaction", ageMilliseconds: 312_900)
    #expect(session.description == "pid 4711 (psql of ann, idle in transaction for 5m 12s)")
    let nameless = OpenTransaction(pid: 1, role: "x", application: "", state: "active", ageMilliseconds: 0)
    #expect(nameless.description == "pid 1 (a session of x, active for 0ms)")
  }

  @Test("planning leaves nothing behind, and no transaction open")
  func noTraces() throws {
    let stage = try IndexStage()
    _ = try stage.plan("status")
    _ = try? stage.plan("nope")
    #expect(!stage.connection.isInTransaction)
    #expect(try stage.connection.query("SELECT 1 FROM pg_class WHERE relname LIKE 'usher_probe%'").isEmpty)
  }

  @Test("an index that was made is recognised, over every kind of column")
  func kindsOfColumns() throws {
    let stage = try IndexStage(seats: 10)
    try stage.connection.script(
      """
      CREATE TYPE mood AS ENUM ('calm', 'busy'); CREATE DOMAIN price AS bigint CHECK (VALUE >= 0);
      CREATE TABLE odd (id int GENERATED ALWAYS AS IDENTITY, m mood, p price, a text[], i inet, u uuid, t timestamptz,
        twice int GENERATED ALWAYS AS (7 * 2) STORED, c text COLLATE "C", "Ünï" varchar(7));
      """)
    for column in ["id", "m", "p", "a", "i", "u", "t", "twice", "c", "Ünï"] {
      let request = IndexRequest(table: "odd", columns: [IndexColumn(column)])
      #expect(
        try stage.indexes.create(try stage.indexes.planCreation(request), control: .init()).changed == 1, "\(column)")
      #expect(try stage.indexes.planCreation(request).count == 0, "\(column)")
    }
    #expect(
      try stage.indexes.planCreation(IndexRequest(table: "odd", columns: [IndexColumn("m")], condition: "m = 'busy'"))
        .count == 1)
  }

  @Test("a materialised view and an unlogged table are indexed like tables")
  func kindsOfTables() throws {
    let stage = try IndexStage(seats: 10)
    try stage.connection.script(
      "CREATE MATERIALIZED VIEW summary AS SELECT status, count(*) AS n FROM seat GROUP BY 1; CREATE UNLOGGED TABLE quick (i int)"
    )
    for (table, column) in [("summary", "status"), ("quick", "i")] {
      let plan = try stage.indexes.planCreation(IndexRequest(table: table, columns: [IndexColumn(column)]))
      #expect(try stage.indexes.create(plan, control: .init()).changed == 1)
    }
  }

  @Test("a table is found by its name in SQL, by its exact name, and by its schema")
  func lookingUp() throws {
    let stage = try IndexStage(seats: 1)
    try stage.connection.script("CREATE TABLE \"Odd Name\" (i int); CREATE SCHEMA shop; CREATE TABLE shop.seat (i int)")
    for (name, title) in [
      ("seat", "public.seat"), ("SEAT", "public.seat"), ("public.seat", "public.seat"), ("shop.seat", "shop.seat"),
      ("Odd Name", "public.Odd Name"), ("\"Odd Name\"", "public.Odd Name"),
    ] {
      #expect(try TableFacts.find(name, on: stage.connection).title == title)
    }
    try stage.connection.script("SET search_path TO shop")
    #expect(try TableFacts.find("seat", on: stage.connection).title == "shop.seat")
  }

  @Test("usher's own tables are left out, and everything of the service's is there, whatever the names of its schemas")
  func ownTables() throws {
    let stage = try IndexStage(seats: 1)
    try stage.connection.script("CREATE SCHEMA usher; CREATE TABLE usher.operation (name text PRIMARY KEY)")
    let names = ["operation", "seat"]
    func see() throws {
      #expect(try stage.indexes.list().map(\.title) == ["public.seat_pkey", "usher.operation_pkey"])
      #expect(try stage.indexes.list(.init(table: "operation")).map(\.title) == ["usher.operation_pkey"])
      #expect(try Relations(stage.connection).tables(limit: 9).map(\.name) == names)
      let failure = #expect(throws: Failure.self) { try TableFacts.find("chair", on: stage.connection) }
      #expect(failure?.hints == ["its tables: operation, seat"])
    }
    try see()
    _ = try PostgresJournal(stage.connection, actor: Actor(user: "ann", host: "ops-1")).begin(
      OperationRequest(command: "index create", commandLine: "", target: "seat", planned: 1, undo: .automatic),
      holding: nil)
    try see()
    // One of the name that usher did not create is the service's.
    try stage.connection.script("COMMENT ON SCHEMA usher_history IS 'what the ushers did'")
    #expect(try stage.indexes.list().contains { $0.title == "usher_history.operation_pkey" })
    #expect(try Relations(stage.connection).tables(limit: 9).contains { $0.name == "usher_history.operation" })
  }

  @Test("a role without the right to make temporary tables is told which right it needs")
  func noTemporaryTables() throws {
    let stage = try IndexStage(seats: 1)
    try stage.connection.script(
      """
      DO $$ BEGIN CREATE ROLE index_owner LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
      REVOKE TEMPORARY ON DATABASE \(stage.database.name) FROM PUBLIC;
      GRANT CREATE ON SCHEMA public TO index_owner; ALTER TABLE seat OWNER TO index_owner;
      """)
    let owner = try PostgresConnection(PostgresTarget(stage.database.conninfo + " user=index_owner"))
    let indexes = Indexes(owner, connect: { owner })
    let failure = #expect(throws: Failure.self) {
      try indexes.planCreation(IndexRequest(table: "seat", columns: [IndexColumn("status")]))
    }
    #expect(failure?.kind == .refused)
    #expect(failure?.hints.first?.contains("GRANT TEMPORARY") == true)
    try stage.connection.script("GRANT TEMPORARY ON DATABASE \(stage.database.name) TO index_owner")
    #expect(try indexes.planCreation(IndexRequest(table: "seat", columns: [IndexColumn("status")])).count == 1)
  }
}

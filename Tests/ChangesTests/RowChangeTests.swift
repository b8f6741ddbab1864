import Failures
import Postgres
import Support
import Testing

@testable import Changes

@Suite("Guarded changes to rows")
struct RowChangeTests {
  let stage: RowStage

  init() throws { stage = try RowStage() }

  @Test("only rows that are as the plan saw them are changed and counted, and others keep what they have")
  func guarded() throws {
    try stage.fill(6)
    try stage.run(
      """
      UPDATE seat SET version = 9 WHERE id = 2;
      UPDATE seat SET status = 'EXPIRED' WHERE id = 3;
      UPDATE seat SET status = NULL WHERE id = 4;
      DELETE FROM seat WHERE id = 5;
      """)
    let before = try stage.rows()
    let id = try stage.begin()
    #expect(try stage.release(["1", "2", "3", "4", "5", "6"], operation: id) == 2)
    #expect(
      try stage.rows()
        == before.map {
          $0.replacing("(1,LOCKED,1", with: "(1,UNLOCKED,2").replacing("(6,LOCKED,1", with: "(6,UNLOCKED,2")
        })
    #expect(try stage.store.postgresJournal.find(id)?.changed == 2)
  }

  @Test("rows of one change may each have values of their own, and NULL is a value")
  func each() throws {
    try stage.run("INSERT INTO seat VALUES (1, NULL, 1), (2, 'LOCKED', 5), (3, '', NULL)")
    let before = try stage.rows()
    let id = try stage.begin()
    let changed = try stage.seats().apply(
      keys: [.each(["3", "1", "2"])], before: [.each(["", nil, "LOCKED"]), .each([nil, "1", "5"])],
      after: [.each([nil, "a,\"b\" {c} \\ 'd' $1", "NULL"]), .each(["7", nil, "6"])], operation: id, batch: 0,
      journal: stage.store.postgresJournal)
    #expect(changed == 3)
    #expect(try stage.rows() == [#"(1,"a,""b"" {c} \\ 'd' $1",)"#, "(2,NULL,6)", "(3,,7)"])
    #expect(try stage.undo(id).apply(as: try stage.begin()).changed == 3)
    #expect(try stage.rows() == before)
  }

  @Test("a row that another transaction is changing is judged by what that leaves", arguments: [true, false])
  func concurrent(commits: Bool) throws {
    try stage.fill(2)
    let other = try stage.store.database.connect()
    try other.script("BEGIN; UPDATE seat SET version = 5 WHERE id = 2")
    let id = try stage.begin()
    let pid = stage.store.connection.backendPID
    let watcher = Unshared((other, try stage.store.database.connect()))
    let meanwhile = Background {
      try watcher.value.1.waitFor("wait_event_type = 'Lock'", pid: pid)
      try watcher.value.0.script(commits ? "COMMIT" : "ROLLBACK")
    }
    let changed = try stage.release(["1", "2"], operation: id)
    try meanwhile.finish()
    #expect(changed == (commits ? 1 : 2))
    #expect(try stage.rows() == ["(1,UNLOCKED,2)", commits ? "(2,LOCKED,5)" : "(2,UNLOCKED,2)"])
  }

  @Test("the rows, their count and what undoes them are rolled back with the transaction")
  func rolledBack() throws {
    try stage.fill(3)
    let before = try stage.rows()
    let id = try stage.begin()
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try stage.store.connection.transaction {
        #expect(try stage.release(["1", "2", "3"], operation: id) == 3)
        throw Stop()
      }
    }
    #expect(try stage.rows() == before)
    #expect(try stage.store.postgresJournal.find(id)?.changed == 0)
    #expect(try stage.undo(id).plan() == RowUndo.Plan())
  }

  @Test("a session that ends before the commit leaves neither a changed row nor a count")
  func killed() throws {
    try stage.fill(3)
    let before = try stage.rows()
    let (victim, id) = (try stage.store.database.connect(), try stage.begin())
    let journal = PostgresJournal(victim, actor: .lee)
    #expect(throws: PostgresError.self) {
      try victim.transaction {
        _ = try stage.release(["1", "2", "3"], operation: id, journal: journal)
        try stage.store.connection.execute("SELECT pg_terminate_backend($1::int, 60000)", [.init(victim.backendPID)])
      }
    }
    #expect(try stage.rows() == before)
    #expect(try stage.store.postgresJournal.find(id)?.changed == 0)
    #expect(try stage.undo(id).plan() == RowUndo.Plan())
  }

  @Test("a key that stands for several rows is an error, and changes nothing")
  func sharedKey() throws {
    try stage.run(
      "ALTER TABLE seat DROP CONSTRAINT seat_pkey; INSERT INTO seat VALUES (1, 'LOCKED', 1), (1, 'LOCKED', 1), (2, 'LOCKED', 1)"
    )
    let before = try stage.rows()
    let id = try stage.begin()
    let failure = #expect(throws: Failure.self) { try stage.release(["1", "2"], operation: id) }
    #expect(failure?.kind == .failed)
    #expect(failure?.message == "changing 2 rows of table public.seat would have changed 3")
    #expect(failure?.causes == ["'id' is not unique"])
    #expect(try stage.rows() == before)
    #expect(try stage.store.postgresJournal.find(id)?.changed == 0)
  }

  @Test("names are quoted, a key may be of several columns, and the table may be in any schema")
  func names() throws {
    try stage.run(
      """
      CREATE SCHEMA "My Shop";
      CREATE TABLE "My Shop"."Odd""Table" ("Concert Id" int, "좌석" text, "select" text, plain int,
        PRIMARY KEY ("Concert Id", "좌석"));
      INSERT INTO "My Shop"."Odd""Table" VALUES (1, 'A-1', 'x', 1), (1, 'B-1', 'x', 2), (2, 'A-1', 'x', 3);
      """)
    let change = try RowChange(
      table: #""My Shop"."Odd""Table""#, key: ["Concert Id", "좌석"], columns: ["select"], on: stage.store.connection)
    let id = try stage.begin()
    let changed = try change.apply(
      keys: [.same("1"), .each(["B-1", "A-1"])], before: [.same("x")], after: [.same("y")], operation: id, batch: 0,
      journal: stage.store.postgresJournal)
    #expect(changed == 2)
    func rows() throws -> [String] { try stage.rows(of: #""My Shop"."Odd""Table""#) }
    #expect(try rows() == ["(1,A-1,y,1)", "(1,B-1,y,2)", "(2,A-1,x,3)"])
    #expect(try stage.undo(id).plan() == RowUndo.Plan(count: 2, moved: 0, tables: [#"My Shop.Odd"Table"#]))
    #expect(try stage.undo(id).apply(as: try stage.begin()).changed == 2)
    #expect(try rows() == ["(1,A-1,x,1)", "(1,B-1,x,2)", "(2,A-1,x,3)"])
  }

  @Test(
    "a table or a column that does not exist is an error that names it",
    arguments: [
      ("chair", ["id"], ["status"], "has no table chair"), ("seat", ["number"], ["status"], "no column 'number'"),
      ("seat", ["id"], ["status", "price"], "no column 'price'"),
    ] as [(String, [String], [String], String)])
  func missing(table: String, key: [String], columns: [String], message: String) throws {
    let failure = #expect(throws: Failure.self) {
      try RowChange(table: table, key: key, columns: columns, on: stage.store.connection)
    }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
  }

  @Test("values that do not fit the columns are an error, and change nothing")
  func misfit() throws {
    try stage.fill(2)
    let id = try stage.begin()
    let fits: ([RowValues], [RowValues], [RowValues]) = (
      [.each(["1", "2"])], [.same("LOCKED"), .same("1")], [.same("UNLOCKED"), .same("2")]
    )
    for (keys, before, after) in [
      ([], fits.1, fits.2), (fits.0, [.same("LOCKED")], fits.2), (fits.0, fits.1, [.same("UNLOCKED")]),
      (fits.0, [.each(["LOCKED"]), .same("1")], fits.2), ([.same("1")], fits.1, fits.2),
    ] {
      let failure = #expect(throws: Failure.self) {
        try stage.seats().apply(
          keys: keys, before: before, after: after, operation: id, batch: 0, journal: stage.store.postgresJournal)
      }
      #expect(failure?.kind == .bug)
    }
    #expect(try stage.rows() == ["(1,LOCKED,1)", "(2,LOCKED,1)"])
  }

  @Test("the planner does not use the guarding values to estimate how many rows of the table there are")
  func joined() throws {
    let connection = stage.store.connection
    // It takes the comparison of a cast column with a constant for so selective that it may join row by row.
    try stage.run(
      """
      INSERT INTO seat SELECT i, 'LOCKED', NULL FROM generate_series(1, 20000) i; ANALYZE seat;
      LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET client_min_messages = log;
      """)
    let id = try stage.begin()
    var plans: [String] = []
    connection.onNotice = { plans.append($0.message) }
    let changed = try stage.seats().apply(
      keys: [.each((1...5_000).map(String.init))], before: [.same("LOCKED"), .same(nil)],
      after: [.same("UNLOCKED"), .same("1")], operation: id, batch: 0, journal: stage.store.postgresJournal)
    connection.onNotice = nil
    #expect(changed == 5_000)
    let plan = try #require(plans.first { $0.contains("Update on seat") })
    let filters = plan.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("Filter: ") }
    #expect(!filters.contains { $0.contains("DISTINCT") }, "\(plan)")
  }

  @Test("thousands of rows are one change, and one batch of the history")
  func many() throws {
    try stage.fill(20_000)
    let id = try stage.begin()
    #expect(try stage.release((1...20_000).map(String.init), operation: id) == 20_000)
    #expect(try stage.store.connection.query("SELECT FROM usher_history.row_image").count == 1)
    #expect(try stage.undo(id).apply(as: try stage.begin()) == ChangeOutcome(changed: 20_000))
    let left = "SELECT count(*) FROM seat WHERE status = 'LOCKED' AND version = 1"
    #expect(try stage.store.connection.query(left)[0].decode(0, as: Int.self) == 20_000)
  }
}

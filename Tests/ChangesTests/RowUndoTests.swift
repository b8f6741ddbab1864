import Failures
import Postgres
import Support
import Synchronization
import Testing

@testable import Changes

@Suite("Undoing changes to rows")
struct RowUndoTests {
  let stage: RowStage

  init() throws { stage = try RowStage() }

  @Test("only rows that are as the change left them get their former values; the others are skipped")
  func guarded() throws {
    try stage.fill(5)
    let id = try stage.begin()
    #expect(try stage.release(["1", "2", "3", "4", "5"], operation: id) == 5)
    try stage.run(
      "UPDATE seat SET version = 3 WHERE id = 2; DELETE FROM seat WHERE id = 3; UPDATE seat SET status = 'LOCKED' WHERE id = 4"
    )
    #expect(try stage.undo(id).plan() == RowUndo.Plan(count: 2, moved: 3, tables: ["public.seat"]))
    let undoing = try stage.begin()
    #expect(try stage.undo(id).apply(as: undoing) == ChangeOutcome(changed: 2, skipped: 3))
    #expect(try stage.rows() == ["(1,LOCKED,1)", "(2,UNLOCKED,3)", "(4,LOCKED,2)", "(5,LOCKED,1)"])
    #expect(try stage.store.postgresJournal.find(undoing)?.changed == 2)
    #expect(try stage.undo(id).plan() == RowUndo.Plan())
    #expect(try stage.undo(id).apply(as: undoing) == ChangeOutcome())
  }

  @Test("a row that the change did not change is not undone, whoever gave it the same values")
  func notOurs() throws {
    try stage.fill(3)
    try stage.run("UPDATE seat SET status = 'UNLOCKED', version = 2 WHERE id = 2")
    let id = try stage.begin()
    #expect(try stage.release(["1", "2", "3"], operation: id) == 2)
    #expect(try stage.undo(id).apply(as: try stage.begin()) == ChangeOutcome(changed: 2))
    #expect(try stage.rows() == ["(1,LOCKED,1)", "(2,UNLOCKED,2)", "(3,LOCKED,1)"])
  }

  @Test("what a trigger makes of the new values is what an undo expects to find")
  func trigger() throws {
    try stage.fill(2)
    try stage.run(
      """
      CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.version := OLD.version + 40; RETURN NEW; END $$;
      CREATE TRIGGER bump BEFORE UPDATE ON seat FOR EACH ROW WHEN (NEW.status = 'UNLOCKED') EXECUTE FUNCTION bump();
      """)
    let before = try stage.rows()
    let id = try stage.begin()
    #expect(try stage.release(["1", "2"], operation: id) == 2)
    #expect(try stage.rows() == ["(1,UNLOCKED,41)", "(2,UNLOCKED,41)"])
    #expect(try stage.undo(id).apply(as: try stage.begin()) == ChangeOutcome(changed: 2))
    #expect(try stage.rows() == before)
  }

  @Test("a row that two batches have changed goes back through both")
  func twice() throws {
    try stage.fill(2)
    let before = try stage.rows()
    let id = try stage.begin()
    #expect(try stage.release(["1", "2"], operation: id) == 2)
    let changed = try stage.seats().apply(
      keys: [.each(["1"])], before: [.same("UNLOCKED"), .same("2")], after: [.same("SOLD"), .same("3")], operation: id,
      batch: 1, journal: stage.store.postgresJournal)
    #expect(changed == 1)
    #expect(try stage.undo(id).apply(as: try stage.begin()) == ChangeOutcome(changed: 3))
    #expect(try stage.rows() == before)
  }

  @Test("an undo that ends early keeps what is not undone yet, and the next one continues there")
  func interrupted() throws {
    try stage.fill(230)
    let before = try stage.rows()
    let id = try stage.begin()
    #expect(try stage.release((1...100).map(String.init), operation: id) == 100)
    #expect(try stage.release((101...230).map(String.init), operation: id, batch: 1) == 130)
    try stage.run("UPDATE seat SET version = 0 WHERE id = 230")
    let steps = Mutex<[Int]>([])
    let control = ChangeControl(
      unitsPerSecond: 400, isInterrupted: { steps.withLock { $0.count >= 3 } },
      progress: { done in steps.withLock { $0.append(done) } })
    let first = try stage.undo(id).apply(as: try stage.begin(), control: control)
    #expect(first.wasInterrupted && first.changed + first.skipped == 120)
    // A tenth of a second's rows at a time.
    let plan = try stage.undo(id).plan()
    #expect(plan.count == 230 - 1 - first.changed && plan.moved == 1 - first.skipped)
    let second = try stage.undo(id).apply(as: try stage.begin())
    #expect(second.changed == plan.count)
    try stage.run("UPDATE seat SET version = 1, status = 'LOCKED' WHERE id = 230")
    #expect(try stage.rows() == before)
    #expect(try stage.store.connection.query("SELECT FROM usher_history.row_image").isEmpty)
  }

  @Test(
    "a session that ends between two batches of an undo is opened again, and one that ends in a batch leaves the others undone"
  )
  func killed() throws {
    try stage.fill(100)
    let before = try stage.rows()
    let id = try stage.begin()
    #expect(try stage.release((1...100).map(String.init), operation: id) == 100)
    let victim = try stage.store.database.connect()
    let (pid, killer) = (victim.backendPID, Unshared(try stage.store.database.connect()))
    let undoing = try stage.begin()
    try stage.run(
      """
      CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id = 70 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
      CREATE TRIGGER fall BEFORE UPDATE ON seat FOR EACH ROW EXECUTE FUNCTION fall()
      """)
    let control = ChangeControl(
      unitsPerSecond: 300,
      progress: { done in
        if done == 30 { _ = try? killer.value.execute("SELECT pg_terminate_backend($1::int, 60000)", [.init(pid)]) }
      })
    #expect(throws: PostgresError.self) {
      try RowUndo(id, journal: PostgresJournal(victim, actor: .lee)).apply(as: undoing, control: control)
    }
    #expect(try stage.store.postgresJournal.find(undoing)?.changed == 60)
    try stage.run("DROP TRIGGER fall ON seat")
    #expect(try stage.undo(id).plan() == RowUndo.Plan(count: 40, moved: 0, tables: ["public.seat"]))
    #expect(try stage.undo(id).apply(as: try stage.begin()) == ChangeOutcome(changed: 40))
    #expect(try stage.rows() == before)
  }

  @Test("a table that was dropped, and a column that was renamed, are named, and nothing is undone")
  func gone() throws {
    try stage.fill(1)
    let id = try stage.begin()
    #expect(try stage.release(["1"], operation: id) == 1)
    try stage.run("ALTER TABLE seat RENAME status TO state")
    let column = #expect(throws: Failure.self) { try stage.undo(id).plan() }
    #expect(column?.message == "table public.seat has no column 'status'")
    try stage.run("ALTER TABLE seat RENAME state TO status; ALTER TABLE seat RENAME TO chair")
    let table = #expect(throws: Failure.self) { try stage.undo(id).apply(as: try stage.begin()) }
    #expect(table?.message.hasSuffix(#"has no table "public"."seat""#) == true)
    try stage.run("ALTER TABLE chair RENAME TO seat")
    #expect(try stage.undo(id).plan().count == 1)
  }
}

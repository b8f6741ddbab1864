import Changes
import Failures
import Postgres
import Support
import Testing

@testable import Outbox

@Suite("replays that fail")
struct ReplayFailureTests {
  private let down = Failure(.unavailable, "cannot reach the broker")

  @Test("a destination that is gone before anything arrived is an error, and every row is as it was")
  func goneAtOnce() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(10)
    let before = try fixture.rows()
    let publisher = ScriptedPublisher()
    for id in 1...10 { publisher.lateFailures["\(id)"] = PublishFailure(down, .destination) }
    let failure = #expect(throws: Failure.self) { try fixture.replay(to: publisher) }
    #expect(failure == down)
    #expect(try fixture.rows() == before)
  }

  @Test("rows that a trigger keeps from being marked roll their batch back")
  func trigger() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(4)
    try fixture.connection.script(
      """
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER keep BEFORE UPDATE ON outbox_event FOR EACH ROW WHEN (old.id = 3) EXECUTE FUNCTION keep();
      """)
    let before = try fixture.rows()
    let failure = #expect(throws: Failure.self) { try fixture.replay(to: ScriptedPublisher()) }
    #expect(failure?.message == "marking 4 events of table public.outbox_event would have changed 3 rows")
    #expect(try fixture.rows() == before)
  }

  @Test("a role that may only read is refused, and nothing is sent")
  func readOnly() throws {
    let fixture = try OutboxFixture()
    try fixture.insert()
    let publisher = ScriptedPublisher()
    let table = try fixture.table()
    let plan = try table.planReplay(.init(), to: publisher)
    let operation = try fixture.begin()
    let reader = try fixture.connect()
    try reader.script(
      "CREATE ROLE outbox_reader; GRANT SELECT ON outbox_event TO outbox_reader; SET ROLE outbox_reader")
    let restricted = try OutboxTable(fixture.mapping, on: reader)
    let error = #expect(throws: PostgresError.self) {
      try restricted.replay(
        plan, to: publisher, operation: operation, journal: PostgresJournal(reader, actor: OutboxFixture.actor))
    }
    #expect(error?.failure.kind == .refused)
    #expect(publisher.arrived.isEmpty)
  }
}

@Suite("taking a replay back")
struct ReplayUndoTests {
  private func undo(_ fixture: OutboxFixture, _ operation: OperationID) -> ReplayUndo {
    ReplayUndo(operation, journal: fixture.journal)
  }

  @Test("every row gets its former status and published time back, over all batches")
  func whole() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(50)
    try fixture.connection.execute("UPDATE outbox_event SET published_at = '2024-02-29 12:34:56.789+09' WHERE id = 10")
    let before = try fixture.rows()
    let operation = try fixture.replay(to: ScriptedPublisher(), batchSize: 7).operation
    #expect(try fixture.rows() != before)
    let plan = try undo(fixture, operation).plan()
    #expect(plan == ReplayUndo.Plan(count: 50, moved: 0, tables: ["public.outbox_event"]))
    #expect(plan.warnings.first?.hasPrefix("what was sent remains sent") == true)
    let undoing = try fixture.begin()
    let outcome = try undo(fixture, operation).apply(as: undoing)
    #expect(outcome == ChangeOutcome(changed: 50))
    #expect(try fixture.rows() == before)
    #expect(try fixture.journal.find(undoing)?.changed == 50)
  }

  @Test("rows that have changed since are left alone: another status, another time, gone")
  func moved() throws {
    let fixture = try OutboxFixture()
    for id in 1...5 { try fixture.insert("\(id)", age: 9_000 - id) }
    let operation = try fixture.replay(to: ScriptedPublisher()).operation
    try fixture.connection.script(
      """
      UPDATE outbox_event SET status = 'RETRY' WHERE id = 1;
      UPDATE outbox_event SET published_at = now() + interval '1 second' WHERE id = 2;
      DELETE FROM outbox_event WHERE id = 3;
      """)
    let plan = try undo(fixture, operation).plan()
    #expect(plan.count == 2 && plan.moved == 3)
    #expect(plan.warnings.contains("3 events have changed since the replay and are skipped"))
    let outcome = try undo(fixture, operation).apply(as: try fixture.begin())
    #expect(outcome.changed == 2)
    #expect(outcome.skipped == 3)
    #expect(try fixture.ids("INIT") == ["4", "5"])
    #expect(try fixture.ids("RETRY") == ["1"])
    #expect(try fixture.ids("PUBLISHED") == ["2"])
  }

  @Test("an interrupted undo goes on where it stopped, and a finished one has nothing left to do")
  func again() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(20)
    let operation = try fixture.replay(to: ScriptedPublisher(), batchSize: 5).operation
    let first = try undo(fixture, operation).apply(
      as: try fixture.begin(), control: ChangeControl(isInterrupted: { true }))
    #expect(first.wasInterrupted && first.changed == 0)
    #expect(try undo(fixture, operation).apply(as: try fixture.begin()).changed == 20)
    #expect(try undo(fixture, operation).plan().count == 0)
    #expect(try undo(fixture, operation).apply(as: try fixture.begin()) == ChangeOutcome())
  }

  @Test("it needs neither the configuration nor the row's old place")
  func withoutConfiguration() throws {
    let fixture = try OutboxFixture()
    try fixture.insert("1")
    let operation = try fixture.replay(to: ScriptedPublisher()).operation
    fixture.mapping.table = "elsewhere"
    try fixture.connection.script("ALTER TABLE outbox_event ADD COLUMN more int DEFAULT 1")
    try fixture.connection.executeAlone("VACUUM FULL outbox_event")
    #expect(try undo(fixture, operation).apply(as: try fixture.begin()).changed == 1)
  }

  @Test("a published column with less precision than now() is still recognised")
  func precision() throws {
    let fixture = try OutboxFixture()
    try fixture.connection.script("ALTER TABLE outbox_event ALTER published_at TYPE timestamp(0)")
    try fixture.insert("1")
    let operation = try fixture.replay(to: ScriptedPublisher()).operation
    #expect(try undo(fixture, operation).plan().count == 1)
  }

  @Test("after an undo the events are sent again")
  func resent() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(5)
    let publisher = ScriptedPublisher()
    let operation = try fixture.replay(to: publisher).operation
    _ = try undo(fixture, operation).apply(as: try fixture.begin())
    try fixture.replay(to: publisher)
    #expect(publisher.arrived.map(\.id) == ["1", "2", "3", "4", "5", "1", "2", "3", "4", "5"])
  }
}

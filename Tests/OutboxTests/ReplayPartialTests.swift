import Changes
import Failures
import Postgres
import Support
import Testing

@testable import Outbox

/// Runs that end in the middle: what an operator who was called at night has to be told, and what must hold.
@Suite("replays that get only so far")
struct ReplayPartialTests {
  private let down = Failure(
    .unavailable, "cannot reach the broker", causes: ["timed out"], hints: ["see `usher doctor`"])
  private var lost: PublishFailure { PublishFailure(down, .destination) }

  private func expectPartial(_ outcome: ChangeOutcome, changed: Int, failed: Int, stay: Int, of planned: Int) {
    #expect(outcome.changed == changed)
    #expect(outcome.failed == failed)
    #expect(outcome.state == .partial)
    #expect(
      outcome.hints.last
        == "\(stay) of \(planned) events are unchanged: it is safe to run the same command again, which sends only these; "
        + "an event that was being sent may arrive twice, with the same id in the header usher-outbox-id")
  }

  @Test("a destination that goes later leaves what arrived marked, and the outcome says which one and what to do")
  func goneLater() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(20)
    let publisher = ScriptedPublisher()
    for id in 7...10 { publisher.lateFailures["\(id)"] = lost }
    let (outcome, operation) = try fixture.replay(to: publisher, batchSize: 5)
    expectPartial(outcome, changed: 6, failed: 4, stay: 14, of: 20)
    #expect(outcome.failure == "cannot reach the broker: timed out")
    #expect(outcome.hints.first == "see `usher doctor`")
    #expect(try fixture.ids("PUBLISHED") == (1...6).map(String.init))
    // And what is said of repeating is so.
    publisher.lateFailures = [:]
    #expect(try fixture.replay(to: publisher, batchSize: 5).outcome == ChangeOutcome(changed: 14))
    #expect(publisher.arrived.map(\.id) == (1...20).map(String.init))
    // The first run can be taken back alone.
    let undo = ReplayUndo(operation, journal: fixture.journal)
    #expect(try undo.apply(as: try fixture.begin()).changed == 6)
    #expect(Set(try fixture.ids("INIT") + fixture.ids("FAIL")) == Set((1...6).map(String.init)))
  }

  @Test("events that others published meanwhile are not among those that stay")
  func goneMeanwhile() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(20)
    let service = try fixture.connect()
    let publisher = ScriptedPublisher()
    publisher.onPublish = { record in
      if record.id == "1" {
        try service.execute("UPDATE outbox_event SET status = 'PUBLISHED' WHERE id BETWEEN 6 AND 8")
      }
    }
    publisher.lateFailures["12"] = lost
    expectPartial(
      try fixture.replay(to: publisher, batchSize: 5).outcome, changed: 11, failed: 1, stay: 6, of: 20)
    #expect(try fixture.ids("PUBLISHED").count == 14)
  }

  @Test("a destination that cannot tell what arrived leaves its batch as it was, and what was done before is told")
  func doubt() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(10)
    let publisher = ScriptedPublisher()
    publisher.onSettle = { if publisher.batches == 1 { throw down } }
    let (outcome, operation) = try fixture.replay(to: publisher, batchSize: 5)
    expectPartial(outcome, changed: 5, failed: 5, stay: 5, of: 10)
    #expect(try fixture.ids("PUBLISHED") == (1...5).map(String.init))
    #expect(try fixture.journal.find(operation)?.changed == 5)
  }

  @Test("where nothing is marked yet, the doubt is an error, and every row is as it was")
  func doubtAtOnce() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(10)
    let before = try fixture.rows()
    let publisher = ScriptedPublisher()
    publisher.onSettle = { throw down }
    #expect(throws: down) { try fixture.replay(to: publisher, batchSize: 5) }
    #expect(try fixture.rows() == before)
  }

  @Test("rows of a later batch that cannot be marked do not hide what was done before")
  func unmarkable() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(20)
    try fixture.connection.script(
      """
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER keep BEFORE UPDATE ON outbox_event FOR EACH ROW WHEN (old.id = 13) EXECUTE FUNCTION keep();
      """)
    let outcome = try fixture.replay(to: ScriptedPublisher(), batchSize: 5).outcome
    expectPartial(outcome, changed: 10, failed: 5, stay: 10, of: 20)
    #expect(
      outcome.failure?.hasPrefix("marking 5 events of table public.outbox_event would have changed 4 rows") == true)
    #expect(try fixture.ids("PUBLISHED") == (1...10).map(String.init))
  }

  @Test("an abandoned wait is no partial result: whoever presses Ctrl-C twice wants out")
  func abandoned() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(10)
    let out = Failure(.interrupted, "interrupted while waiting")
    let publisher = ScriptedPublisher()
    publisher.onSettle = { if publisher.batches == 1 { throw out } }
    #expect(throws: out) { try fixture.replay(to: publisher, batchSize: 5) }
    #expect(try fixture.ids("PUBLISHED").count == 5)
  }

  @Test("when PostgreSQL goes in the middle, the outcome names it, and the next run sends the rest: nothing is lost")
  func postgresGone() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(20)
    let killer = try fixture.connect()
    let connection = try fixture.connect()
    let victim = try OutboxTable(fixture.mapping, on: connection)
    let publisher = ScriptedPublisher()
    let pid = connection.backendPID
    publisher.onSettle = {
      // Waits until the session is gone.
      if publisher.batches == 2 { try killer.execute("SELECT pg_terminate_backend($1, 60000)", [.init(pid)]) }
    }
    let plan = try victim.planReplay(.init(), to: publisher)
    let operation = try fixture.begin()
    let outcome = try victim.replay(
      plan, to: publisher, operation: operation, journal: PostgresJournal(connection, actor: OutboxFixture.actor),
      batchSize: 5)
    expectPartial(outcome, changed: 10, failed: 5, stay: 10, of: 20)
    #expect(outcome.failure?.contains("PostgreSQL") == true, "\(outcome.failure ?? "")")
    #expect(try fixture.ids("PUBLISHED") == (1...10).map(String.init))
    #expect(try fixture.journal.find(operation)?.changed == 10)
    publisher.onSettle = {}
    #expect(try fixture.replay(to: publisher).outcome.changed == 10)
    #expect(Set(publisher.arrived.map(\.id)) == Set((1...20).map(String.init)))
    // The five that were on their way were sent twice, with the same id for the consumer to see.
    #expect(publisher.arrived.count == 25)
  }
}

import Failures
import Outbox
import Postgres
import Support
import Testing

@Suite("ids that tell events apart")
struct OutboxIdentityTests {
  /// A table whose rows are found by `ref`, with this said of it.
  private func fixture(_ statements: String) throws -> OutboxFixture {
    let fixture = try OutboxFixture()
    try fixture.connection.script(
      "DROP TABLE outbox_event; CREATE TABLE outbox_event (ref text, status text, created_at timestamptz, payload text); "
        + statements)
    fixture.mapping.columns = .init(id: "ref", status: "status", created: "created_at", payload: "payload")
    return fixture
  }

  private func insert(_ fixture: OutboxFixture, _ refs: String?..., status: String = "INIT", age: Int = 3600) throws {
    for ref in refs {
      try fixture.connection.execute(
        "INSERT INTO outbox_event VALUES ($1, $2, now() - make_interval(secs => $3::int), '{}')",
        [ref.map { .init($0) }, .init(status), .init(age)])
    }
  }

  private func plan(_ fixture: OutboxFixture, _ filter: ReplayFilter = .init()) throws -> ReplayPlan {
    try fixture.table().planReplay(filter, to: ScriptedPublisher())
  }

  @Test(
    "a unique index over the column alone is proof enough",
    arguments: [
      "ALTER TABLE outbox_event ADD PRIMARY KEY (ref)",
      "ALTER TABLE outbox_event ADD UNIQUE (ref) DEFERRABLE; ALTER TABLE outbox_event ALTER ref SET NOT NULL",
      "CREATE UNIQUE INDEX ON outbox_event (ref) INCLUDE (status); ALTER TABLE outbox_event ALTER ref SET NOT NULL",
      "CREATE UNIQUE INDEX ON outbox_event (ref)",
    ])
  func proven(statements: String) throws {
    let fixture = try fixture(statements)
    try insert(fixture, "1", "2")
    #expect(try plan(fixture).warnings.isEmpty)
  }

  @Test(
    "anything less is pointed out, because only today's rows say so",
    arguments: [
      "", "CREATE INDEX ON outbox_event (ref)", "ALTER TABLE outbox_event ADD PRIMARY KEY (ref, created_at)",
      "CREATE UNIQUE INDEX ON outbox_event (ref) WHERE status = 'INIT'",
      "CREATE UNIQUE INDEX ON outbox_event (lower(ref))",
      "CREATE UNIQUE INDEX ON outbox_event (created_at)",
    ])
  func unproven(statements: String) throws {
    let fixture = try fixture(statements)
    #expect(try plan(fixture).warnings.isEmpty, "of nothing to send there is nothing to say")
    try insert(fixture, "1")
    #expect(
      try plan(fixture).warnings == [
        "table public.outbox_event has no unique index over column 'ref' alone: the ids of these events are unique now, but nothing "
          + "prevents a second event with the same id"
      ])
    #expect(try fixture.replay(to: ScriptedPublisher()).outcome.changed == 1)
  }

  @Test("an id of several rows fails the plan with its rows counted, before anything is sent")
  func shared() throws {
    let fixture = try fixture("")
    try insert(fixture, "a", "b", "b", "c")
    // Also one that is published already: marking and undoing would not know them apart.
    try insert(fixture, "c", "c", status: "PUBLISHED")
    let before = try rows(fixture)
    let publisher = ScriptedPublisher()
    let failure = #expect(throws: Failure.self) { try fixture.replay(to: publisher) }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message == "column 'ref' of table public.outbox_event is not unique")
    #expect(failure?.causes == ["'c' is in 3 rows, 'b' is in 2 rows"])
    #expect(failure?.hints == ["set outbox.columns.id to a column that is unique and never NULL"])
    #expect(publisher.arrived.isEmpty)
    #expect(try rows(fixture) == before)
  }

  @Test("ids that others share do not hinder a selection without them")
  func elsewhere() throws {
    let fixture = try fixture("")
    try insert(fixture, "old", "old", status: "PUBLISHED")
    try insert(fixture, "young", "young", age: 30)
    try insert(fixture, "1", age: 9_000)
    try insert(fixture, "2", "2", age: 8_000)
    #expect(try plan(fixture, .init(ids: ["1"])).count == 1)
    #expect(try plan(fixture, .init(limit: 1)).count == 1)
    #expect(throws: Failure.self) { try plan(fixture, .init(limit: 2)) }
  }

  @Test(
    "a row without an id fails the plan, with or without a unique index",
    arguments: ["", "CREATE UNIQUE INDEX ON outbox_event (ref)"])
  func null(statements: String) throws {
    let fixture = try fixture(statements)
    try insert(fixture, "1", nil, nil)
    let failure = #expect(throws: Failure.self) { try plan(fixture) }
    #expect(failure?.kind == .configuration)
    #expect(failure?.causes == ["it is NULL for 2 of the events"])
    #expect(try plan(fixture, .init(ids: ["1"])).count == 1)
  }

  @Test(
    "a partitioned table and a view, which have no such index, are replayed and taken back",
    arguments: ["partitions", "view"])
  func withoutIndexes(kind: String) throws {
    let fixture = try fixture("")
    try fixture.connection.script(
      kind == "view"
        ? "ALTER TABLE outbox_event RENAME TO events; CREATE VIEW outbox_event AS SELECT * FROM events"
        : """
        DROP TABLE outbox_event;
        CREATE TABLE outbox_event (ref text, status text, created_at timestamptz, payload text, PRIMARY KEY (ref, created_at))
          PARTITION BY RANGE (created_at);
        CREATE TABLE outbox_old PARTITION OF outbox_event FOR VALUES FROM (MINVALUE) TO (now() - interval '2 hours');
        CREATE TABLE outbox_new PARTITION OF outbox_event FOR VALUES FROM (now() - interval '2 hours') TO (MAXVALUE);
        """)
    try insert(fixture, "1", "2", age: 90_000)
    try insert(fixture, "3")
    let before = try rows(fixture)
    #expect(try plan(fixture).warnings.count == 1)
    let (outcome, operation) = try fixture.replay(to: ScriptedPublisher())
    #expect(outcome.changed == 3)
    let undo = ReplayUndo(operation, journal: fixture.journal)
    #expect(try undo.apply(as: try fixture.begin()).changed == 3)
    #expect(try rows(fixture) == before)
  }

  private func rows(_ fixture: OutboxFixture) throws -> [String] {
    try fixture.connection.query("SELECT e::text FROM outbox_event e ORDER BY 1").map { try $0.decode(0) }
  }
}

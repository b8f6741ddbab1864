import Changes
import Failures
import Outbox
import Postgres
import Support
import Testing

/// Outboxes differ in their columns' types; a replay and its undo work with all that can hold what is needed.
@Suite("columns of other types")
struct ReplayColumnTypeTests {
  private static let statuses = OutboxMapping.Statuses()

  @Test(
    "a replay marks, and its undo gives every row back to the letter",
    arguments: [
      ("id", "uuid USING gen_random_uuid()", statuses),
      ("id", "numeric(20, 3) USING id + 0.125", statuses),
      ("status", "char(16)", statuses),
      ("status", "text", statuses),
      (
        "status", "smallint USING CASE status WHEN 'INIT' THEN 0 WHEN 'FAIL' THEN 2 ELSE 1 END",
        .init(initial: "0", published: "1", fail: "2", retry: "3")
      ),
      (
        "status", "boolean USING status NOT IN ('INIT', 'FAIL')",
        .init(initial: "false", published: "true", fail: "false", retry: "false")
      ),
      ("created_at", "timestamp", statuses), ("created_at", "date", statuses),
      ("created_at", "timestamptz(0)", statuses),
      ("published_at", "date", statuses), ("published_at", "timestamp", statuses),
      ("published_at", "timestamptz(3)", statuses),
      ("payload", "jsonb USING payload::jsonb", statuses), ("payload", "bytea USING payload::bytea", statuses),
      ("key", "uuid USING gen_random_uuid()", statuses), ("event_type", "name", statuses),
    ] as [(String, String, OutboxMapping.Statuses)])
  func roundTrip(column: String, type: String, statuses: OutboxMapping.Statuses) throws {
    let fixture = try OutboxFixture()
    fixture.mapping.statuses = statuses
    try fixture.fill(12)
    try fixture.connection.script(
      """
      UPDATE outbox_event SET created_at = created_at - interval '2 days';
      UPDATE outbox_event SET published_at = '2024-02-29 12:34:56.789012+09' WHERE id = 7;
      DROP INDEX outbox_event_status_created_at_idx;
      ALTER TABLE outbox_event ALTER id DROP DEFAULT, ALTER \(column) TYPE \(type);
      """)
    let before = try fixture.rows()
    let publisher = ScriptedPublisher()
    let (outcome, operation) = try fixture.replay(to: publisher, batchSize: 5)
    #expect(outcome.changed == 12)
    let sent = try fixture.connection.query("SELECT id::text, payload FROM outbox_event o ORDER BY o.created_at, o.id")
    #expect(publisher.arrived.map(\.id) == (try sent.map { try $0.decode(0, as: String.self) }))
    #expect(publisher.arrived.map(\.value) == (try sent.map { try $0.bytes(1) }))
    let marked = "SELECT count(*) FROM outbox_event WHERE status::text = $1 AND published_at >= current_date - 1"
    #expect(try fixture.connection.query(marked, [.init(statuses.published)])[0].decode(0, as: Int.self) == 12)
    let undo = ReplayUndo(operation, journal: fixture.journal)
    #expect(try undo.plan().count == 12)
    #expect(try undo.apply(as: try fixture.begin()) == ChangeOutcome(changed: 12))
    #expect(try fixture.rows() == before)
  }

  @Test("counting works with statuses of any type, and what no name stands for is other")
  func counting() throws {
    let fixture = try OutboxFixture(statusType: "integer")
    fixture.mapping.statuses = .init(initial: "0", published: "1", fail: "2", retry: "3")
    for (status, count) in [(0, 4), (1, 3), (2, 2), (3, 1), (99, 5)] {
      try fixture.connection.execute(
        """
        INSERT INTO outbox_event (status, created_at, event_type)
        SELECT $1::int, now() - interval '1 hour', 'Paid' FROM generate_series(1, $2::int)
        """, [.init(status), .init(count)])
    }
    for overview in [try fixture.table().overview(), try fixture.table().overviewByType()] {
      let counts = overview.counts
      #expect([counts.initial, counts.published, counts.fail, counts.retry, counts.other] == [4, 3, 2, 1, 5])
    }
  }

  @Test("a row without a status is other, and never replayed")
  func noStatus() throws {
    let fixture = try OutboxFixture()
    try fixture.insert("1")
    try fixture.connection.script(
      "ALTER TABLE outbox_event ALTER status DROP NOT NULL; UPDATE outbox_event SET status = NULL")
    for overview in [try fixture.table().overview(), try fixture.table().overviewByType()] {
      #expect(overview.counts.other == 1)
      #expect(overview.counts.oldestUnpublishedMilliseconds == nil)
    }
    #expect(try fixture.replay(to: ScriptedPublisher()).outcome.changed == 0)
  }

  @Test("a status that the column's type cannot hold is an error before anything is sent")
  func impossibleStatus() throws {
    let fixture = try OutboxFixture(statusType: "integer")
    let publisher = ScriptedPublisher()
    let error = #expect(throws: PostgresError.self) { try fixture.table().planReplay(.init(), to: publisher) }
    #expect(error?.sqlState == "22P02")
    #expect(publisher.arrived.isEmpty)
  }

  @Test(
    "a column that fills itself may stand in a template",
    arguments: ["GENERATED ALWAYS AS (id * 2) STORED", "DEFAULT 84"])
  func generated(definition: String) throws {
    let fixture = try OutboxFixture()
    try fixture.connection.script("ALTER TABLE outbox_event ADD COLUMN twice bigint \(definition)")
    fixture.mapping.publishing.value = try OutboxTemplate("{{\"twice\":{twice}}}", role: "value")
    try fixture.insert("42")
    let publisher = ScriptedPublisher()
    try fixture.replay(to: publisher)
    #expect(publisher.arrived.first?.value == Array("{\"twice\":84}".utf8))
  }
}

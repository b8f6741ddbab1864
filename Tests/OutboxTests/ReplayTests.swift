import Changes
import Failures
import Outbox
import Postgres
import Support
import Synchronization
import Testing

@Suite("replaying events")
struct ReplayTests {
  @Test("events are sent in order of creation and marked, others are left alone")
  func all() throws {
    let fixture = try OutboxFixture()
    try fixture.insert("5", age: 100)
    try fixture.insert("9", status: "FAIL", age: 300)
    try fixture.insert("7", age: 200)
    try fixture.insert("1", status: "RETRY")
    try fixture.insert("2", age: 10)
    let publisher = ScriptedPublisher()
    let (outcome, operation) = try fixture.replay(to: publisher)
    #expect(publisher.arrived.map(\.id) == ["9", "7", "5"])
    #expect(outcome == ChangeOutcome(changed: 3))
    #expect(try fixture.ids("PUBLISHED") == ["9", "7", "5"])
    #expect(try fixture.ids("RETRY") == ["1"])
    #expect(try fixture.ids("INIT") == ["2"])
    let marked: Int = try fixture.connection.query(
      "SELECT count(*) AS n FROM outbox_event WHERE published_at > now() - interval '1 minute'")[0].decode("n")
    #expect(marked == 3)
    #expect(try fixture.journal.find(operation)?.changed == 3)
  }

  @Test("a record is what the templates say, with the id in a header")
  func record() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.publishing = .init(
      topic: try OutboxTemplate("app.{domain_type}", role: "topic"), key: try OutboxTemplate("{key}/{id}", role: "key"),
      value: try OutboxTemplate("{payload}", role: "value"),
      headers: [
        .init(name: "event_type", value: try OutboxTemplate("{event_type}", role: "h")),
        .init(name: "published", value: try OutboxTemplate("{published_at}", role: "h")),
        .init(name: "source", value: try OutboxTemplate("usher", role: "h")),
      ], idHeader: "outbox-id")
    try fixture.insert("42", key: "김", type: "결제완료", payload: "{\"이름\":\"김철수\"}")
    let publisher = ScriptedPublisher()
    try fixture.replay(to: publisher)
    let record = OutboxRecord(
      id: "42", topic: "app.payment", key: Array("김/42".utf8), value: Array("{\"이름\":\"김철수\"}".utf8), type: "결제완료",
      headers: [
        .init("event_type", Array("결제완료".utf8)), .init("source", Array("usher".utf8)),
        .init("outbox-id", Array("42".utf8)),
      ])
    #expect(publisher.arrived == [record])
  }

  @Test("NULL stays NULL in key and value, and a bytea is its bytes")
  func nulls() throws {
    let fixture = try OutboxFixture()
    try fixture.insert("1", key: nil, type: nil, payload: nil)
    let publisher = ScriptedPublisher()
    try fixture.replay(to: publisher)
    #expect(publisher.arrived.first?.key == nil && publisher.arrived.first?.value == nil)
    #expect(publisher.arrived.first?.type == nil)
    try fixture.connection.script("ALTER TABLE outbox_event ADD COLUMN raw bytea DEFAULT '\\x00ff10'")
    fixture.mapping.publishing.value = try OutboxTemplate("{raw}", role: "value")
    try fixture.insert("2")
    try fixture.replay(to: publisher)
    #expect(publisher.arrived.last?.value == [0, 255, 16])
  }

  @Test(
    "ids of any type do",
    arguments: [
      ("uuid", "7b0e7c1e-6f0a-4d1c-9a58-6f1c4f3f0b11"), ("text", "주문-1, \"q\" {x} \\ '"), ("integer", "-7"),
      ("varchar(40)", "NULL"), ("numeric", "12.50"),
    ])
  func idTypes(type: String, id: String) throws {
    let fixture = try OutboxFixture(idType: type)
    try fixture.insert(id)
    let publisher = ScriptedPublisher()
    let (outcome, operation) = try fixture.replay(.init(ids: [id]), to: publisher)
    #expect(outcome.changed == 1)
    #expect(publisher.arrived.map(\.id) == [id])
    let undo = ReplayUndo(operation, journal: fixture.journal)
    #expect(try undo.apply(as: try fixture.begin()).changed == 1)
    #expect(try fixture.ids("INIT") == [id])
  }

  @Test("statuses and types that are enums do, and a table without key, type and published columns")
  func enums() throws {
    let fixture = try OutboxFixture(
      statusType: "event_status", prelude: "CREATE TYPE event_status AS ENUM ('INIT', 'FAIL', 'PUBLISHED')")
    fixture.mapping.columns = .init(id: "id", status: "status", created: "created_at", payload: "payload")
    try fixture.connection.execute(
      "INSERT INTO outbox_event (status, created_at, payload) VALUES ('FAIL', now() - interval '1 hour', 'x')")
    let publisher = ScriptedPublisher()
    let (outcome, operation) = try fixture.replay(to: publisher)
    #expect(outcome.changed == 1)
    #expect(publisher.arrived.first?.key == nil)
    let undo = ReplayUndo(operation, journal: fixture.journal)
    #expect(try undo.apply(as: try fixture.begin()).changed == 1)
    #expect(try fixture.ids("FAIL").count == 1)
  }

  @Test(
    "an undo keeps its pace within a batch, and one that was interrupted is gone on with", arguments: [true, false])
  func pacedUndo(hasPublished: Bool) throws {
    let fixture = try OutboxFixture()
    if !hasPublished { fixture.mapping.columns.published = nil }
    try fixture.fill(230)
    try fixture.connection.execute("UPDATE outbox_event SET status = 'FAIL' WHERE id % 3 = 0")
    if hasPublished {
      try fixture.connection.execute("UPDATE outbox_event SET published_at = '2026-01-01' WHERE id % 5 = 0")
    }
    let state = "SELECT string_agg(e::text, ';' ORDER BY id) FROM outbox_event e"
    let before: String = try fixture.connection.query(state)[0].decode(0)
    let (_, operation) = try fixture.replay(to: ScriptedPublisher())
    #expect(try fixture.ids("PUBLISHED").count == 230)
    let undo = ReplayUndo(operation, journal: fixture.journal)
    let steps = Mutex<[Int]>([])
    let control = ChangeControl(
      unitsPerSecond: 400, isInterrupted: { steps.withLock { $0.count >= 2 } },
      progress: { done in steps.withLock { $0.append(done) } })
    let first = try undo.apply(as: try fixture.begin(), control: control)
    // A tenth of a second's a step.
    #expect(first.changed == 80 && first.wasInterrupted && first.skipped == 0)
    #expect(try fixture.ids("PUBLISHED").count == 150)
    #expect(try undo.plan().count == 150)
    let second = try undo.apply(as: try fixture.begin())
    #expect(second == ChangeOutcome(changed: 150))
    #expect(try fixture.connection.query(state)[0].decode(0) == before)
    #expect(try undo.plan().count == 0)
  }

  @Test("many batches send each event once, in order", arguments: [1, 7, 100, 5_000])
  func batches(size: Int) throws {
    let fixture = try OutboxFixture()
    try fixture.fill(230)
    let publisher = ScriptedPublisher()
    let outcome = try fixture.replay(to: publisher, batchSize: size).outcome
    #expect(outcome.changed == 230)
    #expect(publisher.arrived.map(\.id) == (1...230).map(String.init))
    #expect(publisher.batches == (230 + size - 1) / size)
  }

  @Test("events that share their created time are ordered by id")
  func sameTime() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(50)
    try fixture.connection.execute("UPDATE outbox_event SET created_at = now() - interval '1 hour'")
    let publisher = ScriptedPublisher()
    try fixture.replay(to: publisher, batchSize: 8)
    #expect(publisher.arrived.map(\.id) == (1...50).map(String.init))
  }

  @Test("a limit sends so many, the oldest, and the next run goes on behind them")
  func limit() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(30)
    let publisher = ScriptedPublisher()
    #expect(try fixture.replay(.init(limit: 12), to: publisher, batchSize: 5).outcome.changed == 12)
    #expect(try fixture.replay(to: publisher, batchSize: 5).outcome.changed == 18)
    #expect(publisher.arrived.map(\.id) == (1...30).map(String.init))
    #expect(try fixture.replay(to: publisher).outcome == ChangeOutcome())
  }

  @Test("events that come after the plan are left for the next")
  func late() throws {
    let fixture = try OutboxFixture()
    try fixture.insert("1")
    let publisher = ScriptedPublisher()
    let table = try fixture.table()
    let plan = try table.planReplay(.init(olderThan: .seconds(60)), to: publisher)
    try fixture.insert("2", age: 30)
    try fixture.insert("3", age: 59)
    let outcome = try table.replay(plan, to: publisher, operation: try fixture.begin(), journal: fixture.journal)
    #expect(outcome.changed == 1)
    #expect(publisher.arrived.map(\.id) == ["1"])
  }

  @Test("an interruption ends it between two batches, with what was done")
  func interruption() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(30)
    let done = Atomic<Int>(0)
    let control = ChangeControl(
      isInterrupted: { done.load(ordering: .relaxed) >= 10 }, progress: { done.store($0, ordering: .relaxed) })
    let publisher = ScriptedPublisher()
    let outcome = try fixture.replay(to: publisher, control: control, batchSize: 5).outcome
    #expect(outcome.wasInterrupted)
    #expect(outcome.changed == 10)
    #expect(publisher.arrived.count == 10)
    #expect(try fixture.ids("PUBLISHED").count == 10)
  }
}

@Suite("replaying beside others")
struct ReplayConcurrencyTests {
  /// Runs `body` while another session holds the rows of these ids.
  private func whileLocked(_ fixture: OutboxFixture, _ ids: [String], _ body: () throws -> Void) throws {
    let service = try fixture.connect()
    try service.rolledBackTransaction {
      try service.execute("SELECT 1 FROM outbox_event WHERE id::text = ANY ($1) FOR UPDATE", [.array(ids)])
      try body()
    }
  }

  @Test("a locked event is skipped, with all that follow of its key, also in later batches", arguments: [2, 100])
  func locked(batchSize: Int) throws {
    let fixture = try OutboxFixture()
    for id in 1...9 { try fixture.insert("\(id)", key: "k\(id % 3)", age: 9_000 - id) }
    let publisher = ScriptedPublisher()
    try whileLocked(fixture, ["4"]) {
      let outcome = try fixture.replay(to: publisher, batchSize: batchSize).outcome
      #expect(publisher.arrived.map(\.id) == ["1", "2", "3", "5", "6", "8", "9"])
      #expect(outcome.changed == 7)
      #expect(outcome.skipped == 2)
      #expect(outcome.notes.count == 1)
    }
    #expect(try fixture.ids("INIT") == ["4", "7"])
    try fixture.replay(to: publisher)
    #expect(publisher.arrived.map(\.id).suffix(2) == ["4", "7"])
  }

  @Test("a locked event without a key holds nothing back")
  func lockedWithoutKey() throws {
    let fixture = try OutboxFixture()
    for id in 1...3 { try fixture.insert("\(id)", key: nil, age: 9_000 - id) }
    let publisher = ScriptedPublisher()
    try whileLocked(fixture, ["1"]) { try fixture.replay(to: publisher) }
    #expect(publisher.arrived.map(\.id) == ["2", "3"])
  }

  @Test("an event that the service publishes meanwhile is neither sent nor waited for")
  func publishedMeanwhile() throws {
    let fixture = try OutboxFixture()
    for id in 1...6 { try fixture.insert("\(id)", age: 9_000 - id) }
    let service = try fixture.connect()
    let publisher = ScriptedPublisher()
    publisher.onPublish = { record in
      guard record.id == "1" else { return }
      try service.execute("UPDATE outbox_event SET status = 'PUBLISHED' WHERE id IN (3, 4)")
      try service.execute("DELETE FROM outbox_event WHERE id = 5")
    }
    let outcome = try fixture.replay(to: publisher, batchSize: 2).outcome
    #expect(publisher.arrived.map(\.id) == ["1", "2", "6"])
    #expect(outcome.changed == 3)
    #expect(outcome.skipped == 3)
  }

  @Test("an event whose status changed since the plan is left, with those behind it")
  func otherStatus() throws {
    let fixture = try OutboxFixture()
    for id in 1...4 { try fixture.insert("\(id)", age: 9_000 - id) }
    let service = try fixture.connect()
    let publisher = ScriptedPublisher()
    publisher.onPublish = { record in
      if record.id == "1" { try service.execute("UPDATE outbox_event SET status = 'FAIL' WHERE id = 3") }
    }
    let outcome = try fixture.replay(to: publisher, batchSize: 2).outcome
    #expect(publisher.arrived.map(\.id) == ["1", "2"])
    #expect(outcome.skipped == 2)
    #expect(try fixture.ids("FAIL") == ["3"])
    #expect(try fixture.ids("INIT") == ["4"])
  }

  @Test("rows are locked while their records are on the way, so the service passes them over")
  func holdsLocks() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(3)
    let service = try fixture.connect()
    let publisher = ScriptedPublisher()
    var free = -1
    publisher.onSettle = {
      free = try service.query("SELECT id FROM outbox_event FOR UPDATE SKIP LOCKED").count
    }
    try fixture.replay(to: publisher)
    #expect(free == 0)
  }

  @Test("two replays and a service at work at once send every event, each key in order, and mark every row")
  func crowd() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(600, keys: 5)
    let service = try fixture.connect()
    let otherConnection = try fixture.connect()
    let other = try OutboxTable(fixture.mapping, on: otherConnection)
    var served: [String] = []
    let publisher = ScriptedPublisher()
    var turn = 0
    // Between our batches' sending and marking, the service and another replay take what they can get.
    publisher.onSettle = {
      turn += 1
      let rows = try service.query(
        """
        UPDATE outbox_event SET status = 'PUBLISHED' WHERE id IN (
          SELECT id FROM outbox_event WHERE status = 'INIT' AND key = 'k1' ORDER BY created_at LIMIT 3
          FOR UPDATE SKIP LOCKED) RETURNING id::text AS id
        """)
      served += try rows.map { try $0.decode("id") }
      guard turn == 3 else { return }
      let rival = ScriptedPublisher()
      let journal = PostgresJournal(otherConnection, actor: OutboxFixture.actor)
      let plan = try other.planReplay(.init(types: ["Paid"]), to: rival)
      _ = try other.replay(
        plan, to: rival, operation: try fixture.begin(in: journal), journal: journal, batchSize: 10)
      served += rival.arrived.map(\.id)
    }
    _ = try fixture.replay(to: publisher, batchSize: 40)
    publisher.onSettle = {}
    _ = try fixture.replay(to: publisher, batchSize: 40)
    let sent = publisher.arrived.map(\.id) + served
    #expect(Set((1...600).map(String.init)).subtracting(sent).isEmpty)
    #expect(sent.count == 600)
    #expect(try fixture.ids("PUBLISHED").count == 600)
    let ours = Dictionary(grouping: publisher.arrived) { String(decoding: $0.key ?? [], as: UTF8.self) }
    for (_, records) in ours {
      let numbers = records.compactMap { Int($0.id) }
      #expect(numbers == numbers.sorted())
    }
  }
}

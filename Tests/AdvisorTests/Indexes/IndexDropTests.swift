import Advisor
import Changes
import Failures
import Postgres
import Support
import Testing

@Suite("Listing and dropping indexes")
struct IndexDropTests {
  let stage: IndexStage
  let journal: PostgresJournal

  init() throws {
    stage = try IndexStage()
    journal = PostgresJournal(stage.connection, actor: Actor(user: "ann", host: "ops-1"))
  }

  private func begin() throws -> OperationID {
    try journal.begin(
      OperationRequest(
        command: "index drop", commandLine: "usher index drop", target: "index x", context: nil, reason: nil,
        planned: 1,
        undo: .automatic), holding: nil)
  }

  private func refusal(_ name: String) -> Failure? {
    #expect(throws: Failure.self) { try stage.indexes.planDrop(name) }
  }

  @Test("a list tells definition, size, use and what stands on an index")
  func list() throws {
    try stage.connection.script(
      "CREATE INDEX by_status ON seat (status); SET enable_seqscan TO off; SELECT * FROM seat WHERE status = 'x'")
    let indexes = try stage.indexes.list(.init(table: "public.seat"))
    #expect(indexes.map(\.name) == ["by_status", "seat_pkey"])
    #expect(indexes[0].definition == "CREATE INDEX by_status ON public.seat USING btree (status)")
    #expect(indexes[0].bytes > 0)
    #expect(indexes[1].constraint == "seat_pkey")
    #expect(indexes[1].isUnique && indexes[1].isValid)
    #expect(try stage.indexes.list().map(\.title) == ["public.by_status", "public.seat_pkey"])
    #expect(throws: Failure.self) { try stage.indexes.list(.init(table: "nowhere")) }
  }

  @Test(
    "a dropped index comes back as it was",
    arguments: [
      "CREATE INDEX victim ON seat (status, seat_number DESC)",
      "CREATE UNIQUE INDEX victim ON seat (id DESC) INCLUDE (status)",
      "CREATE INDEX victim ON seat (lower(status) text_pattern_ops) WHERE seat_number > 3",
      "CREATE INDEX victim ON seat USING gin (tags) WITH (fastupdate = off)",
      "CREATE INDEX victim ON seat USING hash (status)", "CREATE INDEX \"victim\" ON seat (status COLLATE \"C\")",
    ])
  func dropAndUndo(definition: String) throws {
    try stage.connection.script(definition)
    let before = try stage.indexes.list(.init(table: "seat")).map(\.definition)
    let operation = try begin()
    let plan = try stage.indexes.planDrop("victim")
    #expect(
      try stage.indexes.drop(plan, operation: operation, journal: journal, control: .init())
        == ChangeOutcome(changed: 1))
    #expect(try stage.names() == ["seat_pkey"])
    let again = try stage.indexes.planRestoration(of: operation, journal: journal)
    #expect(again.count == 1 && again.name == "victim")
    #expect(try stage.indexes.create(again, control: .init()).changed == 1)
    #expect(try stage.indexes.list(.init(table: "seat")).map(\.definition) == before)
    #expect(try stage.indexes.planRestoration(of: operation, journal: journal).count == 0)
  }

  @Test("putting back is refused when the name is taken or the table is gone")
  func undoMeetsChanges() throws {
    try stage.connection.script("CREATE INDEX victim ON seat (status)")
    let operation = try begin()
    _ = try stage.indexes.drop(
      try stage.indexes.planDrop("victim"), operation: operation, journal: journal, control: .init())
    try stage.connection.script("CREATE INDEX victim ON seat (seat_number)")
    #expect(
      #expect(throws: Failure.self) { try stage.indexes.planRestoration(of: operation, journal: journal) }?.kind
        == .refused)
    try stage.connection.script("DROP TABLE seat")
    #expect(
      #expect(throws: Failure.self) { try stage.indexes.planRestoration(of: operation, journal: journal) }?.kind
        == .badInput)
    #expect(
      #expect(throws: Failure.self) { try stage.indexes.planRestoration(of: try begin(), journal: journal) }?.kind
        == .refused)
  }

  @Test("what something stands on is refused, and so is what is no index")
  func refusals() throws {
    try stage.connection.script(
      """
      CREATE UNIQUE INDEX replica ON seat (id); ALTER TABLE seat REPLICA IDENTITY USING INDEX replica;
      CREATE TABLE parted (id int) PARTITION BY RANGE (id);
      CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (9);
      CREATE INDEX parent ON parted (id);
      """)
    #expect(refusal("seat_pkey")?.kind == .refused)
    #expect(refusal("seat_pkey")?.message.contains("constraint 'seat_pkey'") == true)
    #expect(refusal("replica")?.message.contains("replica identity") == true)
    #expect(try stage.indexes.planDrop("parent").warnings.first?.contains("all its partitions") == true)
    #expect(refusal("parted_1_id_idx")?.message.contains("part of a partitioned index") == true)
    #expect(refusal("pg_class_oid_index")?.kind == .refused)
    #expect(refusal("seat")?.kind == .badInput)
    for name in ["nowhere", "no where", "\"", "", "no.such.index.here"] { #expect(refusal(name)?.kind == .badInput) }
  }

  @Test("a plan warns of an index in use and of one that keeps keys unique")
  func warnings() throws {
    try stage.connection.script("CREATE UNIQUE INDEX busy ON seat (id, status); SET enable_seqscan TO off")
    #expect(
      try stage.indexes.planDrop("busy").warnings == [
        "'public.busy' is unique: without it, duplicate keys can be inserted"
      ])
    for _ in 0..<3 {
      _ = try stage.connection.query("SELECT id FROM seat WHERE id = 5 AND status = 'x' AND status > ''")
    }
    try stage.connection.script("DROP INDEX busy; CREATE INDEX busy ON seat (status)")
    _ = try stage.connection.query("SELECT 1 FROM seat WHERE status = 'x'")
    try waitUntil {
      _ = try? stage.connection.query("SELECT pg_stat_force_next_flush()")
      return try stage.indexes.planDrop("busy").warnings.first?.hasPrefix("'public.busy' was used 1 times since")
        == true
    }
  }

  @Test("an index that is gone already is skipped")
  func goneAlready() throws {
    try stage.connection.script("CREATE INDEX victim ON seat (status)")
    let plan = try stage.indexes.planDrop("victim")
    try stage.connection.script("DROP INDEX victim")
    #expect(try stage.indexes.drop(plan, operation: try begin(), journal: journal, control: .init()).skipped == 1)
  }

  @Test("an index that a session without its client goes on building is refused, with the pid, until it is built")
  func beingBuilt() throws {
    try stage.connection.script("CREATE INDEX other ON seat (note)")
    let old = try stage.connect()
    try old.executeAlone("BEGIN ISOLATION LEVEL REPEATABLE READ")
    try old.script("SELECT count(*) FROM pg_class")
    let builder = try stage.connect()
    try builder.withTimeouts(statement: nil, lock: nil) {
      try builder.start("CREATE INDEX CONCURRENTLY victim ON seat (status)")
      try waitUntil { try stage.names().contains("victim") && isBuilding() }
      let failure = refusal("victim")
      #expect(failure?.kind == .tryAgain)
      #expect(failure?.message == "'public.victim' is being built")
      #expect(failure?.causes.first?.hasPrefix("by pid \(builder.backendPID) (") == true)
      #expect(try stage.indexes.planDrop("other").index.name == "other")
      try old.script("COMMIT")
      while try builder.poll(timeout: .milliseconds(100)) == .running {}
    }
    #expect(try stage.indexes.planDrop("victim").index.isValid)
  }

  private func isBuilding() throws -> Bool {
    try !stage.connection.query(
      "SELECT 1 FROM pg_stat_progress_create_index WHERE datname = current_database() AND index_relid <> 0"
    ).isEmpty
  }

  @Test("an index that was rebuilt since the plan is another one, and is not dropped or counted")
  func rebuiltSincePlan() throws {
    try stage.connection.script("CREATE INDEX victim ON seat (status)")
    let plan = try stage.indexes.planDrop("victim")
    let writer = try stage.connect()
    try writer.script("BEGIN; INSERT INTO seat (concert_option_id, seat_number, status) VALUES (1, 1, 'NEW')")
    let builder = try stage.connect()
    try builder.withTimeouts(statement: nil, lock: nil) {
      // REINDEX CONCURRENTLY builds a twin, and swaps the two: the planned one has another name and goes by itself.
      try builder.start("REINDEX INDEX CONCURRENTLY victim")
      try waitUntil { try stage.names().contains("victim_ccnew") && isBuilding() }
      #expect(refusal("victim")?.kind == .tryAgain)
      try writer.script("COMMIT")
      while try builder.poll(timeout: .milliseconds(100)) == .running {}
    }
    let outcome = try stage.indexes.drop(plan, operation: try begin(), journal: journal, control: .init())
    #expect(outcome.changed == 0 && outcome.skipped == 1)
    #expect(try stage.names() == ["seat_pkey", "victim"])
  }

  @Test("a drop that the server is content with, and that left the index, has failed")
  func stillThere() throws {
    try stage.connection.script("CREATE INDEX victim ON seat (status)")
    let plan = try stage.indexes.planDrop("victim")
    try stage.connection.script("ALTER INDEX victim RENAME TO renamed")
    let outcome = try stage.indexes.drop(plan, operation: try begin(), journal: journal, control: .init())
    #expect(outcome == ChangeOutcome(failed: 1, notes: ["'public.renamed' is unchanged"]))
  }

  @Test("an interrupted drop says what is left, and is finished or undone later")
  func interrupted() throws {
    try stage.connection.script("CREATE INDEX victim ON seat (status)")
    let reader = try stage.connect()
    try reader.script("BEGIN; SELECT 1 FROM seat LIMIT 1")
    let operation = try begin()
    let pid = reader.backendPID
    let conninfo = stage.database.conninfo
    let signal = Flag()
    let outcome = try stage.indexes.drop(
      try stage.indexes.planDrop("victim"), operation: operation, journal: journal,
      control: ChangeControl(isInterrupted: {
        if DropWatch.isWaiting(for: pid, conninfo) { signal.raise() }
        return signal.isRaised
      }))
    #expect(outcome.wasInterrupted && outcome.changed == 0)
    #expect(outcome.notes.first?.contains("is not valid now") == true)
    #expect(try stage.indexes.list(.init(table: "seat")).first { $0.name == "victim" }?.isValid == false)
    try reader.script("COMMIT")
    let plan = try stage.indexes.planRestoration(of: operation, journal: journal)
    #expect(plan.leftovers.map(\.name) == ["victim"])
    #expect(try stage.indexes.create(plan, control: .init()).changed == 1)
    #expect(try stage.indexes.list(.init(table: "seat")).first { $0.name == "victim" }?.isValid == true)
  }

  @Test("an index that a foreign key needs is refused in the plan, with the constraint's name")
  func foreignKey() throws {
    try stage.connection.script(
      """
      CREATE UNIQUE INDEX number ON seat (concert_option_id, seat_number, id);
      CREATE TABLE hold (a bigint, b int, c bigint, CONSTRAINT held FOREIGN KEY (a, b, c)
        REFERENCES seat (concert_option_id, seat_number, id))
      """)
    let failure = refusal("number")
    #expect(failure?.kind == .refused)
    #expect(failure?.message.contains("constraint held on table hold needs it") == true, "\(failure?.message ?? "")")
  }

  @Test("comment, statistics targets, tablespace and CLUSTER mark come back with the index")
  func properties() throws {
    let space = "space_\(stage.database.name)"
    let directory = try stage.connection.query("SELECT current_setting('data_directory') || '/../\(space)' AS d")[0]
      .decode("d", as: String.self)
    try stage.connection.executeAlone("COPY (SELECT 1) TO PROGRAM 'mkdir -p \(directory)'")
    try stage.connection.executeAlone("CREATE TABLESPACE \(space) LOCATION '\(directory)'")
    try stage.connection.script(
      """
      CREATE INDEX victim ON seat (lower(status)) TABLESPACE \(space); COMMENT ON INDEX victim IS 'it''s needed';
      ALTER INDEX victim ALTER COLUMN 1 SET STATISTICS 77; ALTER TABLE seat CLUSTER ON victim
      """)
    let facts = """
      SELECT concat_ws('|', obj_description('victim'::regclass), t.spcname, i.indisclustered, a.attstattarget) AS facts
      FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid
        JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.oid = 'victim'::regclass
      """
    let before: String = try stage.connection.query(facts)[0].decode("facts")
    #expect(before == "it's needed|\(space)|t|77")
    let operation = try begin()
    let dropped = try stage.indexes.drop(
      try stage.indexes.planDrop("victim"), operation: operation, journal: journal, control: .init())
    #expect(dropped == ChangeOutcome(changed: 1))
    let plan = try stage.indexes.planRestoration(of: operation, journal: journal)
    #expect(try stage.indexes.create(plan, control: .init()) == ChangeOutcome(changed: 1))
    #expect(try stage.connection.query(facts)[0].decode("facts") == before)
    try stage.connection.script("DROP INDEX victim")
    try stage.connection.executeAlone("DROP TABLESPACE \(space)")
  }

  @Test("an invalid index that became valid behind the plan is not dropped")
  func becameValid() throws {
    try stage.connection.script(
      "CREATE INDEX victim ON seat (status); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'victim'::regclass"
    )
    let plan = try stage.indexes.planDrop("victim")
    try stage.connection.script("UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'victim'::regclass")
    let outcome = try stage.indexes.drop(plan, operation: try begin(), journal: journal, control: .init())
    #expect(outcome == ChangeOutcome(skipped: 1, notes: ["'public.victim' is valid now, so it was not dropped"]))
    #expect(try stage.names() == ["seat_pkey", "victim"])
  }
}

/// Sees whether some session waits for another.
enum DropWatch {
  static func isWaiting(for pid: Int32, _ conninfo: String) -> Bool {
    guard let eye = try? PostgresConnection(PostgresTarget(conninfo)) else { return false }
    let rows = try? eye.query(
      "SELECT 1 FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))", [PostgresValue(pid)])
    return rows?.isEmpty == false
  }
}

import Advisor
import Changes
import Failures
import Postgres
import Support
import Testing

@Suite("Building an index")
struct IndexBuildTests {
  let stage: IndexStage

  init() throws { stage = try IndexStage() }

  private func builders() throws -> [Int] {
    try stage.connection.query("SELECT pid FROM pg_stat_progress_create_index WHERE datname = current_database()")
      .map { try $0.decode("pid") }
  }

  @Test("a built index is valid, and building it again is nothing to do")
  func build() throws {
    let outcome = try stage.indexes.create(try stage.plan("status"), control: .init())
    #expect(outcome == ChangeOutcome(changed: 1))
    let index = try #require(stage.indexes.list(.init(table: "seat")).first { $0.name == "seat_status_idx" })
    #expect(index.isValid && !index.isUnique && index.bytes > 0)
    #expect(try stage.plan("status").count == 0)
  }

  @Test("duplicates under --unique leave no index, and the plan shows them, and the build tells how to find them")
  func uniqueViolation() throws {
    try stage.connection.script("UPDATE seat SET note = 's3cret' WHERE id < 3")
    let refusal = #expect(throws: Failure.self) { try stage.plan("note", unique: true) }
    #expect(refusal?.kind == .badInput)
    #expect(refusal?.causes == ["(s3cret) in 2 rows"])
    try stage.connection.script("UPDATE seat SET note = id::text WHERE id < 3")
    let plan = try stage.plan("note", unique: true, condition: "id < 10")
    try stage.connection.script("UPDATE seat SET note = 's3cret' WHERE id < 3")
    let failure = #expect(throws: Failure.self) { try stage.indexes.create(plan, control: .init()) }
    #expect(failure?.kind == .badInput)
    #expect(failure?.causes == ["the unfinished index was dropped"])
    let statement = try #require(failure?.hints.first?.split(separator: "find them: ").first)
    #expect(statement.contains("AND ((id < 10)) GROUP BY \"note\" HAVING count(*) > 1"))
    #expect(try stage.connection.query("\(statement)")[0].decode("note", as: String.self) == "s3cret")
    #expect(try stage.names() == ["seat_pkey"])
  }

  @Test("a build that waits for an old snapshot names its session, and goes on when that ends")
  func waitsForSnapshot() throws {
    let old = try stage.oldSnapshot()
    let pid = Int(old.backendPID)
    let plan = try stage.plan("status")
    var heard: [IndexBuildProgress] = []
    let outcome = try stage.indexes.create(plan, control: .init()) { progress in
      heard.append(progress)
      if progress.waitsFor?.pid == pid, old.isInTransaction { try? old.script("COMMIT") }
    }
    #expect(outcome.changed == 1)
    let wait = try #require(heard.first { $0.waitsFor?.pid == pid })
    #expect(wait.phase == "waiting for old snapshots")
    #expect(wait.place.map { [$0.number, $0.of] } == [8, 8])
    #expect(wait.waitsFor?.state == "idle in transaction")
    #expect(wait.waitsFor?.statement == "SELECT count(*) FROM pg_class")
    #expect(wait.waitsFor?.application == "usher")
  }

  @Test("a build that waits for the table itself names who holds it")
  func waitsForTable() throws {
    let writer = try stage.connect()
    try writer.script("BEGIN; LOCK TABLE seat IN SHARE UPDATE EXCLUSIVE MODE")
    var seen: Int?
    let plan = try stage.plan("status")
    #expect(plan.warnings.contains { $0.contains("cannot start beside pid \(writer.backendPID) (") })
    let refusal = #expect(throws: Failure.self) { try stage.indexes.create(plan, control: .init()) }
    #expect(refusal?.kind == .tryAgain)
    #expect(refusal?.causes.first?.contains("pid \(writer.backendPID) (") == true)
    let bounds = IndexBuildBounds(wait: .seconds(60))
    let outcome = try stage.indexes.create(plan, control: .init(), bounds: bounds) { progress in
      guard let waitsFor = progress.waitsFor, writer.isInTransaction else { return }
      seen = waitsFor.pid
      try? writer.script("COMMIT")
    }
    #expect(outcome.changed == 1)
    #expect(seen == Int(writer.backendPID))
  }

  @Test("an interrupted build is cancelled and leaves nothing")
  func interrupted() throws {
    let old = try stage.oldSnapshot()
    let signal = Flag()
    let outcome = try stage.indexes.create(
      try stage.plan("status"), control: ChangeControl(isInterrupted: { signal.isRaised })
    ) { progress in
      if progress.waitsFor != nil { signal.raise() }
    }
    #expect(outcome.wasInterrupted)
    #expect(outcome.changed == 0)
    #expect(outcome.notes == ["the unfinished index was dropped"])
    #expect(try stage.names() == ["seat_pkey"])
    #expect(try builders().isEmpty)
    #expect(old.isInTransaction)
  }

  @Test("an unfinished index that readers of the table hold is left to the server, which drops it once they let go")
  func heldByReaders() throws {
    let reader = try stage.connect()
    try reader.executeAlone("BEGIN ISOLATION LEVEL REPEATABLE READ")
    try reader.script("SELECT count(*) FROM seat")
    let database = stage.database
    let indexes = Indexes(stage.connection) { try IndexStage.connect(database) }
    let signal = Flag()
    let outcome = try indexes.create(
      try stage.plan("status"), control: ChangeControl(isInterrupted: { signal.isRaised }),
      bounds: IndexBuildBounds(patience: .milliseconds(300))
    ) { progress in
      if progress.waitsFor != nil { signal.raise() }
    }
    #expect(outcome.wasInterrupted)
    let note = try #require(outcome.notes.first)
    #expect(note.contains("when the transaction of pid \(reader.backendPID) ("))
    try reader.script("COMMIT")
    try waitUntil { try stage.names() == ["seat_pkey"] }
  }

  @Test(
    "a build that somebody else cancels or whose session is ended is an error, and leaves nothing",
    arguments: [("pg_cancel_backend", Failure.Kind.tryAgain), ("pg_terminate_backend", .unavailable)])
  func endedByOthers(function: String, kind: Failure.Kind) throws {
    let old = try stage.oldSnapshot()
    defer { withExtendedLifetime(old) {} }
    let admin = try stage.connect()
    let plan = try stage.plan("status")
    let failure = #expect(throws: Failure.self) {
      try stage.indexes.create(plan, control: .init()) { progress in
        guard progress.waitsFor != nil else { return }
        _ = try? admin.query(
          "SELECT \(function)(pid) FROM pg_stat_progress_create_index WHERE datname = current_database()")
      }
    }
    #expect(failure?.kind == kind)
    #expect(failure?.causes.last == "the unfinished index was dropped")
    #expect(try stage.names() == ["seat_pkey"])
  }

  @Test("an unfinished build of the same index is dropped first, under whatever name")
  func leftovers() throws {
    try stage.connection.script("UPDATE seat SET note = 'same' WHERE id < 3")
    let clumsy = try stage.connect()
    for name in ["seat_note_idx", "broken"] {
      #expect(throws: PostgresError.self) {
        try clumsy.executeAlone("CREATE UNIQUE INDEX CONCURRENTLY \(name) ON seat (note)")
      }
    }
    #expect(try stage.names() == ["broken", "seat_note_idx", "seat_pkey"])
    try stage.connection.script("UPDATE seat SET note = id::text")
    let plan = try stage.plan("note", unique: true)
    #expect(plan.count == 1)
    #expect(plan.name == "seat_note_idx")
    #expect(plan.leftovers.map(\.name) == ["broken", "seat_note_idx"])
    #expect(plan.warnings.contains { $0.contains("'public.broken' is an unfinished build") })
    #expect(try stage.indexes.create(plan, control: .init()).changed == 1)
    #expect(try stage.names() == ["seat_note_idx", "seat_pkey"])
    #expect(try stage.indexes.list(.init(table: "seat")).allSatisfy(\.isValid))
  }

  @Test("another unfinished index is left alone, and mentioned")
  func otherLeftover() throws {
    let clumsy = try stage.connect()
    try stage.connection.script("UPDATE seat SET note = 'same'")
    #expect(throws: PostgresError.self) {
      try clumsy.executeAlone("CREATE UNIQUE INDEX CONCURRENTLY broken ON seat (note)")
    }
    let plan = try stage.plan("status")
    #expect(plan.warnings.contains { $0.contains("'public.broken' is not valid") })
    #expect(try stage.indexes.create(plan, control: .init()).changed == 1)
    #expect(try stage.names() == ["broken", "seat_pkey", "seat_status_idx"])
  }

  @Test("while somebody builds the same index, a second build follows it, and has nothing to do after it")
  func twoAtOnce() throws {
    let old = try stage.oldSnapshot()
    let database = stage.database
    let first = Background {
      let connection = try IndexStage.connect(database)
      let indexes = Indexes(connection, connect: { try IndexStage.connect(database) })
      let plan = try indexes.planCreation(IndexRequest(table: "seat", columns: [IndexColumn("status")]))
      #expect(try indexes.create(plan, control: .init()).changed == 1)
    }
    try waitUntil { try stage.names().contains("seat_status_idx") }
    let pid = try #require(builders().first)
    let plan = try stage.plan("status")
    #expect(plan.leftovers.isEmpty)
    #expect(plan.warnings.contains { $0.hasPrefix("pid \(pid) (") && $0.contains("builds the same index") })
    #expect(try stage.indexes.list().first { $0.name == "seat_status_idx" }?.state == "building")
    // Another index is no reason to follow, and what is being built is not called broken.
    let other = try stage.plan("seat_number").warnings.filter { $0.contains("seat_status_idx") }
    #expect(other.first?.hasPrefix("'public.seat_status_idx' is being built by pid \(pid) (") == true)
    let signal = Flag()
    let stopped = try stage.indexes.create(plan, control: ChangeControl(isInterrupted: { signal.isRaised })) { _ in
      signal.raise()
    }
    #expect(stopped.wasInterrupted)
    let outcome = try stage.indexes.create(plan, control: .init()) { _ in
      if old.isInTransaction { try? old.script("COMMIT") }
    }
    #expect(outcome == ChangeOutcome(skipped: 1, notes: ["the same index exists already: 'public.seat_status_idx'"]))
    try first.finish()
    #expect(try stage.names() == ["seat_pkey", "seat_status_idx"])
  }

  @Test("a name that somebody took after the plan fails the build, and stays theirs")
  func nameTakenMeanwhile() throws {
    let plan = try stage.plan("status", name: "wanted")
    try stage.connection.script("CREATE INDEX wanted ON seat (seat_number)")
    let failure = #expect(throws: Failure.self) { try stage.indexes.create(plan, control: .init()) }
    #expect(failure?.message.contains("already exists") == true)
    #expect(failure?.causes.last == "no unfinished index was left")
    #expect(try stage.names() == ["seat_pkey", "wanted"])
  }

  @Test("writes go on while an index is built")
  func writesGoOn() throws {
    let old = try stage.oldSnapshot()
    let writer = try stage.connect()
    var written = 0
    let outcome = try stage.indexes.create(try stage.plan("status"), control: .init()) { progress in
      if progress.waitsFor != nil, written < 3 {
        written +=
          (try? writer.execute("INSERT INTO seat (concert_option_id, seat_number, status) VALUES (1, 1, 'NEW')")) ?? 0
      } else if old.isInTransaction {
        try? old.script("COMMIT")
      }
    }
    #expect(outcome.changed == 1)
    #expect(written == 3)
    try stage.connection.script("SET enable_seqscan TO off")
    #expect(try stage.connection.query("SELECT count(*) FROM seat WHERE status = 'NEW'")[0].decode(0) == 3)
  }
}

import Changes
import Failures
import Support
import Testing

@testable import Advisor
@testable import Postgres

/// What other sessions do on the same table while usher builds or drops an index: none of their work may end because of it.
@Suite("Index builds beside the work of others")
struct IndexHazardTests {
  let stage: IndexStage

  init() throws { stage = try IndexStage() }

  private func states() throws -> [String] {
    try stage.indexes.list(.init(table: "seat")).map { "\($0.name) \($0.state)" }
  }

  @Test("another's concurrent build is waited for, and neither it nor ours ends as a deadlock")
  func besideBuild() throws {
    let old = try stage.oldSnapshot()
    let other = try stage.connect()
    try other.claimSession(for: "a test")
    try other.start("CREATE INDEX CONCURRENTLY theirs ON seat (seat_number)")
    try waitUntil { try states().contains("theirs building") }
    let plan = try stage.plan("status")
    #expect(plan.warnings.contains { $0.contains("cannot start beside pid \(other.backendPID) (") }, "\(plan.warnings)")
    let refusal = #expect(throws: Failure.self) { try stage.indexes.create(plan, control: .init()) }
    #expect(refusal?.kind == .tryAgain)
    #expect(refusal?.causes.first?.contains("CREATE INDEX CONCURRENTLY theirs") == true)
    var looks = 0
    let outcome = try stage.indexes.create(plan, control: .init(), bounds: .init(wait: .seconds(60))) { progress in
      // Longer than the server's deadlock_timeout of one second.
      looks += 1
      if looks == 15, old.isInTransaction { try? old.script("COMMIT") }
    }
    #expect(outcome.changed == 1)
    while try other.poll(timeout: .seconds(1)) == .running {}
    #expect(try states() == ["seat_pkey valid", "seat_status_idx valid", "theirs valid"])
  }

  @Test("a build that another's queues behind is repeated after the deadlock, and nothing is left invalid")
  func queuedBuild() throws {
    let old = try stage.oldSnapshot()
    let other = try stage.connect()
    try other.claimSession(for: "a test")
    var isQueued = false
    var looks = 0
    let outcome = try stage.indexes.create(
      try stage.plan("status"), control: .init(), bounds: .init(wait: .seconds(60))
    ) { progress in
      if progress.waitsFor?.pid == Int(old.backendPID), !isQueued {
        isQueued = true
        try? other.start("CREATE INDEX CONCURRENTLY theirs ON seat (seat_number)")
      }
      looks += isQueued ? 1 : 0
      // The other session must have looked for a deadlock before the build waits for its snapshot.
      if looks == 20, old.isInTransaction { try? old.script("COMMIT") }
    }
    #expect(outcome.changed == 1)
    #expect(isQueued)
    while try other.poll(timeout: .seconds(1)) == .running {}
    #expect(try states() == ["seat_pkey valid", "seat_status_idx valid", "theirs valid"])
  }

  @Test("a statement that queues behind the build is reported with those behind it, before anybody asks")
  func queue() throws {
    let old = try stage.oldSnapshot()
    let (alter, writer) = (try stage.connect(), try stage.connect())
    var heard: LockQueue?
    let outcome = try stage.indexes.create(try stage.plan("status"), control: .init()) { progress in
      guard progress.waitsFor != nil else { return }
      if alter.background == nil {
        try? alter.start("ALTER TABLE seat ADD COLUMN later int")
        try? stage.connection.waitFor("wait_event_type = 'Lock'", pid: alter.backendPID)
        try? writer.start("UPDATE seat SET note = 'x' WHERE id = 1")
        try? stage.connection.waitFor("wait_event_type = 'Lock'", pid: writer.backendPID)
      }
      if let queue = progress.queue, queue.behind == 1, old.isInTransaction {
        heard = queue
        alter.cancel()
        try? old.script("COMMIT")
      }
    }
    #expect(outcome.changed == 1)
    #expect(heard?.first.pid == Int(alter.backendPID))
    #expect(heard?.mode == "AccessExclusiveLock")
    #expect(heard?.first.statement == "ALTER TABLE seat ADD COLUMN later int")
    while try writer.poll(timeout: .seconds(1)) == .running {}
  }

  @Test("a prepared transaction that a build waits for is named, with how to end it")
  func prepared() throws {
    let writer = try stage.connect()
    let name = "pay_\(stage.database.name)"
    try writer.executeAlone("BEGIN")
    try writer.script("UPDATE seat SET note = 'x' WHERE id = 1")
    try writer.executeAlone("PREPARE TRANSACTION '\(name)'")
    #expect(try stage.plan("status").blockers.first?.preparedName == name)
    var heard: OpenTransaction?
    let outcome = try stage.indexes.create(try stage.plan("status"), control: .init()) { progress in
      guard let waitsFor = progress.waitsFor, heard == nil else { return }
      heard = waitsFor
      try? writer.executeAlone("ROLLBACK PREPARED '\(name)'")
    }
    #expect(outcome.changed == 1)
    #expect(heard?.description.hasPrefix("prepared transaction '\(name)' of ") == true)
    #expect(heard?.remark == "end it with COMMIT PREPARED '\(name)' or ROLLBACK PREPARED")
  }

  @Test("a server without a connection left does not keep a build that is ended from removing its index")
  func noConnectionLeft() throws {
    let role = "few_\(stage.database.name)"
    try stage.connection.script(
      "CREATE ROLE \(role) LOGIN; ALTER TABLE seat OWNER TO \(role); GRANT CREATE ON SCHEMA public TO \(role)")
    let target = PostgresTarget(
      stage.database.conninfo.split(separator: " ").filter { !$0.hasPrefix("user=") }.joined(separator: " ")
        + " user=\(role)")
    let old = try stage.oldSnapshot()
    defer { withExtendedLifetime(old) {} }
    let signal = Flag()
    let indexes = Indexes(try PostgresConnection(target), connect: { try PostgresConnection(target) })
    let plan = try indexes.planCreation(IndexRequest(table: "seat", columns: [IndexColumn("status")]))
    let outcome = try indexes.create(plan, control: ChangeControl(isInterrupted: { signal.isRaised })) { progress in
      guard progress.waitsFor != nil else { return }
      try? stage.connection.script("ALTER ROLE \(role) CONNECTION LIMIT 0")
      signal.raise()
    }
    #expect(outcome.wasInterrupted)
    #expect(outcome.notes == ["the unfinished index was dropped"])
    #expect(try stage.names() == ["seat_pkey"])
    try stage.connection.script("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
  }

  @Test("an empty table is indexed at once, whatever transactions are open")
  func empty() throws {
    let old = try stage.oldSnapshot()
    try stage.connection.script("CREATE TABLE fresh (id int, name text)")
    let plan = try stage.indexes.planCreation(IndexRequest(table: "fresh", columns: [IndexColumn("name")]))
    #expect(try stage.indexes.create(plan, control: .init()).changed == 1)
    #expect(try stage.indexes.list(.init(table: "fresh")).map(\.state) == ["valid"])
    #expect(old.isInTransaction)
  }

  @Test("keys that rows share are found before a unique build, within the condition, and NULLs are no duplicates")
  func duplicates() throws {
    try stage.connection.script(
      "UPDATE seat SET note = 'a' WHERE id IN (1, 2); UPDATE seat SET note = 'b' WHERE id IN (3, 4, 5)")
    #expect(try stage.plan("note", unique: true, condition: "id > 5").count == 1)
    #expect(try stage.plan("note", "id", unique: true).count == 1)
    let failure = #expect(throws: Failure.self) { try stage.plan("note", unique: true) }
    #expect(failure?.kind == .badInput)
    #expect(failure?.causes == ["(b) in 3 rows", "(a) in 2 rows"])
  }
}

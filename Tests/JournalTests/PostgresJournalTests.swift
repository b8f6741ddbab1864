import Failures
import Postgres
import Support
import Testing

@testable import Journal

@Suite("The history in PostgreSQL")
struct PostgresJournalTests {
  let database: TestDatabase
  let connection: PostgresConnection
  let journal: PostgresJournal

  init() throws {
    database = try TestDatabase.make()
    connection = try PostgresConnection(PostgresTarget(database.conninfo))
    journal = PostgresJournal(connection, actor: Actor(user: "kim", host: "ops-1"))
  }

  private func schemaExists() throws -> Bool? {
    try connection.query("SELECT to_regnamespace('usher') IS NOT NULL AS present").first?.decode("present")
  }

  @Test("reading the history creates nothing")
  func readsOnly() throws {
    #expect(try journal.list(limit: 10).isEmpty)
    #expect(try journal.find(OperationID(milliseconds: 1)) == nil)
    #expect(try schemaExists() == false)
  }

  @Test("a record says who, what, where and why, from its start")
  func begin() throws {
    let id = try journal.begin(.sample)
    let record = try #require(try journal.find(id))
    #expect(record.request == .sample)
    #expect(record.actor == "kim@ops-1")
    #expect(record.state == .started)
    #expect(record.store == .postgres)
    #expect(record.endedMilliseconds == nil)
    #expect(record.startedMilliseconds == id.milliseconds)
  }

  @Test("counts and before-images live and die with the transaction that changes")
  func atomic() throws {
    let id = try journal.begin(.sample)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try connection.transaction {
        try journal.saveBeforeImage(id, batch: 0, content: "[1]")
        try journal.add(changed: 10, to: id)
        throw Stop()
      }
    }
    #expect(try journal.find(id)?.changed == 0)
    try connection.transaction {
      try journal.saveBeforeImage(id, batch: 0, content: "[1]")
      try journal.add(changed: 10, to: id)
    }
    try journal.finish(id, state: .done, failed: 0, changed: nil)
    let record = try #require(try journal.find(id))
    #expect((record.changed, record.failed, record.state) == (10, 0, .done))
    #expect(record.endedMilliseconds != nil)
  }

  @Test("before-images come back in the order of their batches, also when each is removed on the way")
  func beforeImages() throws {
    let id = try journal.begin(.sample)
    for batch in [2, 0, 10, 1] { try journal.saveBeforeImage(id, batch: batch, content: "{\"n\": \(batch)}") }
    var seen: [Int] = []
    try journal.forEachBeforeImage(id) { batch, content in
      #expect(content == "{\"n\": \(batch)}")
      seen.append(batch)
      try journal.removeBeforeImage(id, batch: batch)
    }
    #expect(seen == [0, 1, 2, 10])
    try journal.forEachBeforeImage(id) { _, _ in Issue.record("a removed before-image came back") }
  }

  @Test("the list has the newest first and no more than asked for")
  func list() throws {
    _ = try (0..<5).map { _ in try journal.begin(.sample) }
    let listed = try journal.list(limit: 3)
    #expect(listed.count == 3)
    #expect(listed.map(\.id) == listed.map(\.id).sorted(by: >))
  }

  @Test("an operation that is taken back says by which")
  func undone() throws {
    let first = try journal.begin(.sample)
    var request = OperationRequest.sample
    request.undoes = first
    let second = try journal.begin(request)
    try journal.markUndone(first, by: second)
    #expect(try journal.find(first)?.state == .undone)
    #expect(try journal.find(first)?.undoneBy == second)
    #expect(try journal.find(second)?.request.undoes == first)
  }

  @Test("a before-image older than its retention is forgotten at the next start")
  func retention() throws {
    _ = try journal.begin(.sample)
    let old = OperationID(milliseconds: 1_000_000_000_000)
    try journal.saveBeforeImage(old, batch: 0, content: "1")
    _ = try journal.begin(.sample)
    try journal.forEachBeforeImage(old) { _, _ in Issue.record("an old before-image is still there") }
  }

  @Test("a role that may not create the schema is told what is missing, and nothing starts")
  func privileges() throws {
    let role = "journal_reader_\(UInt32.random(in: 0...UInt32.max))"
    try connection.execute("CREATE ROLE \(role)")
    defer {
      _ = try? connection.execute("RESET ROLE")
      _ = try? connection.execute("DROP ROLE \(role)")
    }
    try connection.execute("SET ROLE \(role)")
    let failure = try #require(throws: Failure.self) { _ = try journal.begin(.sample) }
    #expect(failure.kind == .refused)
    #expect(failure.message.contains("nothing was changed"))
    #expect(failure.hints.first?.contains("GRANT CREATE") == true)
  }

  @Test("two first changes at once create the schema once")
  func concurrentCreation() async throws {
    let conninfo = database.conninfo
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let connection = try PostgresConnection(PostgresTarget(conninfo))
          _ = try PostgresJournal(connection, actor: Actor(user: "kim", host: "ops-1")).begin(.sample)
        }
      }
      try await group.waitForAll()
    }
    #expect(try journal.list(limit: 10).count == 4)
  }
}

@Suite("The lock in PostgreSQL")
struct PostgresLockTests {
  let database: TestDatabase

  init() throws { database = try TestDatabase.make() }

  private func connect() throws -> PostgresConnection { try PostgresConnection(PostgresTarget(database.conninfo)) }

  @Test("a second holder is refused with the first one's backend, and served after the release")
  func exclusive() throws {
    let (first, second) = (try connect(), try connect())
    let lock = try PostgresLock.acquire("outbox outbox_event", on: first)
    let failure = try #require(throws: Failure.self) {
      _ = try PostgresLock.acquire("outbox outbox_event", on: second)
    }
    #expect(failure.kind == .tryAgain)
    #expect(failure.causes.first?.contains("backend \(first.backendPID) ") == true)
    _ = try PostgresLock.acquire("another thing", on: second)
    try lock.release()
    _ = try PostgresLock.acquire("outbox outbox_event", on: second)
  }

  @Test("the lock goes with its connection")
  func goesWithConnection() throws {
    let second = try connect()
    do {
      let first = try connect()
      _ = try PostgresLock.acquire("outbox outbox_event", on: first)
    }
    _ = try PostgresLock.acquire("outbox outbox_event", on: second, wait: .seconds(30))
  }

  @Test("an interrupted wait ends with the refusal")
  func interrupted() throws {
    let (first, second) = (try connect(), try connect())
    _ = try PostgresLock.acquire("outbox outbox_event", on: first)
    #expect(throws: Failure.self) {
      _ = try PostgresLock.acquire("outbox outbox_event", on: second, wait: .seconds(3600), isInterrupted: { true })
    }
    // Keeps the first connection open to here.
    #expect(first.backendPID != second.backendPID)
  }
}

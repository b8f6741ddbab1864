import Failures
import Postgres
import Support
import Testing

@testable import Changes

@Suite("The history in PostgreSQL")
struct PostgresJournalTests {
  let store: PostgresStore
  var connection: PostgresConnection { store.connection }
  var journal: PostgresJournal { store.postgresJournal }

  init() throws { store = try PostgresStore() }

  @Test("a before-image is gone where the transaction that changes is rolled back")
  func atomic() throws {
    let id = try journal.begin(.sample)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try connection.transaction {
        try journal.saveBeforeImage(id, batch: 0, content: "[1]")
        throw Stop()
      }
    }
    try journal.forEachBeforeImage(id) { _, _ in Issue.record("a before-image outlived its transaction") }
  }

  @Test("the start is there for others at once, whatever becomes of the change")
  func committed() throws {
    let lock = try store.lock()
    let id = try journal.begin(.sample, holding: lock)
    #expect(try store.another(.lee).find(id)?.state == .started)
    try lock.release()
    #expect(try store.another(.lee).find(id)?.state == .lost)
  }

  @Test("before-images come in the order of their batches, and only those of the operation")
  func beforeImages() throws {
    let (id, other) = (try journal.begin(.sample), try journal.begin(.sample))
    for batch in [2, 0, 10, 1] { try journal.saveBeforeImage(id, batch: batch, content: "{\"n\": \(batch)}") }
    try journal.saveBeforeImage(other, batch: 0, content: "\"another's\"")
    var seen: [Int] = []
    try journal.forEachBeforeImage(id) { batch, content in
      #expect(content == "{\"n\": \(batch)}")
      seen.append(batch)
    }
    #expect(seen == [0, 1, 2, 10])
    try journal.forEachBeforeImage(other) { _, content in #expect(content == "\"another's\"") }
  }

  @Test("a batch's before-image is kept once: a second one is an error, and so is what is no JSON")
  func onceABatch() throws {
    let id = try journal.begin(.sample)
    try journal.saveBeforeImage(id, batch: 0, content: "1")
    let twice = #expect(throws: PostgresError.self) { try journal.saveBeforeImage(id, batch: 0, content: "2") }
    #expect(twice?.sqlState == "23505")
    #expect(throws: PostgresError.self) { try journal.saveBeforeImage(id, batch: 1, content: "{") }
    try journal.forEachBeforeImage(id) { _, content in #expect(content == "1") }
  }

  @Test("a before-image goes at the next start after its thirty days, its record stays")
  func retention() throws {
    let now = try journal.begin(.sample).milliseconds
    let days = PostgresJournal.beforeImageRetentionDays * 86_400_000
    // A minute on either side of the edge.
    let old = OperationID(milliseconds: now - days - 60_000)
    let kept = OperationID(milliseconds: now - days + 60_000)
    for id in [old, kept] {
      try connection.execute(
        """
        INSERT INTO usher_history.operation (id, command, command_line, target, actor, planned, state, undo, started_at)
        VALUES ($1, 'c', 'c', 't', 'a', 1, 'done', 'automatic', now())
        """, [.init(id.description)])
      try journal.saveBeforeImage(id, batch: 0, content: "1")
      try connection.execute(
        """
        INSERT INTO usher_history.row_image
          (operation_id, batch, relation, key_columns, columns, key_values, before_values, after_values)
        VALUES ($1, 0, 't', '{id}', '{c}', '{{1}}', '{{a}}', '{{b}}')
        """, [.init(id.description)])
    }
    _ = try journal.begin(.sample)
    var found: [OperationID] = []
    for id in [old, kept] { try journal.forEachBeforeImage(id) { _, _ in found.append(id) } }
    #expect(found == [kept])
    let rows = try connection.query("SELECT operation_id FROM usher_history.row_image")
    #expect(try rows.map { try $0.decode(0, as: String.self) } == [kept.description])
    #expect(try journal.find(old) != nil)
  }

  @Test("however many died, all of them are marked as lost")
  func markLost() throws {
    let ids = try (0..<60).map { _ in try journal.begin(.sample) }
    try journal.markLost(target: OperationRequest.sample.target)
    #expect(try ids.allSatisfy { try journal.find($0)?.state == .lost })
  }

  @Test("a role that may not make the schema is told the statement that lets it, and nothing starts")
  func mayNotCreate() throws {
    try asRole("maker") { role in
      let failure = try #require(throws: Failure.self) { try journal.begin(.sample) }
      #expect(failure.kind == .refused)
      #expect(failure.message.hasSuffix(", so nothing was changed"))
      try grant(failure, by: "the database's owner", to: role)
      #expect(try journal.find(try journal.begin(.sample)) != nil)
    }
  }

  @Test("where another role made the schema, a second one is told what that one has to grant")
  func otherOwner() throws {
    let id = try journal.begin(.sample)
    try asRole("second") { role in
      let refusals = try [
        #require(throws: Failure.self) { _ = try journal.begin(.sample) },
        #require(throws: Failure.self) { _ = try journal.list(limit: 1) },
        #require(throws: Failure.self) { _ = try journal.find(id) },
      ]
      #expect(refusals.allSatisfy { $0.kind == .refused })
      #expect(refusals[0].message.hasSuffix(", so nothing was changed"))
      #expect(refusals[1].message.hasPrefix("cannot read the history in PostgreSQL database "))
      try grant(refusals[0], by: "usher", to: role)
      let own = try journal.begin(.sample)
      try journal.saveBeforeImage(own, batch: 0, content: "1")
      try journal.finish(own, state: .done, failed: 0, changed: 1)
      try journal.markUndone(id, by: own)
      #expect(try journal.list(limit: 5).map(\.state) == [.done, .undone])
    }
  }

  @Test("an id in the table that usher did not write is an error that quotes it")
  func foreignID() throws {
    _ = try journal.begin(.sample)
    try connection.execute("UPDATE usher_history.operation SET id = 'order-1'")
    let failure = #expect(throws: Failure.self) { try journal.list(limit: 1) }
    #expect(failure?.message == "usher_history.operation contains the id 'order-1', which is not one of usher's")
  }

  @Test("first changes at once create the schema once")
  func concurrentCreation() throws {
    let database = store.database
    let workers = (0..<4).map { _ in
      Background { _ in _ = try PostgresJournal(try database.connect(), actor: .lee).begin(.sample) }
    }
    for worker in workers { try worker.stop() }
    #expect(try journal.list(limit: 10).count == 4)
  }

  /// Runs `body` as a role of its own that may do nothing but connect.
  private func asRole(_ name: String, _ body: (String) throws -> Void) throws {
    let role = "\(name)_\(store.database.name)"
    try connection.script("CREATE ROLE \(role); SET ROLE \(role)")
    defer { _ = try? connection.script("RESET ROLE; DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)") }
    try body(role)
  }

  /// Does what the hint says, as the one that it names.
  private func grant(_ failure: Failure, by owner: String, to role: String) throws {
    let hint = try #require(failure.hints.first)
    let start = "let \(owner) run: "
    #expect(hint.hasPrefix(start))
    try connection.script("RESET ROLE; \(hint.dropFirst(start.count)); SET ROLE \(role)")
  }
}

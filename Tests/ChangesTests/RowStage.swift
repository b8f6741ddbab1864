import Postgres
import Support

@testable import Changes

/// A database of its own with a table of seats, whose rows a test changes.
struct RowStage {
  let store: PostgresStore

  init() throws {
    store = try PostgresStore()
    try run("CREATE TABLE seat (id bigint PRIMARY KEY, status text, version int)")
  }

  /// Runs statements as somebody else would.
  func run(_ statements: String) throws { try store.connection.script(statements) }

  /// Locked seats from 1 on, in version 1.
  func fill(_ count: Int) throws {
    try store.connection.execute(
      "INSERT INTO seat SELECT i, 'LOCKED', 1 FROM generate_series(1, $1::int) i", [.init(count)])
  }

  func rows(of table: String = "seat") throws -> [String] {
    try store.connection.query("SELECT t::text FROM \(table) t ORDER BY 1").map { try $0.decode(0) }
  }

  func begin() throws -> OperationID { try store.postgresJournal.begin(.on("seat")) }

  func seats() throws -> RowChange {
    try RowChange(table: "seat", key: ["id"], columns: ["status", "version"], on: store.connection)
  }

  /// Unlocks seats that a plan has seen locked, in version 1.
  func release(
    _ ids: [String], operation: OperationID, batch: Int = 0, journal: PostgresJournal? = nil
  ) throws -> Int {
    try seats().apply(
      keys: [.each(ids)], before: [.same("LOCKED"), .same("1")], after: [.same("UNLOCKED"), .same("2")],
      operation: operation, batch: batch, journal: journal ?? store.postgresJournal)
  }

  func undo(_ id: OperationID) -> RowUndo { RowUndo(id, journal: store.postgresJournal) }
}

import Advisor
import Changes
import Postgres
import Support
import Synchronization

/// A database of its own with a table of seats, and connections to it.
struct IndexStage {
  let database: TestDatabase
  let connection: PostgresConnection
  let indexes: Indexes

  init(seats: Int = 1000) throws {
    let database = try TestDatabase.make()
    self.database = database
    connection = try Self.connect(database)
    indexes = Indexes(connection, connect: { try Self.connect(database) })
    try connection.script(
      """
      CREATE TABLE seat (id bigserial PRIMARY KEY, gone int, concert_option_id bigint NOT NULL, seat_number int NOT NULL,
        status text NOT NULL, note text, tags jsonb, plan point);
      ALTER TABLE seat DROP COLUMN gone;
      INSERT INTO seat (concert_option_id, seat_number, status)
        SELECT i / 50, i % 50, CASE WHEN i % 3 = 0 THEN 'LOCKED' ELSE 'UNLOCKED' END FROM generate_series(1, \(seats)) i;
      ANALYZE seat;
      """)
  }

  static func connect(_ database: TestDatabase) throws -> PostgresConnection {
    try PostgresConnection(PostgresTarget(database.conninfo))
  }

  func connect() throws -> PostgresConnection { try Self.connect(database) }

  /// A snapshot that any concurrent build in this database waits for.
  func oldSnapshot() throws -> PostgresConnection {
    let old = try connect()
    try old.executeAlone("BEGIN ISOLATION LEVEL REPEATABLE READ")
    try old.script("SELECT count(*) FROM pg_class")
    return old
  }

  func plan(
    _ columns: String..., unique: Bool = false, included: [String] = [], condition: String? = nil, name: String? = nil
  ) throws -> IndexCreationPlan {
    try indexes.planCreation(
      IndexRequest(
        table: "seat", columns: columns.map { IndexColumn(word: $0) }, isUnique: unique, included: included,
        condition: condition, name: name))
  }

  /// Names of all indexes of the table, valid or not.
  func names() throws -> [String] { try indexes.list(.init(table: "seat")).map(\.name) }
}

/// Something that grows while a build is observed.
final class Heard: Sendable {
  private let items = Mutex<[IndexBuildProgress]>([])
  func add(_ progress: IndexBuildProgress) { items.withLock { $0.append(progress) } }
  var all: [IndexBuildProgress] { items.withLock { $0 } }
}

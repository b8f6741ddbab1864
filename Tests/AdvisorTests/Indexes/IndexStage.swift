import Advisor
import Failures
import Glibc
import Journal
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

  func plan(
    _ columns: String..., unique: Bool = false, included: [String] = [], condition: String? = nil, name: String? = nil
  ) throws -> IndexCreationPlan {
    try indexes.planCreation(
      IndexRequest(
        table: "seat", columns: columns.map { IndexColumn(word: $0) }, isUnique: unique, included: included,
        condition: condition, name: name))
  }

  /// Names of all indexes of the table, valid or not.
  func names() throws -> [String] { try indexes.list(table: "seat").map(\.name) }
}

/// A flag that a test raises from anywhere.
final class Signal: Sendable {
  private let value = Atomic(false)
  func raise() { value.store(true, ordering: .releasing) }
  var isRaised: Bool { value.load(ordering: .acquiring) }
}

/// Something that grows while a build is observed.
final class Heard: Sendable {
  private let items = Mutex<[IndexBuildProgress]>([])
  func add(_ progress: IndexBuildProgress) { items.withLock { $0.append(progress) } }
  var all: [IndexBuildProgress] { items.withLock { $0 } }
}

/// Looks again until it is so, for some seconds.
func waitUntil(_ isSo: () throws -> Bool) throws {
  for _ in 0..<600 {
    if try isSo() { return }
    usleep(25_000)
  }
  throw Failure(.failed, "it never came to be")
}

/// A thread whose outcome can be waited for.
final class Helper: Sendable {
  private let outcome = Mutex<Result<Void, any Error>?>(nil)

  init(_ body: @escaping @Sendable () throws -> Void) {
    let work = Unmanaged.passRetained(
      Work { [self] in
        let result = Result { try body() }
        outcome.withLock { $0 = result }
      })
    var thread = pthread_t()
    _ = pthread_create(
      &thread, nil,
      { pointer in
        pointer.map { Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    pthread_detach(thread)
  }

  /// Throws what the body threw.
  func join() throws {
    try waitUntil { outcome.withLock { $0 != nil } }
    try outcome.withLock { try $0?.get() }
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

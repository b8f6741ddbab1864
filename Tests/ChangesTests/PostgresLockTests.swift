import Changes
import Failures
import Postgres
import Support
import Testing

@Suite("The lock in PostgreSQL")
struct PostgresLockTests {
  let database: TestDatabase

  init() throws { database = try TestDatabase.make() }

  private let name = "outbox outbox_event"

  private func refusal(_ connection: PostgresConnection) throws -> Failure {
    try #require(throws: Failure.self) { try PostgresLock.acquire(name, on: connection) }
  }

  @Test("the lock goes with its connection, however that ends")
  func goesWithConnection() throws {
    let (first, second, killer) = (try database.connect(), try database.connect(), try database.connect())
    let lock = try PostgresLock.acquire(name, on: first)
    try killer.execute("SELECT pg_terminate_backend($1)", [.init(first.backendPID)])
    let next = try PostgresLock.acquire(name, on: second, wait: .seconds(60))
    // Who lost it in the middle cannot give away what is another's.
    let lost = #expect(throws: Failure.self) { try lock.release() }
    #expect(lost?.message == "the lock on outbox outbox_event ended before the change, because its connection was lost")
    #expect(try refusal(killer).causes.first?.contains("process \(second.backendPID) ") == true)
    try next.release()
    #expect(throws: Failure.self) { try next.release() }
  }

  @Test("keeping it alive takes nothing from it")
  func keepAlive() throws {
    let (first, second) = (try database.connect(), try database.connect())
    let lock = try PostgresLock.acquire(name, on: first)
    lock.keepAlive()
    _ = try refusal(second)
    try lock.release()
    _ = try PostgresLock.acquire(name, on: second)
  }

  @Test("the same name in other databases is another thing, and never named as the holder")
  func otherDatabases() throws {
    let others = try (0..<4).map { _ in try TestDatabase.make() }
    let connections = try others.map { try $0.connect() }
    for connection in connections { _ = try PostgresLock.acquire(name, on: connection) }
    let (first, second) = (try database.connect(), try database.connect())
    let lock = try PostgresLock.acquire(name, on: first)
    #expect(
      try refusal(second).causes == ["process \(first.backendPID) of usher from the server's own host holds the lock"])
    try lock.release()
    for connection in connections { #expect(connection.backendPID != first.backendPID) }
  }

  @Test("where the role may not see where the holder comes from, nothing is claimed of it")
  func hiddenHost() throws {
    let (first, second) = (try database.connect(), try database.connect())
    let lock = try PostgresLock.acquire(name, on: first)
    try second.script("CREATE ROLE lock_\(database.name); SET ROLE lock_\(database.name)")
    let causes = try refusal(second).causes
    try second.script("RESET ROLE; DROP ROLE lock_\(database.name)")
    #expect(
      causes == ["process \(first.backendPID) of usher from a host that this role may not see holds the lock"])
    try lock.release()
  }
}

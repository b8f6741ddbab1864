import Sandbox
import Synchronization

/// A fresh, empty database of its own for one test, with pg_stat_statements and hypopg created.
public struct TestDatabase: Sendable {
  public let name: String
  /// A libpq connection string for it; the user is a superuser.
  public let conninfo: String

  public static func make() throws -> TestDatabase {
    let servers = try TestServers.shared()
    let name = "test_\(next())"
    try TestServers.psql(servers.postgres.conninfo(database: "postgres"), "CREATE DATABASE \(name)")
    return TestDatabase(name: name, conninfo: servers.postgres.conninfo(database: name))
  }

  private static let counter = Mutex(0)

  private static func next() -> Int {
    counter.withLock { counter in
      counter += 1
      return counter
    }
  }
}

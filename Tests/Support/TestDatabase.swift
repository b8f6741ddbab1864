import Postgres
import Sandbox
import Synchronization

/// A fresh database of its own for one test, with pg_stat_statements and hypopg created.
///
/// It goes with the last reference, so keep it in a `let`: a connection does not hold it.
public final class TestDatabase: Sendable {
  public let name: String
  /// A libpq connection string for it; the user is a superuser.
  public let conninfo: String

  /// An empty database, or one with the tables of the reference schema.
  public static func make(withSchema: Bool = false) throws -> TestDatabase {
    let servers = try TestServers.shared()
    let database = TestDatabase("test_\(next())", servers)
    let template = withSchema ? try schemaTemplate.get() : "template1"
    try servers.connect("postgres").executeAlone(
      "CREATE DATABASE \(database.name) TEMPLATE \(template) STRATEGY file_copy")
    return database
  }

  private init(_ name: String, _ servers: TestServers) {
    self.name = name
    conninfo = servers.postgres.conninfo(database: name)
  }

  public var target: PostgresTarget { PostgresTarget(conninfo) }

  /// A new connection.
  public func connect(_ options: PostgresOptions = PostgresOptions()) throws -> PostgresConnection {
    try PostgresConnection(target, options: options)
  }

  /// A way to this database that can be held or cut; the connection string for it has no password.
  public func relayed() throws -> (relay: Relay, target: PostgresTarget) {
    let relay = try Relay(to: "\(try TestServers.shared().home.socketDirectory)/.s.PGSQL.\(PostgresServer.port)")
    let conninfo = "host=127.0.0.1 port=\(relay.port) user=\(PostgresServer.superuser) dbname=\(name) sslmode=disable"
    return (relay, PostgresTarget(conninfo))
  }

  deinit {
    _ = try? TestServers.shared().connect("postgres").executeAlone("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
  }

  /// The schema's tables are created once; copying them is quick.
  private static let schemaTemplate = Result {
    let servers = try TestServers.shared()
    try servers.connect("postgres").executeAlone("CREATE DATABASE reference_schema")
    let connection = try servers.connect("reference_schema")
    try Schema.apply(Schema.plan(connection), connection)
    return "reference_schema"
  }

  private static let counter = Mutex(0)

  private static func next() -> Int {
    counter.withLock { counter in
      counter += 1
      return counter
    }
  }
}

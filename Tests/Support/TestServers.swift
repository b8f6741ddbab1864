import Failures
import Glibc
import Postgres
import Sandbox

/// The real servers of one test process: started when the first test asks, ended with the process however it ends.
///
/// Suites run in parallel and share the PostgreSQL server (each with a database of its own) and the broker (each with
/// topics of its own); every `TestRedis` is a server of its own.
public final class TestServers: Sendable {
  /// The running servers; the first caller starts them.
  public static func shared() throws -> TestServers { try started.get() }

  private static let started = Result { try TestServers() }

  public let home: ServerHome
  public let postgres: PostgresServer
  private let guardian: ServerGuard

  static let path = environment("PATH") ?? "/usr/bin:/bin"

  private init() throws {
    home = try ServerHome("\(scratchRoot)/usher-test-\(getpid())-\(UInt32.random(in: .min ... .max))")
    guardian = try ServerGuard(mark: home.directory, removing: home.directory)
    postgres = try PostgresServer(home, path: Self.path)
    try postgres.start()
    let template = try connect("template1")
    try template.script("CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hypopg")
  }

  /// A connection to a database of the shared server.
  func connect(_ database: String) throws -> PostgresConnection {
    try PostgresConnection(PostgresTarget(postgres.conninfo(database: database)))
  }
}

/// A variable of this process, or nil.
public func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

import Failures
import Glibc
import Postgres
import Sandbox
import Synchronization

/// A PgBouncer before the shared PostgreSQL server; it ends with the last reference to it, so keep it in a `let`.
public final class TestPooler: Sendable {
  public enum Mode: String, Sendable, CaseIterable { case session, transaction, statement }

  private let port: Int
  private let directory: String
  private let child: Mutex<ChildProcess>

  /// - Parameter sessions: how many sessions of the server all clients share.
  public static func make(_ mode: Mode = .transaction, sessions: Int = 1) throws -> TestPooler {
    let servers = try TestServers.shared()
    let port = counter.withLock { port in
      port += 1
      return port
    }
    let directory = servers.home.socketDirectory
    let settings = """
      [databases]
      * = host=\(directory) port=\(PostgresServer.port) user=\(PostgresServer.superuser)
      [pgbouncer]
      listen_port = \(port)
      unix_socket_dir = \(directory)
      auth_type = any
      pool_mode = \(mode.rawValue)
      default_pool_size = \(sessions)
      ignore_startup_parameters = extra_float_digits

      """
    let path = "\(directory)/pgbouncer-\(port).ini"
    guard let file = fopen(path, "w"), fputs(settings, file) >= 0, fclose(file) == 0 else {
      throw Failure(.failed, "cannot write \(path)")
    }
    if let user = servers.home.user { chown(path, user.uid, user.gid) }
    let child = try servers.home.command("pgbouncer-\(port)", "/usr/sbin/pgbouncer", [path]).spawn()
    let pooler = TestPooler(port, directory, child)
    try waitUntil { access("\(directory)/.s.PGSQL.\(port)", F_OK) == 0 }
    return pooler
  }

  private init(_ port: Int, _ directory: String, _ child: ChildProcess) {
    self.port = port
    self.directory = directory
    self.child = Mutex(child)
  }

  /// A connection string for a database through the pooler.
  public func conninfo(_ database: TestDatabase) -> String {
    "host=\(directory) port=\(port) user=\(PostgresServer.superuser) dbname=\(database.name)"
  }

  public func connect(
    _ database: TestDatabase, _ options: PostgresOptions = PostgresOptions()
  ) throws -> PostgresConnection {
    try PostgresConnection(PostgresTarget(conninfo(database)), options: options)
  }

  deinit {
    child.withLock {
      kill($0.pid, SIGKILL)
      $0.wait()
    }
  }

  private static let counter = Mutex(6_000)
}

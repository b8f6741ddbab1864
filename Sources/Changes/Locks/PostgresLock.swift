import Failures
import Glibc
import Postgres

/// The right to change one target in PostgreSQL: an advisory lock of a transaction that is open on a connection of its own.
///
/// The server frees it when that connection ends, however it ends. It works through a connection pooler too, where a lock of a session
/// would stay on a session that the service uses next.
///
/// Unchecked, because a change in PostgreSQL runs on one thread, and only that thread uses its lock.
public final class PostgresLock: @unchecked Sendable {
  private let name: String
  private let holder: PostgresConnection
  private var nextBeat = ContinuousClock.now + interval

  /// Load balancers and NAT forget a connection that is silent for a few minutes (350 s for AWS, 240 s for Azure).
  private static let interval = Duration.seconds(30)

  private init(_ name: String, _ holder: PostgresConnection) {
    self.name = name
    self.holder = holder
  }

  /// Takes the lock on `name` (`outbox outbox_event`). Where another session holds it, waits up to `wait`, then throws `tryAgain`.
  ///
  /// - Parameter holder: a connection that does nothing else until the lock is released.
  public static func acquire(
    _ name: String, on holder: PostgresConnection, wait: Duration = .zero, isInterrupted: () -> Bool = { false }
  ) throws -> PostgresLock {
    let key = PostgresConnection.advisoryKey("usher \(name)")
    let clock = ContinuousClock()
    let deadline = clock.now + wait
    while true {
      try holder.openHolder()
      if try holder.tryAdvisoryLock(key) { return PostgresLock(name, holder) }
      try holder.closeHolder()
      if clock.now >= deadline || isInterrupted() { break }
      usleep(100_000)
    }
    throw try taken(name, key, on: holder)
  }

  private static func taken(_ name: String, _ key: Int64, on connection: PostgresConnection) throws -> Failure {
    let holder = try connection.query(
      """
      SELECT a.pid, coalesce(a.usename::text, '?') AS role,
        CASE WHEN a.client_port = -1 THEN 'the server''s own host'
          ELSE coalesce(host(a.client_addr), 'a host that this role may not see') END AS host
      FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint
      """, [.init(Int(key))]
    ).first
    var causes: [String] = []
    if let holder {
      let pid: Int = try holder.decode("pid")
      causes = [
        "process \(pid) of \(try holder.decode("role", as: String.self)) from \(try holder.decode("host", as: String.self)) holds the lock"
      ]
    }
    return Failure(
      .tryAgain, "another usher is changing \(name) in PostgreSQL database \(connection.target)", causes: causes,
      hints: ["wait for the lock with `--wait 30s`; the server frees it when a killed run's connection ends"])
  }

  /// Holds the lock with this key too, until the release; false where another session holds it.
  func hold(_ key: Int64) throws -> Bool { try holder.tryAdvisoryLock(key) }

  /// Keeps the connection of the lock from being forgotten on the way; call it often during a long change.
  ///
  /// A lost connection is reported by `release`, because the change itself need not end.
  public func keepAlive() {
    guard ContinuousClock.now >= nextBeat else { return }
    nextBeat = ContinuousClock.now + Self.interval
    holder.ignoringInterrupts { try? holder.script("SELECT 1") }
  }

  /// Releases the lock. Throws where its connection was lost before.
  public func release() throws {
    do throws(PostgresError) {
      try holder.closeHolder()
    } catch {
      throw Failure(
        .failed, "the lock on \(name) ended before the change, because its connection was lost",
        causes: [error.failure.message])
    }
  }
}

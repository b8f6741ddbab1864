import Failures
import Glibc
import Postgres

/// The right to change one target in PostgreSQL: an advisory lock of the session, which the server frees when the connection ends.
public struct PostgresLock {
  private let key: Int64
  private let connection: PostgresConnection

  /// Takes the lock on `name` (`outbox outbox_event`). Where another session holds it, waits up to `wait`, then throws `tryAgain`.
  public static func acquire(
    _ name: String, on connection: PostgresConnection, wait: Duration = .zero, isInterrupted: () -> Bool = { false }
  ) throws -> PostgresLock {
    let key = PostgresConnection.advisoryKey("usher \(name)")
    let clock = ContinuousClock()
    let deadline = clock.now + wait
    while true {
      if try connection.tryAdvisoryLock(key) { return PostgresLock(key: key, connection: connection) }
      if clock.now >= deadline || isInterrupted() { break }
      usleep(100_000)
    }
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
    throw Failure(
      .tryAgain, "another usher is changing \(name) in PostgreSQL database \(connection.target)", causes: causes,
      hints: ["wait for the lock with `--wait 30s`; the server frees it when a killed run's connection ends"])
  }

  public func release() throws { try connection.releaseAdvisoryLock(key) }
}

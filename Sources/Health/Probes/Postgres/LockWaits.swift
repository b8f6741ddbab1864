import Postgres
import Text

/// Sessions of this database that wait for a lock.
struct LockWaits: Probe {
  let check = "locks"

  func examine(_ connection: PostgresConnection) throws -> [Observation] {
    let blocked: Int = try connection.soleRow(Self.query).decode("blocked")
    let figures = [Figure("blocked", .integer(blocked))]
    guard blocked > 0 else { return [.ok("no session is waiting for a lock", figures: figures)] }
    return [
      .warning(
        "\(blocked.counted("session")) \(blocked == 1 ? "is" : "are") waiting for a lock",
        advice: "see who blocks them: "
          + "SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
        figures: figures)
    ]
  }

  /// Any role may read pg_locks, which is why the wait events of pg_stat_activity are not used.
  private static let query = """
    SELECT count(DISTINCT l.pid) AS blocked FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE NOT l.granted AND a.datname = current_database()
    """
}

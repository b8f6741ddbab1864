import Postgres

/// What other sessions do with a table, as far as a concurrent build or drop of an index meets it.
struct TableTraffic {
  let table: Int
  let connection: PostgresConnection

  /// The modes that conflict with the lock of a build, of which a table has one holder at a time.
  private static let maintenanceModes = """
    ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
    """

  /// Sessions that hold or wait for a lock of maintenance on the table: a build, a REINDEX, a VACUUM, an ALTER TABLE.
  ///
  /// Nobody may start a build beside them. It would wait for their lock with a snapshot, which their build waits for, and the server
  /// would end one of the two as a deadlock.
  /// - Parameter own: processes of this program, which do not count.
  func maintenance(except own: [Int32] = []) throws -> [OpenTransaction] {
    try connection.query(
      """
      SELECT DISTINCT ON (a.pid) \(OpenTransaction.columns)
      FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.relation = $1::bigint AND l.mode IN \(Self.maintenanceModes) AND a.pid <> pg_backend_pid()
        AND a.pid <> ALL ($2::int[]) AND NOT EXISTS (SELECT FROM pg_stat_activity w
          WHERE w.pid = a.pid AND w.leader_pid = ANY ($2::int[]))
      ORDER BY a.pid
      """, [PostgresValue(table), .array(own.map { "\($0)" })]
    ).map(OpenTransaction.read)
  }

  /// Transactions that a build would wait for now: those that hold a snapshot or write to the table for more than two seconds, and
  /// prepared ones; the oldest first.
  func blockers() throws -> [OpenTransaction] {
    try connection.query(
      """
      SELECT \(OpenTransaction.columns) FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
        AND NOT (a.backend_type = 'autovacuum worker' AND a.query LIKE 'autovacuum: VACUUM %')
        AND a.xact_start < clock_timestamp() - interval '2 seconds'
        AND (a.backend_xmin IS NOT NULL OR EXISTS (
          SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.relation = $1::bigint AND l.mode LIKE 'Row%'))
      ORDER BY a.xact_start LIMIT 20
      """, [PostgresValue(table)]
    ).map(OpenTransaction.read) + OpenTransaction.prepared(on: table, connection)
  }

  /// The first session that waits for a lock on the table behind the build of process `builder`, with the number of those that wait
  /// behind it; nil where nobody waits. A statement that needs the whole table waits for the build, and every write waits for it.
  func queue(behind builder: Int32) throws -> LockQueue? {
    let rows = try connection.query(
      """
      SELECT \(OpenTransaction.columns), l.mode, count(*) OVER () AS waiting
      FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE NOT l.granted AND l.locktype = 'relation' AND l.relation = $1::bigint AND a.pid <> $2::int
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY $2::int = ANY (pg_blocking_pids(a.pid)) DESC, l.waitstart NULLS LAST
      """, [PostgresValue(table), PostgresValue(builder)])
    guard let first = rows.first else { return nil }
    return LockQueue(
      first: try OpenTransaction.read(first), mode: try first.decode("mode"),
      behind: max(0, try first.decode("waiting", as: Int.self) - 1))
  }
}

/// Sessions that wait for a lock on a table because an index is being built on it.
public struct LockQueue: Equatable, Sendable {
  /// The one that the others wait for.
  public let first: OpenTransaction
  /// The lock that it waits for, `AccessExclusiveLock`.
  public let mode: String
  /// How many sessions wait behind it.
  public let behind: Int
}

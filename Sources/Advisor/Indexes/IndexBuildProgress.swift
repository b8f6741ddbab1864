import Postgres

/// The progress of a running build, as the server reports it.
public struct IndexBuildProgress: Equatable, Sendable {
  /// The server's text: `building index: scanning table`, `waiting for old snapshots`.
  public let phase: String
  public let blocksDone: Int
  public let blocksTotal: Int
  public let tuplesDone: Int
  public let tuplesTotal: Int
  /// The session that the build is waiting for; nil while it does not wait.
  public let waitsFor: OpenTransaction?
  /// The OID of the index under construction, once it is in the catalogue.
  let index: Int?

  /// True while it waits; the counts may still be those of the phase before.
  public var isWaiting: Bool { waitsFor != nil || phase.hasPrefix("waiting") }

  /// What the current phase counts, and how far it is; nil in phases that count nothing, and while it waits.
  public var work: (unit: String, done: Int, total: Int)? {
    if isWaiting { return nil }
    if blocksTotal > 0 { return ("blocks", min(blocksDone, blocksTotal), blocksTotal) }
    if tuplesTotal > 0 { return ("rows", min(tuplesDone, tuplesTotal), tuplesTotal) }
    return nil
  }
}

extension IndexBuildProgress {
  /// The progress that is shown after a build has ended early.
  static let removing = IndexBuildProgress(
    phase: "ended early: dropping the unfinished index", blocksDone: 0, blocksTotal: 0, tuplesDone: 0, tuplesTotal: 0,
    waitsFor: nil, index: nil)

  /// The progress of the build by session `pid`; nil where it is not building.
  ///
  /// Source: https://www.postgresql.org/docs/current/progress-reporting.html#CREATE-INDEX-PROGRESS-REPORTING
  static func of(_ pid: Int32, on connection: PostgresConnection) throws -> IndexBuildProgress? {
    try connection.query(
      """
      SELECT coalesce(p.phase, 'waiting for the table') AS phase, coalesce(p.blocks_done, 0) AS blocks_done,
        coalesce(p.blocks_total, 0) AS blocks_total, coalesce(p.tuples_done, 0) AS tuples_done,
        coalesce(p.tuples_total, 0) AS tuples_total, nullif(p.index_relid, 0) AS index,
        b.pid AS blocker, coalesce(b.usename::text, '?') AS role, coalesce(b.application_name, '') AS application,
        coalesce(b.state, '?') AS state,
        coalesce(extract(epoch FROM clock_timestamp() - b.xact_start) * 1000, 0)::bigint AS age
      FROM pg_stat_activity a LEFT JOIN pg_stat_progress_create_index p ON p.pid = a.pid
        LEFT JOIN pg_stat_activity b ON a.wait_event_type = 'Lock'
          AND b.pid = coalesce(nullif(p.current_locker_pid, 0), (pg_blocking_pids(a.pid))[1])
      WHERE a.pid = $1::int AND (p.pid IS NOT NULL OR a.wait_event_type = 'Lock')
      """, [PostgresValue(pid)]
    ).first.map { row in
      let blocker: Int? = try row.decode("blocker")
      return IndexBuildProgress(
        phase: try row.decode("phase"), blocksDone: try row.decode("blocks_done"),
        blocksTotal: try row.decode("blocks_total"), tuplesDone: try row.decode("tuples_done"),
        tuplesTotal: try row.decode("tuples_total"),
        waitsFor: try blocker.map { pid in
          OpenTransaction(
            pid: pid, role: try row.decode("role"), application: try row.decode("application"),
            state: try row.decode("state"), ageMilliseconds: try row.decode("age"))
        }, index: try row.decode("index"))
    }
  }
}

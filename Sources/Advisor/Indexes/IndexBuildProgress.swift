import Postgres

/// The progress of a running build, as the server reports it.
public struct IndexBuildProgress: Equatable, Sendable {
  /// The server's text: `building index: scanning table`, `waiting for old snapshots`.
  public let phase: String
  public let blocksDone: Int
  public let blocksTotal: Int
  public let tuplesDone: Int
  public let tuplesTotal: Int
  /// The transaction that the build is waiting for; nil while it does not wait.
  public let waitsFor: OpenTransaction?
  /// The sessions that wait behind the build; nil for none.
  public var queue: LockQueue?
  /// The OID of the index under construction, once it is in the catalogue.
  let index: Int?
  /// Whether it waits for its lock on the table, before it has begun.
  var isQueued = false
  /// Whether it is a rebuild, which has two phases more.
  var isRebuild = false

  /// True while it waits; the counts may still be those of the phase before.
  public var isWaiting: Bool { waitsFor != nil || phase.hasPrefix("waiting") }

  /// What the current phase counts, and how far it is; nil in phases that count nothing, and while it waits.
  public var work: (unit: String, done: Int, total: Int)? {
    if isWaiting { return nil }
    if blocksTotal > 0 { return ("blocks", min(blocksDone, blocksTotal), blocksTotal) }
    if tuplesTotal > 0 { return ("rows", min(tuplesDone, tuplesTotal), tuplesTotal) }
    return nil
  }

  /// The place of the phase among those of a concurrent build, and their number; nil for a phase of none.
  ///
  /// A build in several steps, `building index: sorting live tuples`, is one phase.
  /// Source: https://www.postgresql.org/docs/current/progress-reporting.html#CREATE-INDEX-PHASES
  public var place: (number: Int, of: Int)? {
    let phases = isRebuild ? Self.phases + Self.exchange : Self.phases
    return phases.firstIndex { phase.hasPrefix($0) }.map { ($0 + 1, phases.count) }
  }

  private static let phases = [
    "initializing", "waiting for writers before build", "building index", "waiting for writers before validation",
    "index validation: scanning index", "index validation: sorting tuples", "index validation: scanning table",
    "waiting for old snapshots",
  ]
  /// The phases of REINDEX that put the new index in the place of the old one.
  private static let exchange = ["waiting for readers before marking dead", "waiting for readers before dropping"]
}

extension IndexBuildProgress {
  /// A state that the server does not report.
  init(phase: String, waitsFor: OpenTransaction? = nil) {
    self.init(
      phase: phase, blocksDone: 0, blocksTotal: 0, tuplesDone: 0, tuplesTotal: 0, waitsFor: waitsFor, index: nil)
  }

  /// The progress that is shown after a build has ended early.
  static let removing = IndexBuildProgress(phase: "ended early: dropping the unfinished index")

  /// The progress of the build or drop by process `pid` on a table; nil where it does neither.
  ///
  /// Source: https://www.postgresql.org/docs/current/progress-reporting.html#CREATE-INDEX-PROGRESS-REPORTING
  static func of(_ pid: Int32, on table: Int, _ connection: PostgresConnection) throws -> IndexBuildProgress? {
    let row = try connection.query(
      """
      SELECT coalesce(p.phase, CASE WHEN a.wait_event_type = 'Lock' THEN 'waiting for the table' ELSE 'initializing' END)
          AS phase,
        coalesce(p.blocks_done, 0) AS blocks_done, coalesce(p.blocks_total, 0) AS blocks_total,
        coalesce(p.tuples_done, 0) AS tuples_done, coalesce(p.tuples_total, 0) AS tuples_total,
        nullif(p.index_relid, 0) AS index,
        coalesce(p.command LIKE 'REINDEX%', false) AS is_rebuild,
        EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted AND l.locktype = 'relation'
          AND l.relation = $2::bigint) AS is_queued,
        CASE WHEN a.wait_event_type = 'Lock' THEN
          ARRAY(SELECT b FROM unnest(pg_blocking_pids(a.pid) || nullif(p.current_locker_pid, 0)::int) b
            WHERE b NOT IN (a.pid, pg_backend_pid()))
        END AS blockers
      FROM pg_stat_activity a LEFT JOIN pg_stat_progress_create_index p ON p.pid = a.pid
      WHERE a.pid = $1::int AND (p.pid IS NOT NULL OR a.wait_event_type = 'Lock')
      """, [PostgresValue(pid), PostgresValue(table)]
    ).first
    guard let row else { return nil }
    let blockers = try row.decode("blockers", as: [Int]?.self) ?? []
    return IndexBuildProgress(
      phase: try row.decode("phase"), blocksDone: try row.decode("blocks_done"),
      blocksTotal: try row.decode("blocks_total"), tuplesDone: try row.decode("tuples_done"),
      tuplesTotal: try row.decode("tuples_total"), waitsFor: try holder(among: blockers, table, connection),
      queue: try TableTraffic(table: table, connection: connection).queue(behind: pid),
      index: try row.decode("index"), isQueued: try row.decode("is_queued"),
      isRebuild: try row.decode("is_rebuild"))
  }

  /// The transaction of the first process; 0 stands for a prepared transaction.
  private static func holder(
    among pids: [Int], _ table: Int, _ connection: PostgresConnection
  ) throws -> OpenTransaction? {
    for pid in pids {
      let found =
        try pid == 0
        ? OpenTransaction.prepared(on: table, connection).first : OpenTransaction.session(pid, on: connection)
      if let found { return found }
    }
    return nil
  }
}

import Failures
import Postgres

/// The history of changes to one PostgreSQL database, kept in that database's schema `usher`.
///
/// The schema is created by the first change, never by a command that only reads.
public final class PostgresJournal {
  private let connection: PostgresConnection
  private let actor: Actor
  /// What was begun here and holds its lock.
  private var running: Set<OperationID> = []
  /// How long a before-image stays.
  public static let beforeImageRetentionDays = 30

  public init(_ connection: PostgresConnection, actor: Actor) {
    self.connection = connection
    self.actor = actor
  }

  /// Records that the operation starts now, by the server's clock; commits at once.
  ///
  /// As long as it runs this session holds an advisory lock, by which others see that it does.
  public func begin(_ request: OperationRequest, under lease: RedisLease? = nil) throws -> OperationID {
    try explainingMissingPrivileges("cannot record the operation", ", so nothing was changed") { try start(request) }
  }

  private func start(_ request: OperationRequest) throws -> OperationID {
    if try !exists() { try create() }
    let now = try connection.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms")
    guard let milliseconds: Int = try now.first?.decode("ms") else {
      throw Failure(.failed, "cannot read the clock of PostgreSQL at \(connection.target)")
    }
    let id = OperationID(milliseconds: milliseconds)
    if try connection.tryAdvisoryLock(Self.runningLock(id)) { running.insert(id) }
    try connection.execute(
      """
      INSERT INTO usher.operation
        (id, command, command_line, target, actor, context, reason, planned, undo, undoes, started_at, state)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8::bigint, $9, $10, to_timestamp($11::bigint / 1000.0), 'started')
      """,
      [
        .init(text: id.description), .init(text: request.command), .init(text: request.commandLine),
        .init(text: request.target), .init(text: actor.text), request.context.map { .init(text: $0) },
        request.reason.map { .init(text: $0) }, .init(request.planned), .init(text: request.undo.encoded),
        request.undoes.map { .init(text: $0.description) }, .init(milliseconds),
      ])
    let oldest = milliseconds - Self.beforeImageRetentionDays * 24 * 3600 * 1000
    try connection.execute(
      "DELETE FROM usher.before_image WHERE operation_id < $1",
      [.init(text: OperationID(milliseconds: oldest).description)])
    return id
  }

  /// Keeps what a batch is about to change; call it in the transaction that changes it. `content` is a JSON text of the room's.
  public func saveBeforeImage(_ id: OperationID, batch: Int, content: String) throws {
    try connection.execute(
      "INSERT INTO usher.before_image (operation_id, batch, content) VALUES ($1, $2::int, $3::json)",
      [.init(text: id.description), .init(batch), .init(text: content)])
  }

  /// Adds to the units changed; call it in the transaction that changes them.
  public func add(changed: Int, to id: OperationID) throws {
    try connection.execute(
      "UPDATE usher.operation SET changed = changed + $2::bigint WHERE id = $1",
      [.init(text: id.description), .init(changed)])
  }

  /// Hands over the before-images of an operation in the order of their batches.
  public func forEachBeforeImage(_ id: OperationID, _ body: (_ batch: Int, _ content: String) throws -> Void) throws {
    var next = 0
    while let row = try connection.query(
      """
      SELECT batch, content::text AS content FROM usher.before_image
      WHERE operation_id = $1 AND batch >= $2::int ORDER BY batch LIMIT 1
      """, [.init(text: id.description), .init(next)]
    ).first {
      let batch: Int = try row.decode("batch")
      try body(batch, try row.decode("content"))
      next = batch + 1
    }
  }

  /// Keeps of a before-image what has not been put back yet; call it in the transaction that put the rest back.
  public func replaceBeforeImage(_ id: OperationID, batch: Int, content: String) throws {
    try connection.execute(
      "UPDATE usher.before_image SET content = $3::json WHERE operation_id = $1 AND batch = $2::int",
      [.init(text: id.description), .init(batch), .init(text: content)])
  }

  /// Forgets a before-image that has been put back; call it in the transaction that put it back.
  public func removeBeforeImage(_ id: OperationID, batch: Int) throws {
    try connection.execute(
      "DELETE FROM usher.before_image WHERE operation_id = $1 AND batch = $2::int",
      [.init(text: id.description), .init(batch)])
  }

  /// Records that the operation ended. A nil `changed` keeps what the changing transactions have counted.
  public func finish(_ id: OperationID, state: OperationState, failed: Int, changed: Int?) throws {
    try connection.execute(
      """
      UPDATE usher.operation SET state = $2, failed = $3::bigint, changed = coalesce($4::bigint, changed),
        ended_at = clock_timestamp() WHERE id = $1
      """,
      [.init(text: id.description), .init(text: state.rawValue), .init(failed), changed.map { .init($0) }])
    // The record stands. A lock that is not this session's any more (behind a pooler) has nobody to free but the server.
    if running.remove(id) != nil { try? connection.releaseAdvisoryLock(Self.runningLock(id)) }
  }

  /// Marks operations on this target that began and never ended as lost; the caller holds the target's lock.
  @discardableResult
  public func markLost(target: String) throws -> [OperationRecord] {
    try explainingMissingPrivileges("cannot record the operation", ", so nothing was changed") {
      guard try exists() else { return [] }
      let begun = try connection.query(
        "\(Self.selectRecords) WHERE state = 'started' AND target = $1 ORDER BY id DESC", [.init(text: target)]
      ).map(Self.record)
      guard !begun.isEmpty else { return [] }
      try connection.execute(
        "UPDATE usher.operation SET state = 'lost' WHERE state = 'started' AND target = $1", [.init(text: target)])
      return begun.map { record in
        var record = record
        record.state = .lost
        return record
      }
    }
  }

  /// Marks an operation as taken back by another.
  public func markUndone(_ id: OperationID, by undoer: OperationID) throws {
    try connection.execute(
      "UPDATE usher.operation SET state = 'undone', undone_by = $2 WHERE id = $1",
      [.init(text: id.description), .init(text: undoer.description)])
  }

  /// The newest `limit` records, newest first; none where nothing was ever changed. One whose process died in the middle is `lost`,
  /// whether or not that is recorded.
  public func list(limit: Int) throws -> [OperationRecord] {
    try explainingMissingPrivileges("cannot read the history") {
      guard try exists() else { return [] }
      return try judged(
        connection.query("\(Self.selectRecords) ORDER BY id DESC LIMIT $1::bigint", [.init(max(0, limit))])
          .map(Self.record))
    }
  }

  /// Operations on this target whose process died in the middle, and that nobody has found dead yet; the newest first.
  public func unfinished(target: String) throws -> [OperationRecord] {
    try explainingMissingPrivileges("cannot read the history", ", so nothing was changed") {
      guard try exists() else { return [] }
      return try judged(
        connection.query(
          "\(Self.selectRecords) WHERE state = 'started' AND target = $1 ORDER BY id DESC LIMIT 50",
          [.init(text: target)]
        ).map(Self.record)
      ).filter { $0.state == .lost }
    }
  }

  /// The record of one operation; nil when this store has none.
  public func find(_ id: OperationID) throws -> OperationRecord? {
    try explainingMissingPrivileges("cannot read the history") {
      guard try exists() else { return nil }
      return try stored(id).flatMap { try judged([$0]).first }
    }
  }

  private func stored(_ id: OperationID) throws -> OperationRecord? {
    try connection.query("\(Self.selectRecords) WHERE id = $1", [.init(text: id.description)]).first.map(Self.record)
  }

  /// Looks for the sessions of those that have not said that they ended. A standby does not know its primary's locks, and judges none.
  private func judged(_ records: [OperationRecord]) throws -> [OperationRecord] {
    guard records.contains(where: { $0.state == .started }) else { return records }
    let rows = try connection.query(
      """
      SELECT (l.classid::bigint << 32) | l.objid::bigint AS key
      FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND d.datname = current_database()
      """)
    let held = try Set(rows.map { try $0.decode("key", as: Int.self) })
    let dead = Set(records.filter { $0.state == .started && !held.contains(Int(Self.runningLock($0.id))) }.map(\.id))
    guard !dead.isEmpty, try !isStandby() else { return records }
    return try records.compactMap { record in
      guard dead.contains(record.id) else { return record }
      // It may have ended between the two looks.
      guard var record = try stored(record.id) else { return nil }
      if record.state == .started { record.state = .lost }
      return record
    }
  }

  private func isStandby() throws -> Bool {
    try connection.query("SELECT pg_is_in_recovery() AS is_standby").first?.decode("is_standby") ?? false
  }

  /// Held by the session of an operation as long as that runs.
  private static func runningLock(_ id: OperationID) -> Int64 {
    PostgresConnection.advisoryKey("usher operation \(id)")
  }

  private func exists() throws -> Bool {
    try connection.query("SELECT to_regclass('usher.before_image') IS NOT NULL AS present").first?.decode("present")
      ?? false
  }

  private func create() throws {
    try connection.transaction {
      try connection.execute("SELECT pg_advisory_xact_lock($1::bigint)", [.init(Int(Self.creationLock))])
      for statement in PostgresJournalSchema.statements { try connection.execute(statement) }
    }
  }

  /// Says of a missing privilege what its owner has to grant: the schema's, once another role has made it.
  private func explainingMissingPrivileges<T>(_ action: String, _ consequence: String = "", _ body: () throws -> T)
    throws
    -> T
  {
    do { return try body() } catch let error as PostgresError where error.sqlState == "42501" {
      var failure = error.failure
      failure.message = "\(action) in PostgreSQL at \(connection.target)\(consequence)"
      failure.causes.insert(error.failure.message, at: 0)
      failure.hints = [try grants()]
      throw failure
    }
  }

  private func grants() throws -> String {
    let row = try connection.query(
      """
      SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
        (SELECT quote_ident(r.rolname) FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
         WHERE n.nspname = 'usher') AS owner
      """
    ).first
    let role: String = try row?.decode("role") ?? "…"
    guard let owner: String = try row?.decode("owner") else {
      return "let the database's owner run: GRANT CREATE ON DATABASE \(try row?.decode("database") ?? "…") TO \(role)"
    }
    return "let \(owner) run: GRANT USAGE ON SCHEMA usher TO \(role); "
      + "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA usher TO \(role)"
  }

  private static let creationLock = PostgresConnection.advisoryKey("usher journal")

  private static let selectRecords = """
    SELECT id, command, command_line, target, actor, context, reason, planned, undo, undoes, state, changed, failed,
      undone_by, (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
      (extract(epoch FROM ended_at) * 1000)::bigint AS ended_ms
    FROM usher.operation
    """

  private static func record(_ row: PostgresRow) throws -> OperationRecord {
    let name: String = try row.decode("id")
    guard let id = OperationID(name) else {
      throw Failure(.failed, "usher.operation holds the id '\(name)', which is none of usher's")
    }
    let undoes: String? = try row.decode("undoes")
    let undoneBy: String? = try row.decode("undone_by")
    let request = OperationRequest(
      command: try row.decode("command"), commandLine: try row.decode("command_line"), target: try row.decode("target"),
      context: try row.decode("context"), reason: try row.decode("reason"), planned: try row.decode("planned"),
      undo: UndoPromise(encoded: try row.decode("undo")), undoes: undoes.flatMap { OperationID($0) })
    return OperationRecord(
      id: id, store: .postgres, request: request, actor: try row.decode("actor"),
      startedMilliseconds: try row.decode("started_ms"), endedMilliseconds: try row.decode("ended_ms"),
      state: OperationState(rawValue: try row.decode("state")) ?? .started, changed: try row.decode("changed"),
      failed: try row.decode("failed"), undoneBy: undoneBy.flatMap { OperationID($0) })
  }
}

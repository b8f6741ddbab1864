import Failures
import Postgres

/// The history of the changes to one PostgreSQL database, stored in that database.
///
/// The first change creates its schema; a command that only reads does not.
public final class PostgresJournal {
  let connection: PostgresConnection
  private let actor: Actor
  /// For how long before-images are kept.
  public static let beforeImageRetentionDays = 30

  public init(_ connection: PostgresConnection, actor: Actor) {
    self.connection = connection
    self.actor = actor
  }

  /// Records that the operation starts now, by the server's clock, and commits.
  ///
  /// Throws `refused` where the database cannot have the history, or its schema would shadow the service's tables.
  ///
  /// - Parameter lock: the lock of the change. Together with it a lock of the operation is held, by which others see that it is running; nil holds none, so that it counts as lost.
  public func begin(_ request: OperationRequest, holding lock: PostgresLock?) throws -> OperationID {
    try explainingMissingPrivileges("cannot record the operation", ", so nothing was changed") {
      let history = try PostgresHistoryState(connection)
      if let obstacle = history.obstacle { throw obstacle }
      if !history.isPresent { try create() }
      let now = try connection.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms")
      guard let milliseconds: Int = try now.first?.decode("ms") else {
        throw Failure(.failed, "cannot read the clock of PostgreSQL database \(connection.target)")
      }
      let id = OperationID(milliseconds: milliseconds)
      _ = try lock?.hold(Self.runningLock(id))
      try connection.transaction { try record(request, id, at: milliseconds) }
      return id
    }
  }

  /// Inserts the record and deletes before-images that are too old; in one transaction, so that a failure leaves no record of an operation
  /// that did not start.
  private func record(_ request: OperationRequest, _ id: OperationID, at milliseconds: Int) throws {
    try connection.execute(
      """
      INSERT INTO \(PostgresHistorySchema.operation)
        (id, command, command_line, target, actor, context, reason, planned, undo, undoes, started_at, state)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8::bigint, $9, $10, to_timestamp($11::bigint / 1000.0), 'started')
      """,
      [
        .init(text: id.description), .init(text: request.command), .init(text: request.commandLine),
        .init(text: request.target), .init(text: actor.text), request.context.map { .init(text: $0) },
        request.reason.map { .init(text: $0) }, .init(request.planned), .init(text: request.undo.encoded),
        request.undoes.map { .init(text: $0.description) }, .init(milliseconds),
      ])
    let oldest = OperationID(milliseconds: milliseconds - Self.beforeImageRetentionDays * 24 * 3600 * 1000)
    for images in [PostgresHistorySchema.beforeImage, PostgresHistorySchema.rowImage] {
      try connection.execute("DELETE FROM \(images) WHERE operation_id < $1", [.init(text: oldest.description)])
    }
  }

  /// Stores the state before a batch; call it in the transaction that changes it. For rows of a table use `RowChange`.
  ///
  /// - Parameter content: JSON, in a form that the module defines.
  public func saveBeforeImage(_ id: OperationID, batch: Int, content: String) throws {
    try connection.execute(
      "INSERT INTO \(PostgresHistorySchema.beforeImage) (operation_id, batch, content) VALUES ($1, $2::int, $3::json)",
      [.init(text: id.description), .init(batch), .init(text: content)])
  }

  /// Calls `body` with the before-images that `saveBeforeImage` stored for an operation, in the order of the batches.
  public func forEachBeforeImage(_ id: OperationID, _ body: (_ batch: Int, _ content: String) throws -> Void) throws {
    var next = 0
    while let row = try connection.query(
      """
      SELECT batch, content::text AS content FROM \(PostgresHistorySchema.beforeImage)
      WHERE operation_id = $1 AND batch >= $2::int ORDER BY batch LIMIT 1
      """, [.init(text: id.description), .init(next)]
    ).first {
      let batch: Int = try row.decode("batch")
      try body(batch, try row.decode("content"))
      next = batch + 1
    }
  }

  /// Records the end of the operation, also during Ctrl-C. A nil `changed` keeps the count of the changing transactions.
  public func finish(_ id: OperationID, state: OperationState, failed: Int, changed: Int?) throws {
    _ = try connection.ignoringInterrupts {
      try connection.execute(
        """
        UPDATE \(PostgresHistorySchema.operation) SET state = $2, failed = $3::bigint, changed = coalesce($4::bigint, changed),
          ended_at = clock_timestamp() WHERE id = $1
        """,
        [.init(text: id.description), .init(text: state.rawValue), .init(failed), changed.map { .init($0) }])
    }
  }

  /// Marks operations on this target that began and never ended as lost; the caller holds the target's lock.
  @discardableResult
  public func markLost(target: String) throws -> [OperationRecord] {
    try explainingMissingPrivileges("cannot record the operation", ", so nothing was changed") {
      guard try PostgresHistoryState(connection).isPresent else { return [] }
      let begun = try records("WHERE state = 'started' AND target = $1 ORDER BY id DESC", [.init(text: target)])
      guard !begun.isEmpty else { return [] }
      try connection.execute(
        "UPDATE \(PostgresHistorySchema.operation) SET state = 'lost' WHERE state = 'started' AND target = $1",
        [.init(text: target)])
      return begun.map { record in
        var record = record
        record.state = .lost
        return record
      }
    }
  }

  /// Marks an operation as undone by another, also during Ctrl-C.
  public func markUndone(_ id: OperationID, by undoer: OperationID) throws {
    _ = try connection.ignoringInterrupts {
      try connection.execute(
        "UPDATE \(PostgresHistorySchema.operation) SET state = 'undone', undone_by = $2 WHERE id = $1",
        [.init(text: id.description), .init(text: undoer.description)])
    }
  }

  /// The newest `limit` records, newest first; empty where nothing was ever changed. An operation whose process died before its end is
  /// `lost`, whether or not the record says so.
  public func list(limit: Int) throws -> [OperationRecord] {
    try explainingMissingPrivileges("cannot read the history") {
      guard try PostgresHistoryState(connection).isPresent else { return [] }
      return try judged(records("ORDER BY id DESC LIMIT $1::bigint", [.init(max(0, limit))]))
    }
  }

  /// Operations on this target whose process died before their end, and whose records do not say so yet; the newest first.
  ///
  /// Throws `refused` where `begin` would because of the schema, so that a plan is refused like the change.
  public func unfinished(target: String) throws -> [OperationRecord] {
    try explainingMissingPrivileges("cannot read the history", ", so nothing was changed") {
      let history = try PostgresHistoryState(connection)
      if let obstacle = history.obstacle { throw obstacle }
      guard history.isPresent else { return [] }
      return try judged(
        records("WHERE state = 'started' AND target = $1 ORDER BY id DESC LIMIT 50", [.init(text: target)])
      ).filter { $0.state == .lost }
    }
  }

  /// The record of one operation; nil where this database has none.
  public func find(_ id: OperationID) throws -> OperationRecord? {
    try explainingMissingPrivileges("cannot read the history") {
      guard try PostgresHistoryState(connection).isPresent else { return nil }
      return try stored(id).flatMap { try judged([$0]).first }
    }
  }

  private func stored(_ id: OperationID) throws -> OperationRecord? {
    try records("WHERE id = $1", [.init(text: id.description)]).first
  }

  /// Marks the operations as lost that have not ended and whose locks nobody holds; none on a standby, which does not know the locks of its
  /// primary.
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
      // It may have ended after its record was read.
      guard var record = try stored(record.id) else { return nil }
      if record.state == .started { record.state = .lost }
      return record
    }
  }

  private func isStandby() throws -> Bool {
    try connection.query("SELECT pg_is_in_recovery() AS is_standby").first?.decode("is_standby") ?? false
  }

  /// The connection that holds the lock of a change holds this one too, until the change ends.
  private static func runningLock(_ id: OperationID) -> Int64 {
    PostgresConnection.advisoryKey("usher operation \(id)")
  }

  private func create() throws {
    try connection.transaction {
      try connection.execute("SELECT pg_advisory_xact_lock($1::bigint)", [.init(Int(Self.creationLock))])
      for statement in PostgresHistorySchema.statements { try connection.execute(statement) }
    }
  }

  private static let creationLock = PostgresConnection.advisoryKey("usher journal")
}

// MARK: - Privileges

extension PostgresJournal {
  /// Adds the missing grant to the error of a missing privilege, and the role that can give it: the owner of the schema, or of the database.
  private func explainingMissingPrivileges<T>(
    _ action: String, _ consequence: String = "", _ body: () throws -> T
  ) throws -> T {
    do { return try body() } catch let error as PostgresError where error.sqlState == "42501" {
      var failure = error.failure
      failure.message = "\(action) in PostgreSQL database \(connection.target)\(consequence)"
      failure.causes.insert(error.failure.message, at: 0)
      failure.hints = [try grants()]
      throw failure
    }
  }

  private func grants() throws -> String {
    let schema = PostgresHistorySchema.name
    let row = try connection.query(
      """
      SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
        (SELECT quote_ident(r.rolname) FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
         WHERE n.nspname = $1) AS owner
      """, [.init(text: schema)]
    ).first
    let role: String = try row?.decode("role") ?? "…"
    guard let owner: String = try row?.decode("owner") else {
      return "let the database's owner run: GRANT CREATE ON DATABASE \(try row?.decode("database") ?? "…") TO \(role)"
    }
    return "let \(owner) run: GRANT USAGE ON SCHEMA \(schema) TO \(role); "
      + "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role)"
  }
}

// MARK: - Records

extension PostgresJournal {
  private func records(_ condition: String, _ parameters: [PostgresValue?]) throws -> [OperationRecord] {
    try connection.query(
      """
      SELECT id, command, command_line, target, actor, context, reason, planned, undo, undoes, state, changed, failed,
        undone_by, (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
        (extract(epoch FROM ended_at) * 1000)::bigint AS ended_ms
      FROM \(PostgresHistorySchema.operation) \(condition)
      """, parameters
    ).map(Self.record)
  }

  private static func record(_ row: PostgresRow) throws -> OperationRecord {
    let name: String = try row.decode("id")
    guard let id = OperationID(name) else {
      throw Failure(
        .failed, "\(PostgresHistorySchema.operation) contains the id '\(name)', which is not one of usher's")
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

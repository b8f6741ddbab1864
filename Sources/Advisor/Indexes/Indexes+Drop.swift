import Changes
import Failures
import Postgres

/// A planned drop of one index.
public struct IndexDropPlan: Equatable, Sendable {
  public let index: IndexDescription
  public let warnings: [String]
}

extension Indexes {
  /// Finds the index by its name in SQL. Throws for one that a constraint, replication or a partitioned index needs.
  public func planDrop(_ name: String) throws -> IndexDropPlan {
    try connection.refuseStandby()
    try connection.refusePooler(for: "the drop of an index")
    guard let row = try lookUp(name) else {
      throw Failure(
        .badInput, "no index '\(name)' in \(connection.target)",
        hints: ["list the indexes with `usher index list`"])
    }
    let kind: String = try row.decode("kind")
    guard kind == "i", let index = try IndexDescription.find(row.decode("oid"), on: connection) else {
      throw Failure(
        kind == "I" ? .refused : .badInput,
        kind == "I"
          ? "'\(name)' belongs to a partitioned table, and cannot be dropped concurrently" : "'\(name)' is not an index"
      )
    }
    if let constraint = index.constraint {
      throw Failure(
        .refused, "'\(index.title)' belongs to constraint '\(constraint)' of '\(index.table)'",
        hints: ["drop the constraint, which drops its index: ALTER TABLE … DROP CONSTRAINT …"])
    }
    for (column, reason) in [
      ("replica", "it is the replica identity of its table"), ("attached", "it is part of a partitioned index"),
      ("system", "it is the server's own"),
    ] where try row.decode(column, as: Bool.self) {
      throw Failure(.refused, "'\(index.title)' cannot be dropped: \(reason)")
    }
    try refuseWhileBuilding(index)
    var warnings: [String] = []
    if index.scans > 0 {
      warnings.append(
        "'\(index.title)' was used \(index.scans) times since \(try row.decode("since", as: String.self))")
    }
    if index.isUnique { warnings.append("'\(index.title)' is unique: without it, duplicate keys can be inserted") }
    return IndexDropPlan(index: index, warnings: warnings)
  }

  /// Throws `tryAgain` where the index is being built: a drop would wait for the build, and then drop its result.
  private func refuseWhileBuilding(_ index: IndexDescription) throws {
    guard let builder = try IndexBuilder.of(index, on: connection) else { return }
    throw builder.failure("'\(index.title)' is being built")
  }

  private func lookUp(_ name: String) throws -> PostgresRow? {
    guard let oid = try connection.relation(named: name) else { return nil }
    return try connection.query(
      """
      SELECT c.oid, c.relkind::text AS kind, coalesce(i.indisreplident, false) AS replica, c.relispartition AS attached,
        c.oid < 16384 OR c.relnamespace IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) AS system,
        coalesce(to_char(d.stats_reset, 'YYYY-MM-DD'), 'statistics were last reset') AS since
      FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
        LEFT JOIN pg_stat_database d ON d.datname = current_database()
      WHERE c.oid = $1::bigint
      """, [PostgresValue(oid)]
    ).first
  }

  /// Stores the definition as the before-image, then drops the index concurrently.
  ///
  /// Whether it was dropped is read from the catalogue, not from the statement's result. `observe` gets the session that it waits for.
  public func drop(
    _ plan: IndexDropPlan, operation: OperationID, journal: PostgresJournal, control: ChangeControl,
    observe: ((IndexBuildProgress) -> Void)? = nil
  ) throws -> ChangeOutcome {
    guard let index = try IndexDescription.find(plan.index.oid, on: connection) else {
      return ChangeOutcome(skipped: 1, notes: ["'\(plan.index.title)' was dropped by somebody else"])
    }
    try refuseWhileBuilding(index)
    // DROP INDEX CONCURRENTLY cannot be part of a transaction, so the definition is committed before it starts.
    try connection.transaction { try journal.saveBeforeImage(operation, batch: 0, content: try image(of: plan.index)) }
    do {
      let ending = try IndexRemoval(connect: connect).drop(
        plan.index, isInterrupted: control.isInterrupted, observe: observe)
      if let note = try remains(of: plan.index, operation) {
        return ending == .interrupted
          ? ChangeOutcome(wasInterrupted: true, notes: [note]) : ChangeOutcome(failed: 1, notes: [note])
      }
    } catch let error as PostgresError {
      guard let note = try remains(of: plan.index, operation) else { return ChangeOutcome(changed: 1) }
      var failure = error.failure
      failure.causes.append(note)
      throw failure
    }
    control.progress(1)
    return ChangeOutcome(changed: 1)
  }

  /// What a drop that ended early left; nil where the index was dropped all the same.
  private func remains(of index: IndexDescription, _ operation: OperationID) throws -> String? {
    guard let rest = try IndexDescription.find(index.oid, on: connection) else { return nil }
    if rest.isValid { return "'\(rest.title)' is unchanged" }
    guard index.isValid else {
      return "'\(rest.title)' still exists, is not valid and serves no query: run the same command again"
    }
    return
      "'\(rest.title)' is not valid now and serves no query: run the same command again to drop it, or `usher undo \(operation)` to rebuild it"
  }

  /// The before-image of an index, as JSON that the server writes and reads.
  private func image(of index: IndexDescription) throws -> String {
    try connection.query(
      """
      SELECT json_build_object('schema', $1::text, 'table', $2::text, 'name', $3::text, 'definition', $4::text,
        'signature', $5::text)::text AS image
      """,
      [index.schema, index.table, index.name, index.definition, index.signature].map { PostgresValue($0) }
    )[0].decode("image")
  }

  /// Plans to create an index again that an operation dropped.
  public func planRestoration(of operation: OperationID, journal: PostgresJournal) throws -> IndexCreationPlan {
    var images: [String] = []
    try journal.forEachBeforeImage(operation) { images.append($1) }
    guard let image = images.first else {
      throw Failure(.refused, "the definition of the index that \(operation) dropped is no longer stored")
    }
    let row = try connection.query(
      """
      SELECT j->>'schema' AS schema, j->>'table' AS table, j->>'name' AS name, j->>'definition' AS definition,
        j->>'signature' AS signature FROM (SELECT $1::json) AS image (j)
      """, [PostgresValue(image)])[0]
    return try IndexPlanner(connection: connection).plan(
      definition: try row.decode("definition"), signature: try row.decode("signature"), name: try row.decode("name"),
      schema: try row.decode("schema"), table: try row.decode("table"))
  }
}

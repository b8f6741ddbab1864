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
    let index = try find(name)
    guard let row = try facts(of: index) else {
      throw Failure(.tryAgain, "'\(index.title)' was dropped while the command looked at it")
    }
    let dependents: [String] = try row.decode("dependents")
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
    if !dependents.isEmpty {
      throw Failure(
        .refused,
        "'\(index.title)' cannot be dropped: \(dependents.joined(separator: ", ")) \(dependents.count == 1 ? "needs" : "need") it",
        hints: ["drop what needs the index first, or keep it"])
    }
    try refuseWhileBuilding(index)
    if index.isPartitioned {
      return IndexDropPlan(
        index: index,
        warnings: [
          "the drop needs '\(index.schema).\(index.table)' and all its partitions for itself for a moment: it tries again while others use them"
        ])
    }
    var warnings = try TableTraffic(table: index.tableOID, connection: connection).maintenance().map {
      "the drop cannot start beside \($0.description), which works on the table"
    }
    if index.scans > 0 {
      warnings.append(
        "'\(index.title)' was used \(index.scans) times since \(try row.decode("since", as: String.self))")
    }
    let standbys: Int = try row.decode("standbys")
    if standbys > 0 {
      warnings.append(
        "scans by \(standbys.counted("standby")) are not in these figures: look there too, with `usher index list`")
    }
    if index.isUnique { warnings.append("'\(index.title)' is unique: without it, duplicate keys can be inserted") }
    return IndexDropPlan(index: index, warnings: warnings)
  }

  /// Throws `tryAgain` where the index is being built: a drop would wait for the build, and then drop its result.
  private func refuseWhileBuilding(_ index: IndexDescription) throws {
    guard let builder = try IndexBuilder.of(index, on: connection) else { return }
    throw builder.failure("'\(index.title)' is being built")
  }

  /// The index of this name in SQL. Throws where there is none.
  func find(_ name: String) throws -> IndexDescription {
    guard let oid = try connection.relation(named: name) else {
      throw Failure(
        .badInput, "no index '\(name)' in \(connection.target)", hints: ["list the indexes with `usher index list`"])
    }
    guard let index = try IndexDescription.find(oid, on: connection) else {
      throw Failure(.badInput, "'\(name)' is not an index")
    }
    return index
  }

  private func facts(of index: IndexDescription) throws -> PostgresRow? {
    try connection.query(
      """
      SELECT coalesce(i.indisreplident, false) AS replica, c.relispartition AS attached,
        c.oid < 16384 OR c.relnamespace IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) AS system,
        coalesce(to_char(d.stats_reset, 'YYYY-MM-DD'), 'the statistics began') AS since,
        (SELECT count(*) FROM pg_stat_replication WHERE application_name NOT IN ('pg_basebackup')) AS standbys,
        ARRAY(
          SELECT pg_describe_object(p.classid, p.objid, p.objsubid) FROM pg_depend p
          WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.deptype IN ('n', 'a') ORDER BY 1
        ) AS dependents
      FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
        LEFT JOIN pg_stat_database d ON d.datname = current_database()
      WHERE c.oid = $1::bigint
      """, [PostgresValue(index.oid)]
    ).first
  }

  /// Stores the definition as the before-image, then drops the index concurrently.
  ///
  /// Whether it was dropped is read from the catalogue, not from the statement's result. `observe` gets the session that it waits for.
  public func drop(
    _ plan: IndexDropPlan, operation: OperationID, journal: PostgresJournal, control: ChangeControl,
    bounds: IndexBuildBounds = IndexBuildBounds(), observe: @escaping (IndexBuildProgress) -> Void = { _ in }
  ) throws -> ChangeOutcome {
    guard let index = try IndexDescription.find(plan.index.oid, on: connection) else {
      return ChangeOutcome(skipped: 1, notes: ["'\(plan.index.title)' was dropped by somebody else"])
    }
    if index.isValid, !plan.index.isValid {
      return ChangeOutcome(skipped: 1, notes: ["'\(index.title)' is valid now, so it was not dropped"])
    }
    if index.isPartitioned {
      let image = try IndexImage.json(of: index, on: connection)
      try connection.transaction { try journal.saveBeforeImage(operation, batch: 0, content: image) }
      let table = try TableFacts.find(index, on: connection)
      try ShortLock(connection, bounds, control.isInterrupted).execute("DROP INDEX \(index.quoted)", on: table)
      control.progress(1)
      return ChangeOutcome(changed: 1)
    }
    try refuseWhileBuilding(index)
    let sessions = try BuildSessions(for: "the drop of an index", connect: connect)
    let table = try TableFacts.find(index, on: connection)
    guard try TableTurn(table, sessions, bounds, control.isInterrupted, observe).wait() else {
      return ChangeOutcome(wasInterrupted: true, notes: ["'\(index.title)' is unchanged"])
    }
    // DROP INDEX CONCURRENTLY cannot be part of a transaction, so the definition is committed before it starts.
    let image = try IndexImage.json(of: index, on: connection)
    try connection.transaction { try journal.saveBeforeImage(operation, batch: 0, content: image) }
    do {
      let ending = try IndexRemoval(sessions: sessions).drop(
        plan.index, patience: nil, isInterrupted: control.isInterrupted, observe: observe)
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

  /// Plans to create an index again that an operation dropped.
  public func planRestoration(of operation: OperationID, journal: PostgresJournal) throws -> IndexCreationPlan {
    var images: [String] = []
    try journal.forEachBeforeImage(operation) { images.append($1) }
    guard let image = images.first else {
      throw Failure(.refused, "the definition of the index that \(operation) dropped is no longer stored")
    }
    return try IndexPlanner(connection: connection).plan(IndexImage(json: image, on: connection))
  }
}

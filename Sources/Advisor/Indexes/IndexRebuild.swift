import Changes
import Failures
import Postgres

/// The planned rebuild of an index.
public struct IndexRebuildPlan: Equatable, Sendable {
  public let index: IndexDescription
  public let table: TableFacts
  /// What former rebuilds left, which is dropped first.
  public let leftovers: [IndexDescription]
  /// Open transactions that a rebuild would wait for, the oldest first.
  public let blockers: [OpenTransaction]
  public let warnings: [String]

  public var statement: String { "REINDEX INDEX CONCURRENTLY \(index.quoted)" }
}

extension Indexes {
  /// Plans to rebuild an index. Throws for one that cannot be rebuilt while its table is in use.
  public func planRebuild(_ name: String) throws -> IndexRebuildPlan {
    try connection.refuseStandby()
    try connection.refusePooler(for: "the rebuild of an index")
    let index = try find(name)
    try refuseRebuild(index)
    if let builder = try IndexBuilder.of(index, on: connection) {
      throw builder.failure("'\(index.title)' is being built")
    }
    let table = try TableFacts.find(index, on: connection)
    let traffic = TableTraffic(table: table.oid, connection: connection)
    let leftovers = try remains(of: index)
    return IndexRebuildPlan(
      index: index, table: table, leftovers: leftovers, blockers: try traffic.blockers(),
      warnings: leftovers.map { "'\($0.title)' was left by a rebuild that did not finish and will be dropped first" }
        + (try traffic.maintenance()).map {
          "the rebuild cannot start beside \($0.description), which works on the table"
        })
  }

  private func refuseRebuild(_ index: IndexDescription) throws {
    let row = try connection.query(
      """
      SELECT c.oid < 16384 OR c.relnamespace IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) AS system,
        i.indisexclusion AS exclusion, pg_has_role(t.relowner, 'USAGE') AS may, pg_get_userbyid(t.relowner)::text AS owner
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
      WHERE i.indexrelid = $1::bigint
      """, [PostgresValue(index.oid)])[0]
    func refuse(_ reason: String, _ hint: String) -> Failure {
      Failure(.refused, "'\(index.title)' cannot be rebuilt while its table is in use: \(reason)", hints: [hint])
    }
    if try row.decode("system", as: Bool.self) {
      throw refuse("it is the server's own", "run REINDEX in a maintenance window")
    }
    if try row.decode("exclusion", as: Bool.self) {
      throw refuse(
        "it belongs to an exclusion constraint", "run REINDEX INDEX in a maintenance window; it blocks writes")
    }
    if index.isPartitioned {
      throw refuse(
        "it is the index of a partitioned table",
        "rebuild the index of each partition: `usher index list` shows them with their parent")
    }
    if try !row.decode("may", as: Bool.self) {
      throw refuse(
        "only its owner may do that",
        "connect as \(try row.decode("owner", as: String.self)), or as a member of that role")
    }
  }

  /// What rebuilds of an index that did not finish have left: `NAME_ccnew` before the exchange, `NAME_ccold` after it.
  ///
  /// Source: https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
  private func remains(of index: IndexDescription) throws -> [IndexDescription] {
    try IndexDescription.all(of: index.tableOID, on: connection).filter { other in
      !other.isValid && other.oid != index.oid
        && ["_ccnew", "_ccold"].contains { ending in
          guard let place = other.name.range(ofLast: ending) else { return false }
          let number = other.name[place.upperBound...]
          // The server cuts a long name before it adds the ending.
          let stem = other.name[..<place.lowerBound]
          return number.allSatisfy(\.isNumber)
            && (stem == index.name || stem.utf8.count + ending.utf8.count >= 60 && index.name.hasPrefix(stem))
        }
    }
  }

  /// Rebuilds the index concurrently. What a rebuild that ends early leaves is dropped; the index itself stays as it was.
  public func rebuild(
    _ plan: IndexRebuildPlan, control: ChangeControl, bounds: IndexBuildBounds = IndexBuildBounds(),
    observe: @escaping (IndexBuildProgress) -> Void = { _ in }
  ) throws -> ChangeOutcome {
    let sessions = try BuildSessions(for: "the rebuild of an index", connect: connect)
    // A deadlock with another session's work ends one of the two; the rebuild is tried again.
    for attempt in 1...5 {
      guard try TableTurn(plan.table, sessions, bounds, control.isInterrupted, observe).wait() else {
        return ChangeOutcome(wasInterrupted: true, notes: ["the rebuild was not started"])
      }
      guard let before = try IndexDescription.find(plan.index.oid, on: connection) else {
        return ChangeOutcome(skipped: 1, notes: ["'\(plan.index.title)' was dropped by somebody else"])
      }
      try sweep(before, sessions, bounds, observe)
      var mustYield = false
      let failure = sessions.run(plan.statement, interval: .milliseconds(100)) {
        let process = sessions.worker.backendPID
        if let progress = try? IndexBuildProgress.of(process, on: plan.table.oid, sessions.watcher) {
          observe(progress)
          mustYield = mustYield || progress.isQueued
        }
        return mustYield || control.isInterrupted() || bounds.areOver
      }
      if failure?.problem == .lost { try sessions.recover(plan.statement, failure, "rebuilt '\(plan.index.title)'") }
      let rest = try sweep(before, sessions, bounds, observe)
      // A finished rebuild has put a new index in the place of the old one.
      if try IndexDescription.find(before.oid, on: connection) == nil {
        control.progress(1)
        return ChangeOutcome(changed: 1, notes: rest)
      }
      let notes = ["'\(plan.index.title)' is unchanged"] + rest
      if control.isInterrupted() { return ChangeOutcome(wasInterrupted: true, notes: notes) }
      if bounds.areOver { throw bounds.failure("the rebuild", causes: notes) }
      let mayRepeat = failure?.sqlState == "40P01" || mustYield && failure?.isCanceled == true
      if attempt < 5, mayRepeat { continue }
      var reason =
        failure?.failure ?? Failure(.failed, "PostgreSQL reported success, but the index is the same as before")
      reason.message = "cannot rebuild '\(plan.index.title)': \(failure?.message ?? reason.message)"
      reason.causes += notes
      throw reason
    }
    return ChangeOutcome(failed: 1)
  }

  /// Drops what rebuilds have left; returns what could not be dropped.
  @discardableResult
  private func sweep(
    _ index: IndexDescription, _ sessions: BuildSessions, _ bounds: IndexBuildBounds,
    _ observe: (IndexBuildProgress) -> Void
  ) throws -> [String] {
    var notes: [String] = []
    for rest in try remains(of: index) where try IndexBuilder.of(rest, on: connection) == nil {
      observe(IndexBuildProgress(phase: "dropping '\(rest.title)', which an unfinished rebuild left"))
      let ending = try IndexRemoval(sessions: sessions).drop(rest, patience: bounds.patience, observe: observe)
      if ending != .dropped { notes.append("'\(rest.title)' is still there: run `usher index drop \(rest.title)`") }
    }
    return notes
  }
}

extension String {
  /// The last occurrence of `needle`; nil for none.
  fileprivate func range(ofLast needle: String) -> Range<Index>? {
    indices.reversed().first { self[$0...].hasPrefix(needle) }.map { $0..<index($0, offsetBy: needle.count) }
  }
}

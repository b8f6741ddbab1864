import Changes
import Failures
import Glibc
import Postgres

/// The indexes of a database: lists, creates and drops them while the service is running.
public struct Indexes {
  let connection: PostgresConnection
  let connect: () throws -> PostgresConnection

  /// - Parameter connect: opens another connection to the same database, whose waits a first Ctrl-C does not end; for builds.
  public init(_ connection: PostgresConnection, connect: @escaping () throws -> PostgresConnection) {
    self.connection = connection
    self.connect = connect
  }

  /// Which indexes are listed; an index must have each property that is asked for.
  public struct Filter: Sendable {
    /// The table's name in SQL; nil for all tables except the server's and usher's own.
    public var table: String?
    public var isUnused = false
    public var isInvalid = false
    public var isRedundant = false

    public init(table: String? = nil) { self.table = table }
  }

  /// The indexes that exist, with those that make others redundant; by schema, table and name.
  public func list(_ filter: Filter = Filter()) throws -> [ListedIndex] {
    let all =
      try filter.table.map {
        try IndexDescription.all(of: TableFacts.find($0, on: connection).oid, on: connection)
      } ?? IndexDescription.all(on: connection)
    let ofTable = Dictionary(grouping: all, by: \.tableOID)
    return try all.compactMap { index in
      var index = index
      if !index.isValid, !index.isPartitioned { index.builder = try IndexBuilder.of(index, on: connection) }
      let replacement = index.replacement(among: ofTable[index.tableOID] ?? [])
      if filter.isUnused && !index.isUnused || filter.isInvalid && (index.isValid || index.builder != nil)
        || filter.isRedundant && replacement == nil
      {
        return nil
      }
      return ListedIndex(index: index, redundantWith: replacement?.title)
    }
  }

  /// Plans the creation of an index. Throws where it cannot work.
  public func planCreation(_ request: IndexRequest) throws -> IndexCreationPlan {
    try IndexPlanner(connection: connection).plan(request)
  }

  /// Builds the planned index concurrently. A build that ends early leaves no unfinished index.
  ///
  /// `observe` is called several times a second while the build runs.
  public func create(
    _ plan: IndexCreationPlan, control: ChangeControl, bounds: IndexBuildBounds = IndexBuildBounds(),
    observe: (IndexBuildProgress) -> Void = { _ in }
  ) throws -> ChangeOutcome {
    try withoutActuallyEscaping(observe) { observe in
      guard try follow(plan, control, bounds, observe) else {
        return ChangeOutcome(
          wasInterrupted: true, notes: ["another session still builds the same index on '\(plan.table.title)'"])
      }
      let same = try IndexDescription.all(of: plan.table.oid, on: connection).filter { $0.signature == plan.signature }
      if let equal = same.first(where: \.isValid) {
        return ChangeOutcome(skipped: 1, notes: ["the same index exists already: '\(equal.title)'"])
      }
      if let tree = plan.tree {
        let build = PartitionedBuild(
          plan: plan, tree: tree, connection: connection,
          sessions: try BuildSessions(for: "an index build", connect: connect), bounds: bounds, control: control,
          observe: observe)
        var outcome = try build.run()
        if !outcome.wasInterrupted { outcome.notes += try restore(plan) }
        return outcome
      }
      if try same.isEmpty && buildPlainly(plan) {
        return ChangeOutcome(changed: 1, notes: try restore(plan))
      }
      let sessions = try BuildSessions(for: "an index build", connect: connect)
      if !same.isEmpty {
        guard try TableTurn(plan.table, sessions, bounds, control.isInterrupted, observe).wait() else {
          return ChangeOutcome(wasInterrupted: true, notes: ["the build was not started"])
        }
      }
      for index in same {
        guard
          try IndexRemoval(sessions: sessions).drop(
            index, patience: nil, isInterrupted: control.isInterrupted, observe: observe) == .dropped
        else {
          return ChangeOutcome(wasInterrupted: true, notes: ["an unfinished build of the same index still exists"])
        }
      }
      let build = IndexBuild(
        plan: plan, sessions: sessions, bounds: bounds, isInterrupted: control.isInterrupted, observe: observe)
      switch try build.run() {
      case .built:
        control.progress(1)
        return ChangeOutcome(changed: 1, notes: try restore(plan))
      case .interrupted(let note): return ChangeOutcome(wasInterrupted: true, notes: [note])
      }
    }
  }

  /// Waits while another session builds the same index, such as the build of an usher that was killed; false where that was
  /// interrupted. Throws where the bounds do not allow more time.
  private func follow(
    _ plan: IndexCreationPlan, _ control: ChangeControl, _ bounds: IndexBuildBounds,
    _ observe: (IndexBuildProgress) -> Void
  ) throws -> Bool {
    while true {
      let unfinished = try IndexDescription.all(of: plan.table.oid, on: connection).filter {
        $0.signature == plan.signature && !$0.isValid
      }
      guard let builder = try builder(of: unfinished) else { return true }
      if control.isInterrupted() { return false }
      if bounds.areOver { throw bounds.failure("the wait for \(builder.description)", causes: []) }
      if let progress = try IndexBuildProgress.of(Int32(builder.pid), on: plan.table.oid, connection) {
        observe(progress)
      }
      usleep(200_000)
    }
  }

  /// The session that builds one of the indexes now; nil for none.
  private func builder(of indexes: [IndexDescription]) throws -> IndexBuilder? {
    for index in indexes {
      if let builder = try IndexBuilder.of(index, on: connection) { return builder }
    }
    return nil
  }

  /// Runs the statements that restore what CREATE INDEX does not say; returns what could not be restored.
  private func restore(_ plan: IndexCreationPlan) throws -> [String] {
    try plan.afterwards.compactMap { statement in
      do {
        try connection.execute(statement)
        return nil
      } catch let error as PostgresError where error.problem == .statement {
        return "the index is there, but this could not be done: \(statement) (\(error.message))"
      }
    }
  }

  /// Builds the index of an empty table without CONCURRENTLY, which would wait for transactions that cannot have seen a row; false
  /// where the table has rows, or is in use.
  private func buildPlainly(_ plan: IndexCreationPlan) throws -> Bool {
    let size = try connection.query("SELECT pg_relation_size($1::bigint::regclass) AS size", [.init(plan.table.oid)])
    guard try size[0].decode("size", as: Int.self) == 0 else { return false }
    do {
      try connection.withTimeouts(statement: .seconds(5), lock: .milliseconds(200)) {
        _ = try connection.transaction {
          if let tablespace = plan.tablespace {
            try connection.execute("SELECT set_config('default_tablespace', $1, true)", [.init(tablespace)])
          }
          try connection.execute(plan.plainStatement)
        }
      }
      return true
    } catch let error as PostgresError where error.isLockTimeout || error.isCanceled {
      return false
    }
  }
}

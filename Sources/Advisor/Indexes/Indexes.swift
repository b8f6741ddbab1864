import Changes
import Failures
import Postgres

/// The indexes of a database: listed, created and dropped while the service works on.
public struct Indexes {
  let connection: PostgresConnection
  let connect: () throws -> PostgresConnection
  private let patience: Duration

  /// - Parameters:
  ///   - connect: one more connection to the same database, whose waits a first Ctrl-C does not end; builds call it.
  ///   - patience: how long the drop of an unfinished index may wait for others before it is left to the server; ten seconds
  ///     outlast the statements of a service, and are bearable after a Ctrl-C.
  public init(
    _ connection: PostgresConnection, patience: Duration = .seconds(10),
    connect: @escaping () throws -> PostgresConnection
  ) {
    self.patience = patience
    self.connection = connection
    self.connect = connect
  }

  /// The indexes of one table, or of all tables but the server's own.
  public func list(table: String? = nil) throws -> [IndexDescription] {
    guard let table else { return try IndexDescription.all(on: connection) }
    return try IndexDescription.all(of: TableFacts.find(table, on: connection, forReading: true).oid, on: connection)
  }

  /// What creating the index would do; refuses what cannot work before anything is started.
  public func planCreation(_ request: IndexRequest) throws -> IndexCreationPlan {
    try IndexPlanner(connection: connection).plan(request)
  }

  /// Builds the planned index concurrently; what ends the build early leaves no unfinished index behind.
  ///
  /// `observe` is called about five times a second while the build runs.
  public func create(
    _ plan: IndexCreationPlan, control: ChangeControl, observe: (IndexBuildProgress) -> Void = { _ in }
  ) throws -> ChangeOutcome {
    let now = try IndexDescription.all(of: plan.table.oid, on: connection)
    let same = now.filter { $0.signature == plan.signature }
    if let equal = same.first(where: \.isValid) {
      return ChangeOutcome(skipped: 1, notes: ["'\(equal.title)' is there already, and is the same index"])
    }
    if try !removeLeftovers(same, of: plan.table, isInterrupted: control.isInterrupted) {
      return ChangeOutcome(wasInterrupted: true, notes: ["an unfinished build of the same index is still there"])
    }
    return try withoutActuallyEscaping(observe) { observe in
      let build = IndexBuild(
        plan: plan, connect: connect, patience: patience, isInterrupted: control.isInterrupted, observe: observe)
      switch try build.run() {
      case .built:
        control.progress(1)
        return ChangeOutcome(changed: 1)
      case .interrupted(let note): return ChangeOutcome(wasInterrupted: true, notes: [note])
      }
    }
  }

  /// Drops invalid indexes that nobody is building any more; false when that was interrupted.
  private func removeLeftovers(
    _ leftovers: [IndexDescription], of table: TableFacts, isInterrupted: () -> Bool
  ) throws -> Bool {
    guard !leftovers.isEmpty else { return true }
    try refuseWhileBuilding(table, leftovers)
    for index in leftovers {
      guard try IndexRemoval(connect: connect).drop(index, isInterrupted: isInterrupted) == .dropped else {
        return false
      }
    }
    return true
  }

  /// An invalid index is either what a failed build left, or one that is being built just now.
  private func refuseWhileBuilding(_ table: TableFacts, _ leftovers: [IndexDescription]) throws {
    // Only statements such as CREATE INDEX CONCURRENTLY hold this lock; the progress view alone hides other roles' builds.
    guard let builder = try IndexBuilder.onTable(table, on: connection) else { return }
    throw builder.failure(twinOf: leftovers[0], on: table)
  }
}

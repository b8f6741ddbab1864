import Changes
import Failures
import Postgres

/// The indexes of a database: lists, creates and drops them while the service is running.
public struct Indexes {
  let connection: PostgresConnection
  let connect: () throws -> PostgresConnection
  private let patience: Duration

  /// - Parameters:
  ///   - connect: opens another connection to the same database, whose waits a first Ctrl-C does not end; for builds.
  ///   - patience: for how long the drop of an unfinished index may wait for others before it is left to the server. Ten seconds
  ///     outlast the statements of a service, and are a bearable wait after a Ctrl-C.
  public init(
    _ connection: PostgresConnection, patience: Duration = .seconds(10),
    connect: @escaping () throws -> PostgresConnection
  ) {
    self.patience = patience
    self.connection = connection
    self.connect = connect
  }

  /// The indexes of one table, or of all tables except the server's and usher's own.
  public func list(table: String? = nil) throws -> [IndexDescription] {
    guard let table else { return try IndexDescription.all(on: connection) }
    return try IndexDescription.all(of: TableFacts.find(table, on: connection, forReading: true).oid, on: connection)
  }

  /// Plans the creation of an index. Throws where it cannot work.
  public func planCreation(_ request: IndexRequest) throws -> IndexCreationPlan {
    try IndexPlanner(connection: connection).plan(request)
  }

  /// Builds the planned index concurrently. A build that ends early leaves no unfinished index.
  ///
  /// `observe` is called about five times a second while the build runs.
  public func create(
    _ plan: IndexCreationPlan, control: ChangeControl, observe: (IndexBuildProgress) -> Void = { _ in }
  ) throws -> ChangeOutcome {
    let now = try IndexDescription.all(of: plan.table.oid, on: connection)
    let same = now.filter { $0.signature == plan.signature }
    if let equal = same.first(where: \.isValid) {
      return ChangeOutcome(skipped: 1, notes: ["the same index exists already: '\(equal.title)'"])
    }
    if try !removeLeftovers(same, of: plan.table, isInterrupted: control.isInterrupted) {
      return ChangeOutcome(wasInterrupted: true, notes: ["an unfinished build of the same index still exists"])
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

  /// Drops invalid indexes that nobody is building; false where that was interrupted.
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

  /// Throws `tryAgain` where an invalid index is being built now, and is not the remains of a failed build.
  private func refuseWhileBuilding(_ table: TableFacts, _ leftovers: [IndexDescription]) throws {
    // Statements such as CREATE INDEX CONCURRENTLY hold this lock. The progress view does not show builds of other roles.
    guard let builder = try IndexBuilder.onTable(table, on: connection) else { return }
    throw builder.failure(twinOf: leftovers[0], on: table)
  }
}

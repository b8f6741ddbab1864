import Changes
import Failures
import Glibc
import Postgres
import Text

/// The build of an index on a partitioned table: empty on the table itself, concurrently on each partition with rows, and attached.
///
/// A run that ends early keeps the partitions that are done; the next one continues with the rest. The index is valid when the last
/// one is attached.
/// Source: https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
struct PartitionedBuild {
  let plan: IndexCreationPlan
  let tree: PartitionTree
  let connection: PostgresConnection
  let sessions: BuildSessions
  let bounds: IndexBuildBounds
  let control: ChangeControl
  let observe: (IndexBuildProgress) -> Void

  func run() throws -> ChangeOutcome {
    var done = 0
    /// The title of the index of each table.
    var titles: [Int: String] = [:]
    for node in tree.nodes {
      let title =
        PostgresConnection.quoteIdentifier(node.table.schema) + "." + PostgresConnection.quoteIdentifier(node.name)
      titles[node.table.oid] = title
      if node.index == nil, let note = try build(node) { return outcome(done, interrupted: note) }
      if let parent = node.parent, !node.isAttached, let above = titles[parent] {
        let statement = "ALTER INDEX \(above) ATTACH PARTITION \(title)"
        try ShortLock(connection, bounds, control.isInterrupted).execute(statement, on: node.table)
      }
      if node.isLeaf, !node.isDone {
        done += 1
        control.progress(done)
      }
      if control.isInterrupted() { return outcome(done, interrupted: "the index is not on all partitions yet") }
    }
    let index = try IndexDescription.all(of: plan.table.oid, on: connection).first { $0.name == plan.name }
    guard index?.isValid == true else {
      throw Failure(
        .failed, "\(plan.quotedTitle) is not valid, although every partition that was planned is attached",
        hints: ["a partition may have been added meanwhile: run the same command again"])
    }
    return ChangeOutcome(changed: max(1, done))
  }

  private func outcome(_ done: Int, interrupted note: String) -> ChangeOutcome {
    ChangeOutcome(
      changed: done, wasInterrupted: true,
      notes: [
        note, "done: \(done) of \(tree.remaining.counted("partition")); the same command continues with the rest",
      ])
  }

  /// Builds the index of one table; returns a note where that was interrupted.
  private func build(_ node: PartitionTree.Node) throws -> String? {
    observe(IndexBuildProgress(phase: "partition \(node.table.title)"))
    guard node.isLeaf else {
      try ShortLock(connection, bounds, control.isInterrupted).execute(tree.statement(for: node), on: node.table)
      return nil
    }
    for rest in try IndexDescription.all(of: node.table.oid, on: connection)
    where rest.signature == plan.signature && !rest.isValid {
      _ = try IndexRemoval(sessions: sessions).drop(rest, patience: bounds.patience, observe: observe)
    }
    let build = IndexBuild(
      plan: plan.forPartition(node.table, name: node.name, statement: tree.statement(for: node)), sessions: sessions,
      bounds: bounds, isInterrupted: control.isInterrupted, observe: observe)
    if case .interrupted(let note) = try build.run() { return note }
    return nil
  }
}

/// A statement that needs a lock against writes for a moment. It gives the lock's place in the queue up after a fraction of a second,
/// so that the service's statements do not wait behind it for long, and tries again.
struct ShortLock {
  private let connection: PostgresConnection
  private let bounds: IndexBuildBounds
  private let isInterrupted: () -> Bool

  private static let lockTimeout = Duration.milliseconds(300)
  /// At least a minute in all, with pauses in which those that waited proceed.
  private static let attempts = 60

  init(_ connection: PostgresConnection, _ bounds: IndexBuildBounds, _ isInterrupted: @escaping () -> Bool) {
    self.connection = connection
    self.bounds = bounds
    self.isInterrupted = isInterrupted
  }

  func execute(_ statement: String, on table: TableFacts) throws {
    for attempt in 1... {
      do {
        try connection.withTimeouts(statement: .seconds(10), lock: Self.lockTimeout) {
          _ = try connection.execute(statement)
        }
        return
      } catch let error as PostgresError where error.isLockTimeout {
        guard attempt < Self.attempts, !bounds.areOver, !isInterrupted() else {
          throw Failure(
            .tryAgain, "cannot lock '\(table.title)' for a moment, because other sessions use it", causes: [statement],
            hints: ["run the same command again when the transactions on the table are shorter"])
        }
        usleep(700_000)
      }
    }
  }
}

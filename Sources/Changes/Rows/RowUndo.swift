import Failures
import Postgres

/// Undoes the row changes of an operation: each row that is still as the operation left it gets its former values.
///
/// The stored images name the table and its columns, so no configuration is needed.
public struct RowUndo {
  private let operation: OperationID
  private let journal: PostgresJournal

  public init(_ operation: OperationID, journal: PostgresJournal) {
    self.operation = operation
    self.journal = journal
  }

  /// What an undo would do now.
  public struct Plan: Equatable, Sendable {
    /// Rows that are still as the operation left them.
    public var count = 0
    /// Rows that have changed since, or were deleted; an undo leaves them as they are.
    public var moved = 0
    /// The names of the tables, as locks and history have them.
    public var tables: [String] = []

    public init(count: Int = 0, moved: Int = 0, tables: [String] = []) {
      self.count = count
      self.moved = moved
      self.tables = tables
    }
  }

  /// Reads only. Throws `configuration` where a table, or one of its columns, no longer exists.
  public func plan() throws -> Plan {
    var plan = Plan()
    for image in try images() {
      let table = image.table
      let rows = try journal.connection.query(
        """
        WITH g AS (\(rows(of: table)))
        SELECT count(*) AS count FROM \(table.quoted) AS t JOIN g ON \(table.condition("a"))
        """, parameters(image))
      let count: Int = try rows.first?.decode("count") ?? 0
      plan.count += count
      plan.moved += image.total - count
      if !plan.tables.contains(table.name) { plan.tables.append(table.name) }
    }
    return plan
  }

  /// Undoes the operation's batches, the last one first. Rows that are not undone yet remain stored, so the next undo continues with them.
  ///
  /// One transaction for each batch, or for a part of it where the control has a rate. The rows are added to the count of the operation
  /// `undo`. A row that has changed since is skipped, and is not tried again.
  public func apply(as undo: OperationID, control: ChangeControl = .init()) throws -> ChangeOutcome {
    var outcome = ChangeOutcome()
    var pacer = control.makePacer()
    for image in try images() {
      var rest = image.total
      while rest > 0 {
        let portion = min(rest, control.batchSize(upTo: image.total))
        pacer.wait(for: portion)
        guard !control.isInterrupted() else {
          outcome.wasInterrupted = true
          return outcome
        }
        let changed = try restore(portion, of: image, as: undo)
        rest -= portion
        outcome.changed += changed
        outcome.skipped += portion - changed
        control.progress(outcome.changed)
      }
    }
    return outcome
  }

  /// Restores the first rows of an image and deletes them from it, in one statement. Returns the number of restored rows.
  private func restore(_ portion: Int, of image: Image, as undo: OperationID) throws -> Int {
    let table = image.table
    let rest = ["key_values", "before_values", "after_values"].map { "\($0) = \($0)[:][$3::int + 1:]" }
    let here = "operation_id = $1 AND batch = $2::int"
    return try journal.connection.query(
      """
      WITH g AS (\(rows(of: table, upTo: "$3::int"))), restored AS (
        UPDATE \(table.quoted) AS t SET \(table.assignments("b")) FROM g WHERE \(table.condition("a")) RETURNING 1
      ), kept AS (
        UPDATE \(PostgresHistorySchema.rowImage) SET \(rest.joined(separator: ", "))
        WHERE \(here) AND array_length(key_values, 2) > $3::int
      ), deleted AS (
        DELETE FROM \(PostgresHistorySchema.rowImage) WHERE \(here) AND array_length(key_values, 2) <= $3::int
      ), counted AS (
        UPDATE \(PostgresHistorySchema.operation) SET changed = changed + (SELECT count(*) FROM restored) WHERE id = $4
      )
      SELECT count(*) AS changed FROM restored
      """, parameters(image) + [.init(portion), .init(text: undo.description)]
    ).first?.decode("changed") ?? 0
  }

  private struct Image {
    let batch: Int
    let total: Int
    let table: RowTable
  }

  /// The images, the last batch first: a row that two batches changed has the values of the last one.
  private func images() throws -> [Image] {
    let rows = try journal.connection.query(
      """
      SELECT batch, relation, key_columns, columns, array_length(key_values, 2) AS total
      FROM \(PostgresHistorySchema.rowImage) WHERE operation_id = $1 ORDER BY batch DESC
      """, [.init(text: operation.description)])
    var tables: [[String]: RowTable] = [:]
    return try rows.map { row in
      let (relation, key, columns): (String, [String], [String]) = (
        try row.decode("relation"), try row.decode("key_columns"), try row.decode("columns")
      )
      let description = [relation] + key + [""] + columns
      let table = try tables[description] ?? RowTable(relation, key: key, changed: columns, on: journal.connection)
      tables[description] = table
      return Image(batch: try row.decode("batch"), total: try row.decode("total"), table: table)
    }
  }

  /// The rows of the image of operation $1 and batch $2.
  private func rows(of table: RowTable, upTo limit: String? = nil) -> String {
    let values = [("k", "key_values"), ("b", "before_values"), ("a", "after_values")].flatMap { prefix, column in
      table.names([prefix]).indices.map { "unnest(i.\(column)[\($0 + 1):\($0 + 1)])" }
    }
    return """
      SELECT u.* FROM \(PostgresHistorySchema.rowImage) AS i,
        ROWS FROM (\(values.joined(separator: ", "))) WITH ORDINALITY AS u (\((table.names(["k", "b", "a"]) + ["n"]).joined(separator: ", ")))
      WHERE i.operation_id = $1 AND i.batch = $2::int\(limit.map { " AND u.n <= \($0)" } ?? "")
      """
  }

  private func parameters(_ image: Image) -> [PostgresValue?] {
    [.init(text: operation.description), .init(image.batch)]
  }
}

import Changes
import Failures
import Text

/// Marks events as published, and stores their rows' former values in the history, in the transaction of the batch.
struct ReplayMarks {
  private let table: OutboxTable
  private let change: RowChange
  private let operation: OperationID
  private let journal: PostgresJournal

  init(_ table: OutboxTable, _ operation: OperationID, _ journal: PostgresJournal) throws {
    self.table = table
    self.operation = operation
    self.journal = journal
    change = try RowChange(
      table: table.quotedName, key: [table.idColumn.name],
      columns: [table.statusColumn.name] + (table.publishedColumn.map { [$0.name] } ?? []), on: table.connection)
  }

  /// Marks events whose rows are locked. Throws `failed` where not all of them could be marked.
  func mark(_ events: [LockedEvent], batch: Int) throws {
    var before = [RowValues(events.map(\.status))]
    var after = [RowValues.same(table.mapping.statuses.published)]
    if let published = table.publishedColumn {
      before.append(RowValues(events.map(\.published)))
      after.append(.same(try now(as: published.storedType)))
    }
    let changed = try change.apply(
      keys: [.each(events.map(\.id))], before: before, after: after, operation: operation, batch: batch,
      journal: journal)
    guard changed == events.count else {
      throw Failure(
        .failed,
        "marking \(events.count.counted("event")) of table \(table.name) would have changed \(changed.counted("row"))",
        causes: ["a trigger or a row security policy of the table prevents it"],
        hints: ["the batch was sent but is not marked, so it will be sent again"])
    }
  }

  /// The start of the transaction, as a column of this type stores it; in text form.
  private func now(as type: String) throws -> String? {
    try table.connection.query("SELECT (now()::\(type))::text AS now").first?.decode("now")
  }
}

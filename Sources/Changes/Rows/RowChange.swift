import Failures
import Postgres
import Text

/// A change to columns of a table's rows, guarded by the values that a plan has read.
///
/// A row is changed only where it still has those values. The statement also stores the values of the changed rows before the change and
/// after it, including what triggers did, for `RowUndo`.
public struct RowChange {
  private let table: RowTable

  /// Reads the table and its columns from the catalogue. Throws `configuration` where one of them does not exist.
  ///
  /// - Parameters:
  ///   - table: its name in a statement: quoted where necessary, with its schema where the search path does not contain that.
  ///   - key: the columns that identify a row.
  ///   - columns: the columns that must still have the planned values, and get new ones. For a column that is only compared, the new
  ///     value is the planned one.
  public init(table: String, key: [String], columns: [String], on connection: PostgresConnection) throws {
    self.table = try RowTable(table, key: key, changed: columns, on: connection)
  }

  /// Changes the rows that are still as planned, in one statement, and returns their number.
  ///
  /// It adds the number to the operation's count. Throws `failed`, with no row changed, where the key is not unique. Rows are locked
  /// in no particular order; a caller that needs one locks them first, in the same transaction. Without a transaction it makes one.
  ///
  /// - Parameters:
  ///   - keys: for each key column, in the order of `init`, the values of the rows. At least one key column is `.each`.
  ///   - before: for each of `columns`, the planned values, with the rows in the order of `keys`.
  ///   - after: for each of `columns`, the new values, with the rows in the order of `keys`.
  ///   - batch: the number of the batch within the operation; an undo starts with the highest.
  public func apply(
    keys: [RowValues], before: [RowValues], after: [RowValues], operation: OperationID, batch: Int,
    journal: PostgresJournal
  ) throws -> Int {
    let columns = keys + before + after
    guard keys.count == table.key.count, before.count == table.changed.count, after.count == before.count,
      let count = columns.lazy.compactMap(\.count).first, columns.allSatisfy({ $0.count ?? count == count })
    else { throw Failure(.bug, "the values of a row change do not match its columns") }
    let connection = journal.connection
    func change() throws -> Int {
      let changed: Int =
        try connection.query(
          statement(columns),
          columns.map(\.parameter) + [
            .init(text: operation.description), .init(batch), .init(text: table.quoted), .array(table.key.map(\.name)),
            .array(table.changed.map(\.name)),
          ]
        ).first?.decode("changed") ?? 0
      guard changed <= count else {
        throw Failure(
          .failed, "changing \(count.counted("row")) of table \(table.name) would have changed \(changed.grouped)",
          causes: ["\(table.key.map { "'\($0.name)'" }.joined(separator: ", ")) is not unique"])
      }
      return changed
    }
    return connection.isInTransaction ? try change() : try connection.transaction(change)
  }

  /// Parameters: the columns' values, then the operation, the batch, the table, the names of the key and of the changed columns.
  private func statement(_ columns: [RowValues]) -> String {
    let names = table.names(["k", "b", "a"])
    let places = Array(zip(names, columns).enumerated())
    let arrays = places.filter { $0.element.1.count != nil }
    let constants = places.filter { $0.element.1.count == nil }.map { "$\($0.offset + 1)::text AS \($0.element.0)" }
    // OFFSET 0 keeps the server from moving constants into the scan of the table: it would take their comparison for so selective that it
    // joins row by row. The keys as an array let it read by the index, also where its statistics are old.
    let given = """
      SELECT \((["u.*"] + constants).joined(separator: ", "))
      FROM ROWS FROM (\(arrays.map { "unnest($\($0.offset + 1)::text[])" }.joined(separator: ", ")))
        AS u (\(arrays.map(\.element.0).joined(separator: ", "))) OFFSET 0
      """
    let access =
      table.key.count == 1 && columns[0].count != nil
      ? "t.\(table.key[0].quoted) = ANY ($1::text[]::\(table.key[0].type)[]) AND " : ""
    let left = table.changed.enumerated().map { "t.\($1.quoted)::text AS a\($0)" }
    let (operation, next) = (columns.count + 1, columns.count + 2)
    func aggregated(_ prefix: String) -> String {
      "ARRAY[\(table.names([prefix]).map { "array_agg(\($0))" }.joined(separator: ", "))]"
    }
    return """
      WITH changed AS (
        UPDATE \(table.quoted) AS t SET \(table.assignments("a")) FROM (\(given)) AS g WHERE \(access)\(table.condition("b"))
        RETURNING \((table.names(["k", "b"]).map { "g.\($0)" } + left).joined(separator: ", "))
      ), image AS (
        INSERT INTO \(PostgresHistorySchema.rowImage)
          (operation_id, batch, relation, key_columns, columns, key_values, before_values, after_values)
        SELECT $\(operation)::text, $\(next)::int, $\(next + 1)::text, $\(next + 2)::text[], $\(next + 3)::text[],
          \(aggregated("k")), \(aggregated("b")), \(aggregated("a"))
        FROM changed HAVING count(*) > 0
      ), counted AS (
        UPDATE \(PostgresHistorySchema.operation) SET changed = changed + (SELECT count(*) FROM changed)
        WHERE id = $\(operation)
      )
      SELECT count(*) AS changed FROM changed
      """
  }
}

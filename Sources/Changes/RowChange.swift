import Failures
import Postgres
import Text

/// A change to columns of a table's rows, guarded by the values that a plan has read, and with all that is needed to undo it.
///
/// A row is changed only where it still has those values. What the changed rows were, and what they are after the change, also where a trigger
/// had a part in it, is stored by the same statement.
public struct RowChange {
  private let table: RowTable

  /// Finds the table and its columns. Throws `configuration` where one of them does not exist.
  ///
  /// - Parameters:
  ///   - table: as a statement would name it: quoted where necessary, with its schema where the search path does not contain that.
  ///   - key: the columns that identify a row.
  ///   - columns: those that a row must still have the planned values in, and that get new ones. One that only guards gets the value that
  ///     it has.
  public init(table: String, key: [String], columns: [String], on connection: PostgresConnection) throws {
    self.table = try RowTable(table, key: key, changed: columns, on: connection)
  }

  /// Changes the rows that are still as planned, with one statement for all of them, and returns how many that were.
  ///
  /// Also adds them to the operation's count. Throws `failed`, with no row changed, where the key is not unique. Rows are locked in no
  /// particular order: whoever needs one locks them before, in the same transaction.
  ///
  /// - Parameters:
  ///   - keys, before, after: for each column of the key, or of the changed ones, the values of the rows; the columns in the order of
  ///     `init`, and the rows in the same order for all of them. At least one of the columns is `.each`.
  ///   - batch: the number of the batch within the operation; an undo begins with the highest.
  public func apply(
    keys: [RowValues], before: [RowValues], after: [RowValues], operation: OperationID, batch: Int,
    journal: PostgresJournal
  ) throws -> Int {
    let columns = keys + before + after
    guard keys.count == table.key.count, before.count == table.changed.count, after.count == before.count,
      let count = columns.lazy.compactMap(\.count).first, columns.allSatisfy({ $0.count ?? count == count })
    else { throw Failure(.bug, "the values of a row change do not fit its columns") }
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
    let given = """
      SELECT \((["u.*"] + constants).joined(separator: ", "))
      FROM ROWS FROM (\(arrays.map { "unnest($\($0.offset + 1)::text[])" }.joined(separator: ", ")))
        AS u (\(arrays.map(\.element.0).joined(separator: ", ")))
      """
    let left = table.changed.enumerated().map { "t.\($1.quoted)::text AS a\($0)" }
    let (operation, next) = (columns.count + 1, columns.count + 2)
    func aggregated(_ prefix: String) -> String {
      "ARRAY[\(table.names([prefix]).map { "array_agg(\($0))" }.joined(separator: ", "))]"
    }
    return """
      WITH changed AS (
        UPDATE \(table.quoted) AS t SET \(table.assignments("a")) FROM (\(given)) AS g WHERE \(table.condition("b"))
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

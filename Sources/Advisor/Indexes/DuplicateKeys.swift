import Failures
import Postgres
import Text

/// The rows of a table that a unique index would not allow.
public struct DuplicateKeys: Equatable, Sendable {
  /// The statement that finds them.
  public let statement: String
  /// The most frequent keys with their rows: `(ann@example.com) in 3 rows`; empty for none.
  public let keys: [String]
  /// Whether the search ended before the whole table was read.
  public let isUnknown: Bool

  /// How long the search may take; the build itself finds the rest.
  private static let limit = Duration.seconds(10)
  private static let shown = 3

  /// Searches for keys that several rows have. Rows with a NULL among the keys are all different.
  static func find(
    _ columns: [String], of table: TableFacts, where condition: String?, on connection: PostgresConnection
  ) throws -> DuplicateKeys {
    let quoted = columns.map(PostgresConnection.quoteIdentifier(_:))
    let filters = quoted.map { "\($0) IS NOT NULL" } + (condition.map { ["(\($0))"] } ?? [])
    let list = quoted.joined(separator: ", ")
    let rest = """
      count(*) FROM \(table.quoted) WHERE \(filters.joined(separator: " AND ")) GROUP BY \(list) \
      HAVING count(*) > 1 ORDER BY count(*) DESC
      """
    let statement = "SELECT \(list), \(rest)"
    let texts = quoted.map { "\($0)::text" }.joined(separator: ", ")
    do {
      let rows = try connection.withTimeouts(statement: limit, lock: .seconds(2)) {
        try connection.query("SELECT \(texts), \(rest) LIMIT \(shown)")
      }
      let keys = try rows.map { row in
        let values = try columns.indices.map { try row.decode($0, as: String.self) }
        let count: Int = try row.decode(columns.count)
        return "(\(values.joined(separator: ", "))) in \(count.counted("row"))"
      }
      return DuplicateKeys(statement: statement, keys: keys, isUnknown: false)
    } catch let error as PostgresError where error.isCanceled || error.isLockTimeout {
      return DuplicateKeys(statement: statement, keys: [], isUnknown: true)
    }
  }

  static func failure(_ index: String, _ table: TableFacts) -> Failure {
    Failure(.badInput, "cannot create unique index \(index): rows of '\(table.title)' have the same key")
  }
}

import Failures
import Postgres

extension PostgresConnection {
  /// The only row of a statement that always has one.
  func soleRow(_ sql: String) throws -> PostgresRow {
    guard let row = try query(sql).first else { throw Failure(.bug, "a statement that has one row returned none") }
    return row
  }
}

/// Values for loops over many rows: as `decode`, without the cost of a generic call from another module.
extension PostgresRow {
  /// The text of a value, nil for NULL; the first column is 0.
  public func text(_ column: Int) throws(PostgresError) -> String? { try decode(column) }

  /// The bytes of a bytea, or of any other type's text, nil for NULL; the first column is 0.
  public func bytes(_ column: Int) throws(PostgresError) -> [UInt8]? { try decode(column) }
}

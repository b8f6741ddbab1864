import Postgres

/// What the catalogue says of the table beyond its columns: whether a replay can rely on it.
extension OutboxTable {
  /// What each mapped column is for, its name and its type.
  public var mappedColumns: [(role: String, name: String, type: String)] {
    mapping.columns.roles.map { ($0.role, $0.column, column($0.column).storedType) }
  }

  /// Whether the server sees to it that no two rows have one id: by a whole, valid unique index over that column alone. A view
  /// has none.
  public func idIsUnique() throws -> Bool {
    let rows = try connection.query(
      """
      SELECT EXISTS (
        SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = $2
        WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
          AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_unique
      """, [.init(text: quotedName), .init(text: idColumn.name)])
    return try rows.first?.decode("is_unique") ?? false
  }

  /// What this role lacks to replay, as `UPDATE on status`; empty when it lacks nothing.
  public func missingPrivileges() throws -> [String] {
    let publishing = mapping.publishing
    let templates =
      [publishing.topic, publishing.stream, publishing.key, publishing.value] + publishing.headers.map(\.value)
    let needed = Set(mapping.columns.roles.map(\.column) + templates.compactMap { $0 }.flatMap(\.columns))
    let changed: Set = Set([statusColumn.name, publishedColumn?.name].compactMap { $0 })
    return try connection.query(
      """
      SELECT name, has_column_privilege($1::regclass, name, 'SELECT') AS may_read,
        has_column_privilege($1::regclass, name, 'UPDATE') AS may_change
      FROM unnest($2::text[]) AS name ORDER BY name
      """, [.init(text: quotedName), .array(needed.sorted())]
    ).flatMap { row in
      let name: String = try row.decode("name")
      let (mayRead, mayChange): (Bool, Bool) = (try row.decode("may_read"), try row.decode("may_change"))
      return (mayRead ? [] : ["SELECT on \(name)"])
        + (mayChange || !changed.contains(name) ? [] : ["UPDATE on \(name)"])
    }
  }
}

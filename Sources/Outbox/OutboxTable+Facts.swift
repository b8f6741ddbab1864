import Postgres

/// What the catalogue says about the table's ids and privileges.
extension OutboxTable {
  /// The role of each mapped column, its name and its type.
  public var mappedColumns: [(role: String, name: String, type: String)] {
    mapping.columns.roles.map { ($0.role, $0.column, column($0.column).storedType) }
  }

  /// Whether a valid unique index over the id column alone, without a condition, keeps ids unique. False for a view.
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

  /// The privileges that this role lacks for a replay, as `UPDATE on status`; empty where it has all.
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

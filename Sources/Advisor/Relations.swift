import Postgres

/// A table, a column or an index by the name that SQL takes, and a few words about it.
public struct RelationName: Equatable, Sendable {
  public var name: String
  public var note: String
}

/// The names in a database, for somebody who types one.
public struct Relations {
  private let connection: PostgresConnection

  public init(_ connection: PostgresConnection) { self.connection = connection }

  // regclass gives a name as it must be typed: quoted where needed, with its schema where the search path doesn't find it.
  private static let ownSchemas = """
    n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' \
    AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname <> 'usher'
    """

  /// The tables, the server's and usher's own left out, by name; with their estimated rows.
  public func tables(limit: Int) throws -> [RelationName] {
    try read(
      """
      SELECT c.oid::regclass::text AS name,
        CASE WHEN c.reltuples >= 0 THEN 'about ' || c.reltuples::bigint || ' rows' ELSE '' END AS note
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND \(Self.ownSchemas) ORDER BY 1 LIMIT $1
      """, [PostgresValue(limit)])
  }

  /// The columns of one table, in the table's order, with their types; none where there is no such table.
  public func columns(of table: String, limit: Int) throws -> [RelationName] {
    try read(
      """
      SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS note FROM pg_attribute a
      WHERE a.attrelid = to_regclass($2) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LIMIT $1
      """, [PostgresValue(limit), PostgresValue(table)])
  }

  /// The indexes that no constraint stands on, with their tables.
  public func droppableIndexes(limit: Int) throws -> [RelationName] {
    try read(
      """
      SELECT CASE WHEN coalesce(pg_table_is_visible(c.oid), true) THEN '' ELSE quote_ident(n.nspname) || '.' END
        || quote_ident(c.relname) AS name,
        'on ' || i.indrelid::regclass || ', ' || coalesce(pg_size_pretty(pg_relation_size(i.indexrelid)), 'gone')
          || CASE WHEN i.indisvalid THEN '' ELSE ', invalid' END AS note
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE \(Self.ownSchemas) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
      ORDER BY 1 LIMIT $1
      """, [PostgresValue(limit)])
  }

  private func read(_ sql: String, _ values: [PostgresValue]) throws -> [RelationName] {
    try connection.query("\(SlowQueries.mark) \(sql)", values).map { row in
      RelationName(name: try row.decode("name"), note: try row.decode("note"))
    }
  }
}

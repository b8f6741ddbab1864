import Changes
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
    AND n.nspname NOT LIKE 'pg\\_temp%' AND NOT \(PostgresHistorySchema.isOwn("n"))
    """

  // As it must be typed: quoted where needed ($4 and $5: also where not), with its schema where the search path doesn't find it
  // ($3: always). What has just been dropped is not visible, but NULL.
  private static let name = """
    CASE WHEN NOT $3::boolean AND coalesce(pg_table_is_visible(c.oid), true) THEN ''
      ELSE CASE WHEN $4::boolean THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE quote_ident(n.nspname) END || '.' END
    || CASE WHEN $5::boolean THEN '"' || replace(c.relname, '"', '""') || '"' ELSE quote_ident(c.relname) END
    """

  /// The tables, the server's and usher's own left out, by name; with their estimated rows.
  ///
  /// - Parameter typed: how the name begins. After a schema and a dot, or a quote, all names have them; what begins so comes first.
  public func tables(beginning typed: String = "", limit: Int) throws -> [RelationName] {
    try read(
      """
      SELECT \(Self.name) AS name,
        CASE WHEN c.reltuples >= 0 THEN 'about ' || c.reltuples::bigint || ' rows' ELSE '' END AS note
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND \(Self.ownSchemas)
      """, beginning: typed, limit: limit)
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
  ///
  /// - Parameter typed: as of tables.
  public func droppableIndexes(beginning typed: String = "", limit: Int) throws -> [RelationName] {
    try read(
      """
      SELECT \(Self.name) AS name,
        'on ' || i.indrelid::regclass || ', ' || coalesce(pg_size_pretty(pg_relation_size(i.indexrelid)), 'gone')
          || CASE WHEN i.indisvalid THEN '' ELSE ', invalid' END AS note
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE \(Self.ownSchemas) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
      """, beginning: typed, limit: limit)
  }

  /// The relations of a query for names and notes, in a text's way of writing and those that begin with it first, by name.
  private func read(_ sql: String, beginning typed: String, limit: Int) throws -> [RelationName] {
    let form = TypedName(typed)
    return try read(
      "SELECT name, note FROM (\(sql)) named ORDER BY left(name, length($2::text)) = $2::text DESC, name LIMIT $1",
      [
        PostgresValue(limit), PostgresValue(typed), PostgresValue(form.hasSchema), PostgresValue(form.quotesSchema),
        PostgresValue(form.quotesName),
      ])
  }

  private func read(_ sql: String, _ values: [PostgresValue]) throws -> [RelationName] {
    try connection.query("\(SlowQueries.mark) \(sql)", values).map { row in
      RelationName(name: try row.decode("name"), note: try row.decode("note"))
    }
  }
}

/// How somebody writes the name that they have begun to type.
struct TypedName {
  var hasSchema = false
  var quotesSchema = false
  var quotesName = false

  init(_ typed: String) {
    var isInQuotes = false
    let dot = typed.firstIndex { character in
      if character == "\"" { isInQuotes.toggle() }
      return character == "." && !isInQuotes
    }
    guard let dot else {
      // It may be the name of a schema.
      (quotesSchema, quotesName) = (typed.hasPrefix("\""), typed.hasPrefix("\""))
      return
    }
    hasSchema = true
    quotesSchema = typed.hasPrefix("\"")
    quotesName = typed[typed.index(after: dot)...].hasPrefix("\"")
  }
}

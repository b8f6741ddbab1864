import Changes
import Postgres

/// The name of a table, a column or an index as SQL accepts it, with a short description.
public struct RelationName: Equatable, Sendable {
  public var name: String
  public var note: String
}

/// The names in a database, as candidates for a name that somebody is typing.
public struct Relations {
  private let connection: PostgresConnection

  public init(_ connection: PostgresConnection) { self.connection = connection }

  private static let ownSchemas = """
    n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' \
    AND n.nspname NOT LIKE 'pg\\_temp%' AND NOT \(PostgresHistorySchema.isOwn("n"))
    """

  // The name as it must be typed: quoted where necessary ($4 and $5: always), with its schema where the search path does not contain
  // that ($3: always). The visibility of a relation that was just dropped is NULL.
  private static let name = """
    CASE WHEN NOT $3::boolean AND coalesce(pg_table_is_visible(c.oid), true) THEN ''
      ELSE CASE WHEN $4::boolean THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE quote_ident(n.nspname) END || '.' END
    || CASE WHEN $5::boolean THEN '"' || replace(c.relname, '"', '""') || '"' ELSE quote_ident(c.relname) END
    """

  /// The tables by name, with their estimated numbers of rows, without the server's and usher's own.
  ///
  /// - Parameter typed: the beginning of the name; tables that begin with it come first. Where it has a schema or a quote, all names
  ///   have them.
  public func tables(beginning typed: String = "", limit: Int) throws -> [RelationName] {
    try read(
      """
      SELECT \(Self.name) AS name,
        CASE WHEN c.reltuples >= 0 THEN 'about ' || c.reltuples::bigint || ' rows' ELSE '' END AS note
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND \(Self.ownSchemas)
      """, beginning: typed, limit: limit)
  }

  /// The columns of one table, in the table's order, with their types; empty where the table does not exist.
  public func columns(of table: String, limit: Int) throws -> [RelationName] {
    try read(
      """
      SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS note FROM pg_attribute a
      WHERE a.attrelid = to_regclass($2) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LIMIT $1
      """, [PostgresValue(limit), PostgresValue(table)])
  }

  /// The indexes that belong to no constraint, with their tables.
  ///
  /// - Parameter typed: as for `tables`.
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

  /// The relations of a query for names and notes, written like `typed`; those that begin with it first, then by name.
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

/// Whether the beginning of a typed name has a schema and quotes.
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
      // It may also be the beginning of a schema's name.
      (quotesSchema, quotesName) = (typed.hasPrefix("\""), typed.hasPrefix("\""))
      return
    }
    hasSchema = true
    quotesSchema = typed.hasPrefix("\"")
    quotesName = typed[typed.index(after: dot)...].hasPrefix("\"")
  }
}

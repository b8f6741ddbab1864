import Failures
import Postgres

/// The table of a row change, with its key and the changed columns, as the catalogue describes them.
struct RowTable {
  /// `public.seat`, for messages, locks and history.
  let name: String
  /// Schema and table, quoted for a statement.
  let quoted: String
  let key: [Column]
  let changed: [Column]

  struct Column {
    let name: String
    /// The type without its length, so that a cast never truncates a value: `character varying`, `bigint`.
    let type: String
    /// The type with its length or precision, to which a stored value is cast without loss: `timestamp(3) without time zone`.
    let storedType: String

    var quoted: String { PostgresConnection.quoteIdentifier(name) }
  }

  /// Reads the catalogue. Throws `configuration` where the table or a column does not exist.
  ///
  /// - Parameter table: its name in a statement: quoted where necessary, with its schema where the search path does not contain that.
  init(_ table: String, key: [String], changed: [String], on connection: PostgresConnection) throws {
    // Source: PostgreSQL, System Catalogs, pg_attribute and `format_type`.
    let rows = try connection.query(
      """
      SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", format_type(a.atttypid, -1) AS type,
        format_type(a.atttypid, a.atttypmod) AS stored_type
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY ($2::name[])
      WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v')
      """, [.init(text: table), .array(key + changed)])
    guard let first = rows.first else {
      throw Failure(.configuration, "PostgreSQL database \(connection.target) has no table \(table)")
    }
    let (schema, relation): (String, String) = (try first.decode("schema"), try first.decode("table"))
    name = "\(schema).\(relation)"
    quoted = "\(connection.quoteIdentifier(schema)).\(connection.quoteIdentifier(relation))"
    var columns: [String: Column] = [:]
    for row in rows {
      guard let column: String = try row.decode("column") else { continue }
      columns[column] = Column(name: column, type: try row.decode("type"), storedType: try row.decode("stored_type"))
    }
    if let missing = (key + changed).first(where: { columns[$0] == nil }) {
      throw Failure(.configuration, "table \(name) has no column '\(missing)'")
    }
    self.key = key.compactMap { columns[$0] }
    self.changed = changed.compactMap { columns[$0] }
  }
}

extension RowTable {
  // In the statements the table has the alias `t`, and the rows of the change the alias `g`, with columns of type text: the keys k0, k1, …, the
  // values of the changed columns before the change, b0, b1, …, and after it, a0, a1, …

  /// The SET list that gives each changed column its value in the rows.
  ///
  /// - Parameter prefix: `b` for the values before the change, `a` for those after it.
  func assignments(_ prefix: String) -> String {
    changed.enumerated().map { "\($1.quoted) = g.\(prefix)\($0)::\($1.type)" }.joined(separator: ", ")
  }

  /// The condition that joins the table with the rows, where the table still has their values.
  ///
  /// Keys are compared by their type, so that an index can be used. Changed columns are compared as text: every type has one, also those
  /// without an equality operator, and it distinguishes values that a type treats as equal (1.0 and 1.00). The rows' text is cast to the
  /// column's type and back, because a session with another time zone may have written it.
  func condition(_ prefix: String) -> String {
    let keys = key.enumerated().map { "t.\($1.quoted) = g.k\($0)::\($1.type)" }
    let values = changed.enumerated().map {
      "t.\($1.quoted)::text IS NOT DISTINCT FROM g.\(prefix)\($0)::\($1.storedType)::text"
    }
    return (keys + values).joined(separator: " AND ")
  }

  /// The names of the rows' columns with these prefixes: k0, k1, b0, b1, and so on.
  func names(_ prefixes: [String]) -> [String] {
    prefixes.flatMap { prefix in (prefix == "k" ? key : changed).indices.map { "\(prefix)\($0)" } }
  }
}

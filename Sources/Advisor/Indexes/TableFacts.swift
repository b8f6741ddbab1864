import Changes
import Failures
import Postgres

/// A table as the catalogue describes it.
public struct TableFacts: Equatable, Sendable {
  let oid: Int
  public let schema: String
  public let name: String
  /// The size of the table without its indexes.
  public let bytes: Int
  /// The planner's estimate; nil for a table that was never analyzed.
  public let estimatedRows: Int?
  /// Whether its rows are in partitions.
  public var isPartitioned = false

  /// `public.seat`, for messages.
  public var title: String { "\(schema).\(name)" }
  /// For statements.
  var quoted: String { PostgresConnection.quoteIdentifier(schema) + "." + PostgresConnection.quoteIdentifier(name) }
}

extension TableFacts {
  /// Finds a table by its name in SQL, or by its exact name. Throws for relations that cannot be indexed concurrently.
  static func find(
    _ name: String, on connection: PostgresConnection
  ) throws -> TableFacts {
    guard let row = try lookUp(name, connection) else {
      throw Failure(
        .badInput, "no table '\(name)' in \(connection.target)", hints: [try known(connection)].compactMap { $0 })
    }
    let kind: String = try row.decode("kind")
    let table = TableFacts(
      oid: try row.decode("oid"), schema: try row.decode("schema"), name: try row.decode("name"),
      bytes: try row.decode("bytes"), estimatedRows: try row.decode("rows"), isPartitioned: kind == "p")
    switch kind {
    case "r", "m", "p": break
    default:
      throw Failure(.badInput, "'\(table.title)' is not a table", causes: ["pg_class.relkind is \(kind)"])
    }
    return table
  }

  /// The table of an index.
  static func find(_ index: IndexDescription, on connection: PostgresConnection) throws -> TableFacts {
    try find(
      "\(PostgresConnection.quoteIdentifier(index.schema)).\(PostgresConnection.quoteIdentifier(index.table))",
      on: connection)
  }

  private static func lookUp(_ name: String, _ connection: PostgresConnection) throws -> PostgresRow? {
    guard let oid = try connection.relation(named: name) else { return nil }
    return try connection.query(
      """
      SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, pg_table_size(c.oid) AS bytes,
        CASE WHEN c.reltuples >= 0 AND (c.reltuples > 0 OR c.relpages > 0 OR pg_relation_size(c.oid) = 0)
          THEN c.reltuples::bigint END AS rows
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::bigint
      """, [PostgresValue(oid)]
    ).first
  }

  /// The names of the tables, where there are at most twelve.
  private static func known(_ connection: PostgresConnection) throws -> String? {
    let names = try connection.query(
      """
      SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg\\_toast%' AND NOT \(PostgresHistorySchema.isOwn("n")) ORDER BY 1 LIMIT 13
      """
    ).map { try $0.decode("name", as: String.self) }
    if names.isEmpty { return "this database has no tables; check USHER_POSTGRES" }
    return names.count > 12 ? nil : "its tables: \(names.joined(separator: ", "))"
  }

  /// The same table with the size and the rows of its partitions.
  func summed(over tree: PartitionTree?) -> TableFacts {
    guard let leaves = tree?.nodes.filter(\.isLeaf) else { return self }
    let rows = leaves.map(\.table.estimatedRows)
    return TableFacts(
      oid: oid, schema: schema, name: name, bytes: leaves.reduce(0) { $0 + $1.table.bytes },
      estimatedRows: rows.contains(nil) ? nil : rows.reduce(0) { $0 + ($1 ?? 0) }, isPartitioned: true)
  }

  /// The names of the columns, in order.
  func columns(_ connection: PostgresConnection) throws -> [String] {
    try connection.query(
      """
      SELECT attname AS name FROM pg_attribute
      WHERE attrelid = $1::bigint AND attnum > 0 AND NOT attisdropped ORDER BY attnum
      """, [PostgresValue(oid)]
    ).map { try $0.decode("name") }
  }
}

extension PostgresConnection {
  /// The OID of the relation that has this name in SQL, or exactly this name; nil where there is none.
  func relation(named name: String) throws -> Int? {
    // A text that is not a name in SQL's grammar may still be the exact name of a relation.
    let notNames: Set<String?> = ["42601", "42602", "3F000", "0A000"]
    for way in ["to_regclass($1::text)", "to_regclass(quote_ident($1::text))"] {
      let rows: [PostgresRow]
      do {
        rows = try query("SELECT \(way)::oid AS oid", [PostgresValue(name)])
      } catch {
        guard notNames.contains(error.sqlState) else { throw error }
        continue
      }
      let oid: Int? = try rows[0].decode("oid")
      if let oid { return oid }
    }
    return nil
  }

  /// Throws `refused` on a standby, which accepts no changes.
  func refuseStandby() throws {
    guard try query("SELECT pg_is_in_recovery() AS standby").first?.decode("standby") == true else { return }
    throw Failure(
      .refused, "\(target) is a standby and accepts no changes", hints: ["point USHER_POSTGRES at the primary"])
  }
}

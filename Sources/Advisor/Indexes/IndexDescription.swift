import Changes
import Postgres

/// An index that exists.
public struct IndexDescription: Equatable, Sendable {
  let oid: Int
  public let schema: String
  public let table: String
  public let name: String
  /// The statement that creates it.
  public let definition: String
  public let bytes: Int
  /// How often statements used it since statistics were last reset.
  public let scans: Int
  /// False for an unfinished build, which slows writes and serves no query.
  public let isValid: Bool
  public let isUnique: Bool
  /// The constraint that it belongs to; nil for none.
  public let constraint: String?
  /// Equal for two indexes that are the same: method, columns with direction, operator class and collation, condition, uniqueness.
  let signature: String
  /// The key columns with their direction, to find indexes that start with the same columns.
  let keys: [String]
  let isPartial: Bool

  /// `public.seat_idx`, for messages.
  public var title: String { "\(schema).\(name)" }
  /// For statements.
  var quoted: String { PostgresConnection.quoteIdentifier(schema) + "." + PostgresConnection.quoteIdentifier(name) }
}

extension IndexDescription {
  /// A signature does not contain storage options, so they are removed from the definition.
  static let selectSignature = """
    (CASE WHEN i.indisunique THEN 'UNIQUE' ELSE '' END
      || regexp_replace(substr(pg_get_indexdef(i.indexrelid), position(' USING ' IN pg_get_indexdef(i.indexrelid))),
        ' WITH \\([^)]*\\)', ''))
    """

  static let selectKeys = """
    ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) || CASE WHEN i.indoption[k - 1] & 1 = 1 THEN ' DESC' ELSE '' END
      FROM generate_series(1, i.indnkeyatts) k ORDER BY k)
    """

  private static let select = """
    SELECT c.oid, n.nspname AS schema, t.relname AS table, c.relname AS name, pg_get_indexdef(c.oid) AS definition,
      pg_relation_size(c.oid) AS bytes, coalesce(pg_stat_get_numscans(c.oid), 0) AS scans,
      i.indisvalid AND i.indislive AS valid, i.indisunique AS unique,
      (SELECT min(conname) FROM pg_constraint WHERE conindid = c.oid AND contype IN ('p', 'u', 'x')) AS constraint,
      \(selectSignature) AS signature, \(selectKeys) AS keys, i.indpred IS NOT NULL AS partial
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
    """

  /// The indexes of the table with this OID, by name.
  static func all(of table: Int, on connection: PostgresConnection) throws -> [IndexDescription] {
    try read("WHERE t.oid = $1::bigint ORDER BY c.relname", [PostgresValue(table)], on: connection)
  }

  /// All indexes except the server's own and those of usher's history.
  static func all(on connection: PostgresConnection) throws -> [IndexDescription] {
    try read(
      """
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
        AND NOT \(PostgresHistorySchema.isOwn("n")) AND NOT pg_is_other_temp_schema(n.oid) AND c.relkind = 'i'
      ORDER BY n.nspname, t.relname, c.relname
      """, [], on: connection)
  }

  static func find(_ oid: Int, on connection: PostgresConnection) throws -> IndexDescription? {
    try read("WHERE c.oid = $1::bigint", [PostgresValue(oid)], on: connection).first
  }

  /// Retries where an index is dropped while functions describe it, which is an internal error of the server ("cache lookup failed"):
  /// the next attempt does not find the index.
  private static func read(
    _ condition: String, _ values: [PostgresValue], on connection: PostgresConnection
  ) throws -> [IndexDescription] {
    var attempts = 5
    while true {
      do {
        return try connection.query("\(select) \(condition)", values).compactMap(make)
      } catch let error as PostgresError where error.sqlState == "XX000" && attempts > 1 && !connection.isInTransaction
      {
        attempts -= 1
      }
    }
  }

  /// Nil for an index that was dropped after the statement's snapshot, because the functions see the catalogue as it is now.
  private static func make(_ row: PostgresRow) throws -> IndexDescription? {
    guard let bytes = try row.decode("bytes", as: Int?.self),
      let definition = try row.decode("definition", as: String?.self),
      let signature = try row.decode("signature", as: String?.self)
    else { return nil }
    return IndexDescription(
      oid: try row.decode("oid"), schema: try row.decode("schema"), table: try row.decode("table"),
      name: try row.decode("name"), definition: definition, bytes: bytes,
      scans: try row.decode("scans"), isValid: try row.decode("valid"), isUnique: try row.decode("unique"),
      constraint: try row.decode("constraint"), signature: signature, keys: try row.decode("keys"),
      isPartial: try row.decode("partial"))
  }
}

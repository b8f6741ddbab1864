import Changes
import Postgres

/// An index that exists.
public struct IndexDescription: Equatable, Sendable {
  let oid: Int
  let tableOID: Int
  public let schema: String
  public let table: String
  public let name: String
  /// The statement that creates it.
  public let definition: String
  public let bytes: Int
  /// How often statements used it since statistics were last reset.
  public let scans: Int
  /// False for an unfinished build, which slows writes and serves no query, and for one that lacks partitions.
  public let isValid: Bool
  /// Whether it is the index of a partitioned table, which consists of those of the partitions.
  public let isPartitioned: Bool
  /// The partitioned index that it belongs to; nil for none.
  public let parent: String?
  let parentOID: Int?
  /// The session that builds it now; nil for none, and where nobody looked.
  var builder: IndexBuilder?
  public let isUnique: Bool
  /// The constraint that it belongs to; nil for none.
  public let constraint: String?
  /// Equal for two indexes that are the same: method, columns with direction, operator class and collation, condition, uniqueness.
  let signature: String
  /// The key columns with their direction, to find indexes that start with the same columns.
  let keys: [String]
  /// The method, the condition and the included columns, which two indexes must share for one to stand in for the other.
  let scope: String
  let isPartial: Bool

  /// `valid`, `building`, `incomplete` (an index of a partitioned table without some partitions), `invalid`.
  public var state: String {
    if isValid { return "valid" }
    if builder != nil { return "building" }
    return isPartitioned ? "incomplete" : "invalid"
  }

  /// `public.seat_idx`, for messages.
  public var title: String { "\(schema).\(name)" }
  /// For statements.
  var quoted: String { PostgresConnection.quoteIdentifier(schema) + "." + PostgresConnection.quoteIdentifier(name) }
}

extension IndexDescription {
  /// A signature does not contain storage options, so they are removed from the definition.
  static func selectSignature(of definition: String) -> String {
    """
    (CASE WHEN i.indisunique THEN 'UNIQUE' ELSE '' END
      || regexp_replace(substr(\(definition), position(' USING ' IN \(definition))), ' WITH \\([^)]*\\)', ''))
    """
  }

  /// Each key with its direction, operator class and collation.
  static let selectKeys = """
    ARRAY(SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid, k, true), i.indoption[k - 1] & 1, i.indclass[k - 1],
      i.indcollation[k - 1]) FROM generate_series(1, i.indnkeyatts) k ORDER BY k)
    """

  // The definition is read once for each index, and the constraints once for all.
  private static let select = """
    SELECT c.oid, i.indrelid AS table_oid, n.nspname AS schema, t.relname AS table, c.relname AS name,
      d.definition, CASE c.relkind WHEN 'I' THEN
        (SELECT coalesce(sum(pg_relation_size(p.relid)), 0)::bigint FROM pg_partition_tree(c.oid) p WHERE p.isleaf)
        ELSE pg_relation_size(c.oid) END AS bytes,
      CASE c.relkind WHEN 'I' THEN
        (SELECT coalesce(sum(pg_stat_get_numscans(p.relid)), 0)::bigint FROM pg_partition_tree(c.oid) p WHERE p.isleaf)
        ELSE coalesce(pg_stat_get_numscans(c.oid), 0) END AS scans,
      i.indisvalid AND i.indislive AS valid, i.indisunique AS unique, c.relkind = 'I' AS partitioned,
      h.inhparent::regclass::text AS parent, h.inhparent::bigint AS parent_oid, k.conname AS constraint, \(selectSignature(of: "d.definition")) AS signature,
      \(selectKeys) AS keys, i.indpred IS NOT NULL AS partial,
      concat_ws(' ', am.amname, pg_get_expr(i.indpred, i.indrelid),
        i.indkey::int2[] @> '{}' AND i.indnatts > i.indnkeyatts) AS scope
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = c.relam
      LEFT JOIN pg_inherits h ON h.inhrelid = c.oid
      LEFT JOIN (SELECT conindid, min(conname) AS conname FROM pg_constraint WHERE contype IN ('p', 'u', 'x')
        GROUP BY conindid) k ON k.conindid = c.oid
      CROSS JOIN LATERAL (SELECT pg_get_indexdef(c.oid) AS definition OFFSET 0) d
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
        AND NOT \(PostgresHistorySchema.isOwn("n")) AND NOT pg_is_other_temp_schema(n.oid)
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
      oid: try row.decode("oid"), tableOID: try row.decode("table_oid"), schema: try row.decode("schema"),
      table: try row.decode("table"),
      name: try row.decode("name"), definition: definition, bytes: bytes,
      scans: try row.decode("scans"), isValid: try row.decode("valid"),
      isPartitioned: try row.decode("partitioned"), parent: try row.decode("parent"),
      parentOID: try row.decode("parent_oid"),
      isUnique: try row.decode("unique"),
      constraint: try row.decode("constraint"), signature: signature, keys: try row.decode("keys"),
      scope: try row.decode("scope"), isPartial: try row.decode("partial"))
  }
}

// MARK: - Indexes that are not needed

extension IndexDescription {
  /// Whether no statement has used it since the statistics were reset, and it enforces nothing.
  var isUnused: Bool { scans == 0 && isValid && !isUnique && constraint == nil && parent == nil }

  /// The valid index that makes this one redundant: of the same table, method, condition and included columns, and with the same keys
  /// first; nil for none. Of two equal ones, the one that is newer is redundant.
  func replacement(among others: [IndexDescription]) -> IndexDescription? {
    guard isValid, !isUnique, constraint == nil, parent == nil else { return nil }
    return others.first { other in
      other.oid != oid && other.tableOID == tableOID && other.isValid && other.scope == scope
        && other.keys.starts(with: keys) && (other.keys.count > keys.count || other.isUnique || other.oid < oid)
    }
  }
}

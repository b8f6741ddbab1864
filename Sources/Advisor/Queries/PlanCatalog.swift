import Postgres

/// What the catalogs say about the tables and triggers of one plan.
struct PlanCatalog {
  /// The estimated rows of each table, by `key`. A table that was never analyzed is missing.
  var rows: [String: Double] = [:]
  /// The name of each table as SQL, with its schema where that is needed.
  var names: [String: String] = [:]
  /// The tables without statistics, and those of which a tenth has changed since.
  var unanalyzed: Set<String> = []
  var stale: Set<String> = []
  /// The columns with which a valid index begins, by `key` of the table.
  var indexed: [String: Set<String>] = [:]
  /// How the type of a column is cast to another: by `key` of the table, column and type.
  var casts: [String: Cast] = [:]
  /// The functions of which all forms are immutable.
  var immutable: Set<String> = []
  /// The foreign keys without an index on the referencing columns.
  var foreignKeys: [ForeignKey] = []
  /// work_mem in kB, and the factor for hashes.
  var memoryKilobytes = 4096.0
  var hashFactor = 2.0
  /// Whether the extension pg_trgm can be used.
  var hasTrigrams = false

  enum Cast { case sameBytes, immutable }

  struct ForeignKey: Equatable {
    let name: String
    let table: String
    let columns: [String]
  }

  static func key(_ schema: String?, _ relation: String) -> String { "\(schema ?? "").\(relation)" }

  init() {}

  init(_ root: PlanNode, _ triggers: [PlanTrigger] = [], _ connection: PostgresConnection) throws {
    let tables = root.all.filter { $0.relation != nil && $0.schema != nil }
    if !tables.isEmpty { try readTables(tables, connection) }
    let predicates = tables.flatMap { node in node.filter.map { PlanPredicate.all(in: $0).map { (node, $0) } } ?? [] }
    if !predicates.isEmpty { try readColumns(predicates, connection) }
    let constraints = triggers.compactMap(\.constraint)
    if !constraints.isEmpty { foreignKeys = try Self.unindexed(constraints, connection) }
    if root.all.contains(where: \.isSpilled) { try readMemory(connection) }
  }

  /// pg_stats shows a role only the statistics of columns that it may read.
  private mutating func readTables(_ tables: [PlanNode], _ connection: PostgresConnection) throws {
    let found = try connection.query(
      """
      SELECT \(SlowQueries.mark) n.nspname, c.relname, CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.relname) AS name,
        c.reltuples::float8 AS count,
        c.relkind IN ('r', 'm') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
          AND NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = n.nspname AND s.tablename = c.relname) AS unanalyzed,
        pg_stat_get_mod_since_analyze(c.oid) > 0.1 * greatest(c.reltuples, 50) AS stale,
        coalesce((SELECT array_agg(DISTINCT a.attname::text) FROM pg_index i
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
          WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL), '{}') AS indexed
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))
      """, [.array(tables.map(\.schema)), .array(tables.map(\.relation))])
    for row in found {
      let key = Self.key(try row.decode("nspname"), try row.decode("relname"))
      let count: Double = try row.decode("count")
      if count > 0 { rows[key] = count }
      names[key] = try row.decode("name")
      if try row.decode("unanalyzed") { unanalyzed.insert(key) }
      if try row.decode("stale") { stale.insert(key) }
      let columns: [String] = try row.decode("indexed")
      indexed[key] = Set(columns)
    }
  }

  private mutating func readColumns(
    _ predicates: [(node: PlanNode, predicate: PlanPredicate)], _ connection: PostgresConnection
  ) throws {
    var casts: [(schema: String, table: String, column: String, type: String)] = []
    var functions: [String] = []
    for (node, predicate) in predicates {
      guard let alias = node.alias, let schema = node.schema, let relation = node.relation else { continue }
      if let (column, _, cast) = predicate.column(of: alias), let cast {
        casts.append((schema, relation, column, cast))
      }
      if let (function, _) = predicate.call(on: alias) { functions.append(function) }
    }
    if !functions.isEmpty {
      let found = try connection.query(
        """
        SELECT \(SlowQueries.mark) proname FROM pg_proc WHERE proname = ANY($1::text[])
        GROUP BY proname HAVING bool_and(provolatile = 'i')
        """, [.array(functions)])
      for row in found { immutable.insert(try row.decode("proname")) }
    }
    hasTrigrams = try !connection.query(
      "SELECT \(SlowQueries.mark) FROM pg_available_extensions WHERE name = 'pg_trgm'"
    ).isEmpty
    guard !casts.isEmpty else { return }
    let found = try connection.query(
      """
      SELECT \(SlowQueries.mark) q.s, q.t, q.c, q.y, k.castmethod = 'b' AS same, p.provolatile = 'i' AS immutable
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) q (s, t, c, y)
      JOIN pg_namespace n ON n.nspname = q.s JOIN pg_class r ON r.relnamespace = n.oid AND r.relname = q.t
      JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = q.c
      JOIN pg_cast k ON k.castsource = a.atttypid AND k.casttarget = to_regtype(q.y)
      LEFT JOIN pg_proc p ON p.oid = k.castfunc
      """,
      [.array(casts.map(\.schema)), .array(casts.map(\.table)), .array(casts.map(\.column)), .array(casts.map(\.type))])
    for row in found {
      let key = Self.key(try row.decode("s"), try row.decode("t"))
      let (column, type): (String, String) = (try row.decode("c"), try row.decode("y"))
      let (same, immutable): (Bool, Bool?) = (try row.decode("same"), try row.decode("immutable"))
      if same || immutable == true { self.casts["\(key).\(column) \(type)"] = same ? .sameBytes : .immutable }
    }
  }

  private static func unindexed(_ names: [String], _ connection: PostgresConnection) throws -> [ForeignKey] {
    try connection.query(
      """
      SELECT \(SlowQueries.mark) k.conname,
        (SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = k.conrelid) AS name,
        (SELECT array_agg(a.attname::text ORDER BY p.n) FROM unnest(k.conkey) WITH ORDINALITY p (c, n)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.c) AS columns
      FROM pg_constraint k WHERE k.contype = 'f' AND k.conname = ANY($1::text[]) AND NOT EXISTS (
        SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
          AND k.conkey @> (i.indkey::int2[])[0:cardinality(k.conkey) - 1]
          AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
      """, [.array(names)]
    ).map { row in
      ForeignKey(name: try row.decode("conname"), table: try row.decode("name"), columns: try row.decode("columns"))
    }
  }

  private mutating func readMemory(_ connection: PostgresConnection) throws {
    let row = try connection.query(
      """
      SELECT \(SlowQueries.mark) setting::float8 AS memory,
        coalesce(current_setting('hash_mem_multiplier', true), '1')::float8 AS factor
      FROM pg_settings WHERE name = 'work_mem'
      """
    ).first
    if let row { (memoryKilobytes, hashFactor) = (try row.decode("memory"), try row.decode("factor")) }
  }

  /// Marks the triggers that run inside of a node: those before a row or statement, and those instead of it.
  ///
  /// EXPLAIN names a trigger and its table without the schema. Where two are of one name, a trigger after the rows decides.
  static func mark(_ triggers: inout [PlanTrigger], _ connection: PostgresConnection) throws {
    let names = triggers.filter { $0.constraint == nil && $0.milliseconds > 0 }
    guard !names.isEmpty else { return }
    // 2 is TRIGGER_TYPE_BEFORE and 64 TRIGGER_TYPE_INSTEAD, in the server's pg_trigger.h.
    let found = try connection.query(
      """
      SELECT \(SlowQueries.mark) t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE t.tgname = ANY($1::text[]) GROUP BY 1, 2 HAVING bool_and(t.tgtype & 66 <> 0)
      """, [.array(names.map(\.name))])
    var inside: Set<[String]> = []
    for row in found { inside.insert([try row.decode("tgname"), try row.decode("relname")]) }
    for index in triggers.indices where triggers[index].constraint == nil {
      triggers[index].isInsideNode = inside.contains([triggers[index].name, triggers[index].relation ?? ""])
    }
  }
}

extension PlanNode {
  /// The condition that is checked for each row that was read.
  var filter: String? { conditions.first { $0.name == "filter" }?.text }

  /// Whether the node wrote to disk what did not fit into memory.
  var isSpilled: Bool { sortIsOnDisk || (hashBatches ?? 1) > 1 || (diskKilobytes ?? 0) > 0 }
}

import Postgres

/// What the catalogs say about the tables and triggers of one plan.
struct PlanCatalog {
  /// The estimated rows of each table, by `key`. A table that was never analyzed is missing.
  var rows: [String: Double] = [:]

  static func key(_ schema: String?, _ relation: String) -> String { "\(schema ?? "").\(relation)" }

  init() {}

  init(_ root: PlanNode, _ connection: PostgresConnection) throws {
    let tables = root.all.filter { $0.relation != nil && $0.schema != nil }
    guard !tables.isEmpty else { return }
    let found = try connection.query(
      """
      SELECT \(SlowQueries.mark) n.nspname, c.relname, c.reltuples::float8 AS count
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.reltuples > 0 AND (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))
      """, [.array(tables.map(\.schema)), .array(tables.map(\.relation))])
    for row in found { rows[Self.key(try row.decode("nspname"), try row.decode("relname"))] = try row.decode("count") }
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

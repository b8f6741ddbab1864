import Postgres

/// The search path of a statement, which is not that of usher's own session.
public struct StatementPath: Equatable, Sendable {
  /// The names of the schemas, as in `SET search_path TO`.
  public let text: String
  /// Whose it is: `of role app`.
  public let source: String

  public init(_ text: String, source: String) { (self.text, self.source) = (text, source) }

  /// The path of the role that ran the statement most; nil where it is the connection's, or pg_stat_statements does not tell the role.
  ///
  /// Source: https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
  public static func find(queryID: Int, on connection: PostgresConnection) throws -> StatementPath? {
    let view = try StatementStatistics(connection).view
    let rows = try connection.query(
      """
      SELECT \(SlowQueries.mark) r.rolname, r.rolname <> current_user AS is_other, (
        SELECT substr(item, 13) FROM pg_db_role_setting s, unnest(s.setconfig) AS item
        WHERE s.setrole IN (r.oid, 0) AND s.setdatabase IN (d.oid, 0) AND item LIKE 'search_path=%'
        ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC LIMIT 1
      ) AS path,
      EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = r.rolname) AS has_schema, current_setting('search_path') AS current
      FROM \(view) q JOIN pg_roles r ON r.oid = q.userid JOIN pg_database d ON d.oid = q.dbid AND d.datname = current_database()
      WHERE q.queryid = $1::bigint ORDER BY q.calls DESC LIMIT 1
      """, [PostgresValue(queryID)])
    guard let row = rows.first else { return nil }
    let role: String = try row.decode("rolname")
    let set: String? = try row.decode("path")
    let current: String = try row.decode("current")
    let (isOther, hasSchema): (Bool, Bool) = (try row.decode("is_other"), try row.decode("has_schema"))
    let path = set ?? (isOther && hasSchema ? current : nil)
    guard let path else { return nil }
    let named = Self.naming(role, in: path)
    return named == current ? nil : StatementPath(named, source: "of role \(role)")
  }

  /// The path with the role in place of `"$user"`, which would stand for usher's own role.
  static func naming(_ role: String, in path: String) -> String {
    let words = path.split(separator: ",").map { word in
      let name = String(word.drop { $0 == " " })
      return name == "\"$user\"" || name == "$user" ? PostgresConnection.quoteIdentifier(role) : name
    }
    return words.joined(separator: ", ")
  }
}

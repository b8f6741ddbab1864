import Failures
import Postgres

/// Whether a PostgreSQL database has usher's history, or can have it.
public struct PostgresHistoryState {
  /// Whether the tables of the history exist.
  public let isPresent: Bool
  /// Whether this role may write them; false where they do not exist.
  public let isWritable: Bool
  /// Whether this role may create a schema in the database.
  public let canCreate: Bool
  /// Why usher may not change anything in this database, with a way out: the schema's name is in use, or the service's statements could find
  /// usher's tables. Nil where there is no obstacle.
  public let obstacle: Failure?

  /// Reads the catalogue and the session's settings, which every role may read.
  public init(_ connection: PostgresConnection) throws {
    guard let row = try connection.query(Self.query).first else {
      throw Failure(.failed, "cannot read the catalogue of PostgreSQL database \(connection.target)")
    }
    let isOwn: Bool = try row.decode("is_own")
    isPresent = try isOwn && row.decode("has_tables")
    isWritable = try row.decode("is_writable") ?? false
    canCreate = try row.decode("can_create")
    obstacle = try Self.obstacle(row, isForeign: !isOwn && row.decode("is_there"), "\(connection.target)")
  }

  private static let name = PostgresHistorySchema.name

  // The condition that a search path, which is a list of identifiers, names the schema.
  // Source: PostgreSQL, Client Connection Defaults, `search_path`.
  private static func names(_ path: String) -> String {
    """
    EXISTS (SELECT FROM unnest(string_to_array(\(path), ',')) AS e (word)
      WHERE btrim(word) = '"\(name)"' OR lower(btrim(word)) = '\(name)')
    """
  }

  // Settings of the database and of roles apply to other sessions, whatever this session's search path is.
  private static let query = """
    SELECT n.oid IS NOT NULL AS is_there, coalesce(\(PostgresHistorySchema.isOwn("n")), false) AS is_own,
      c.oid IS NOT NULL AS has_tables,
      has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
        AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE') AS is_writable,
      has_database_privilege(d.oid, 'CREATE') AS can_create,
      EXISTS (SELECT FROM pg_roles WHERE rolname = '\(name)') AS has_role,
      s.subject, s.statement, \(names("p.setting")) AS is_in_session, p.source
    FROM pg_database d
    JOIN pg_settings p ON p.name = 'search_path'
    LEFT JOIN pg_namespace n ON n.nspname = '\(name)'
    LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'row_image'
    LEFT JOIN LATERAL (
      SELECT
        CASE WHEN g.setrole = 0 AND g.setdatabase = 0 THEN 'all roles'
          WHEN g.setrole = 0 THEN 'database ' || quote_ident(d.datname)
          WHEN g.setdatabase = 0 THEN 'role ' || quote_ident(r.rolname)
          ELSE 'role ' || quote_ident(r.rolname) || ' in database ' || quote_ident(d.datname) END AS subject,
        'ALTER ' || CASE WHEN g.setrole = 0 AND g.setdatabase <> 0 THEN 'DATABASE ' || quote_ident(d.datname)
          ELSE 'ROLE ' || coalesce(quote_ident(r.rolname), 'ALL')
            || CASE WHEN g.setdatabase <> 0 THEN ' IN DATABASE ' || quote_ident(d.datname) ELSE '' END END
        || coalesce(' SET search_path = ' || NULLIF(array_to_string(array(
            SELECT btrim(word) FROM unnest(string_to_array(g.path, ',')) AS e (word)
            WHERE btrim(word) <> '"\(name)"' AND lower(btrim(word)) <> '\(name)'), ', '), ''), ' RESET search_path') AS statement
      FROM (SELECT setdatabase, setrole, substr(entry, 13) AS path
        FROM pg_db_role_setting, unnest(setconfig) AS entry WHERE lower(entry) LIKE 'search\\_path=%') g
      LEFT JOIN pg_roles r ON r.oid = g.setrole
      WHERE g.setdatabase IN (0, d.oid) AND \(names("g.path"))
      ORDER BY g.setdatabase DESC, g.setrole LIMIT 1) s ON true
    WHERE d.datname = current_database()
    """

  private static func obstacle(_ row: PostgresRow, isForeign: Bool, _ target: String) throws -> Failure? {
    func refusal(_ reason: String, _ cause: String, _ hint: String) -> Failure {
      Failure(
        .refused, "cannot keep a history in PostgreSQL database \(target), so nothing was changed: \(reason)",
        causes: [cause],
        hints: [hint])
    }
    if isForeign {
      return refusal(
        "its schema '\(name)' is not usher's", "the schema does not have the comment that usher gives to its own",
        "rename the schema; or, if usher created it, run: COMMENT ON SCHEMA \(name) IS '\(PostgresHistorySchema.mark)'")
    }
    let shadow = "statements of the service could use usher's tables instead of its own"
    if try row.decode("has_role") {
      return refusal(
        "role '\(name)' has the name of usher's schema", "\"$user\" in a search path means that schema, so \(shadow)",
        "rename the role: ALTER ROLE \(name) RENAME TO another_name")
    }
    if let subject: String = try row.decode("subject"), let statement: String = try row.decode("statement") {
      return refusal("the search path of \(subject) names usher's schema '\(name)'", shadow, "run: \(statement)")
    }
    guard try row.decode("is_in_session") else { return nil }
    let source: String? = try row.decode("source")
    return refusal(
      "the search path of this session names usher's schema '\(name)'", shadow,
      source == "client"
        ? "remove the schema from `options` in the connection string, or from PGOPTIONS"
        : "remove the schema from search_path in postgresql.conf")
  }
}

import Postgres

/// The schema in which usher keeps the history of a PostgreSQL database.
///
/// No role and no service should have its name, because `"$user"` in a search path means the schema with the role's name. usher's statements
/// always name the schema.
public enum PostgresHistorySchema {
  public static let name = "usher_history"
  static let operation = "\(name).operation"
  static let beforeImage = "\(name).before_image"
  static let rowImage = "\(name).row_image"

  /// The comment on the schema, by which usher recognises it.
  static let mark = "history of the changes by usher, with the data to undo them"

  /// The SQL condition that a row of pg_namespace is usher's schema, and not one with the same name that something else created.
  ///
  /// - Parameter namespace: the alias of pg_namespace in the statement.
  public static func isOwn(_ namespace: String) -> String {
    "(\(namespace).nspname = '\(name)' AND obj_description(\(namespace).oid, 'pg_namespace') IS NOT DISTINCT FROM '\(mark)')"
  }

  /// Statements that create the schema, where it does not exist yet.
  static let statements = [
    "CREATE SCHEMA IF NOT EXISTS \(name)",
    "COMMENT ON SCHEMA \(name) IS '\(mark)'",
    """
    CREATE TABLE IF NOT EXISTS \(operation) (
      id           text PRIMARY KEY,
      command      text NOT NULL,
      command_line text NOT NULL,
      target       text NOT NULL,
      actor        text NOT NULL,
      context      text,
      reason       text,
      planned      bigint NOT NULL,
      changed      bigint NOT NULL DEFAULT 0,
      failed       bigint NOT NULL DEFAULT 0,
      state        text NOT NULL,
      undo         text NOT NULL,
      undoes       text,
      undone_by    text,
      started_at   timestamptz NOT NULL,
      ended_at     timestamptz
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS \(beforeImage) (
      operation_id text NOT NULL,
      batch        integer NOT NULL,
      content      json NOT NULL,
      PRIMARY KEY (operation_id, batch)
    )
    """,
    // The values are arrays with two dimensions: the columns, then the rows.
    """
    CREATE TABLE IF NOT EXISTS \(rowImage) (
      operation_id  text NOT NULL,
      batch         integer NOT NULL,
      relation      text NOT NULL,
      key_columns   text[] NOT NULL,
      columns       text[] NOT NULL,
      key_values    text[] NOT NULL,
      before_values text[] NOT NULL,
      after_values  text[] NOT NULL,
      PRIMARY KEY (operation_id, batch)
    )
    """,
  ]
}

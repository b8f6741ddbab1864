/// The tables of the journal, as statements that can be run again.
enum PostgresJournalSchema {
  static let statements = [
    "CREATE SCHEMA IF NOT EXISTS usher",
    """
    CREATE TABLE IF NOT EXISTS usher.operation (
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
    CREATE TABLE IF NOT EXISTS usher.before_image (
      operation_id text NOT NULL,
      batch        integer NOT NULL,
      content      json NOT NULL,
      PRIMARY KEY (operation_id, batch)
    )
    """,
  ]
}

import Failures
import Postgres

/// An outbox in its database: a mapping whose columns were all found in the catalogue.
public final class OutboxTable {
  public let mapping: OutboxMapping
  /// `public.outbox_event`, for messages, locks and history.
  public let name: String
  let connection: PostgresConnection
  /// Schema and table, quoted.
  let quotedName: String
  let columns: [String: Column]

  /// One column, with its type as a cast needs it.
  struct Column {
    let name: String
    /// Without a length, so that a cast never truncates a text: `character varying`, `bigint`, `billing.event_status`.
    let type: String
    /// With its length or precision, for a stored value: `timestamp(3) without time zone`.
    let storedType: String
    let isNullable: Bool
    /// The labels of an enum type; empty for other types.
    let labels: [String]

    var quoted: String { PostgresConnection.quoteIdentifier(name) }
  }

  /// Reads the catalogue. Throws `configuration` where the table or a mapped column does not exist, and names those that do.
  public init(_ mapping: OutboxMapping, on connection: PostgresConnection) throws {
    self.mapping = mapping
    self.connection = connection
    let rows = try connection.query(Self.catalogueQuery, [.init(text: mapping.table)])
    guard let first = rows.first else { throw try Self.missingTable(mapping.table, connection) }
    let schema: String = try first.decode("schema")
    let table: String = try first.decode("table")
    name = "\(schema).\(table)"
    quotedName = "\(connection.quoteIdentifier(schema)).\(connection.quoteIdentifier(table))"
    var order: [String] = []
    var columns: [String: Column] = [:]
    for row in rows {
      let column = Column(
        name: try row.decode("column"), type: try row.decode("type"), storedType: try row.decode("stored_type"),
        isNullable: try row.decode("is_nullable"), labels: try row.decode("labels"))
      order.append(column.name)
      columns[column.name] = column
    }
    self.columns = columns
    try checkRoles(order)
    try checkTemplates(order)
    try checkTypes()
  }

  /// The table and its columns.
  ///
  /// Source: PostgreSQL, System Catalogs, pg_attribute and `format_type`.
  private static let catalogueQuery = """
    SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column",
      format_type(a.atttypid, -1) AS type, format_type(a.atttypid, a.atttypmod) AS stored_type,
      NOT a.attnotnull AS is_nullable,
      array(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = a.atttypid ORDER BY e.enumsortorder) AS labels
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.oid = coalesce(to_regclass(quote_ident($1)), to_regclass($1)) AND c.relkind IN ('r', 'p', 'v')
    ORDER BY a.attnum
    """

  private static func missingTable(_ table: String, _ connection: PostgresConnection) throws -> Failure {
    let similar = try connection.query(
      """
      SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relname ILIKE '%outbox%' AND n.nspname !~ '^pg_' ORDER BY 1 LIMIT 5
      """
    ).map { try $0.decode("name", as: String.self) }
    return Failure(
      .configuration, "PostgreSQL database \(connection.target) has no table '\(table)'",
      causes: similar.isEmpty ? [] : ["tables with a similar name: \(similar.joined(separator: ", "))"],
      hints: ["set outbox.table in the configuration"])
  }

  private func checkRoles(_ order: [String]) throws {
    for (role, column) in mapping.columns.roles where columns[column] == nil {
      throw Failure(
        .configuration, "table \(name) has no column '\(column)' for the outbox's \(role)",
        causes: ["it has \(order.joined(separator: ", "))"], hints: ["correct outbox.columns.\(role)"])
    }
  }

  private func checkTemplates(_ order: [String]) throws {
    let publishing = mapping.publishing
    let templates =
      [publishing.topic, publishing.stream, publishing.key, publishing.value] + publishing.headers.map(\.value)
    for case let template? in templates {
      for column in template.columns where columns[column] == nil {
        throw Failure(
          template.mistakeKind,
          "\(template.role) '\(template)' names a column that table \(name) does not have: '\(column)'",
          causes: ["it has \(order.joined(separator: ", "))"], hints: ["correct \(template.role)"])
      }
    }
  }

  private func checkTypes() throws {
    for (role, name) in [("created", mapping.columns.created), ("published", mapping.columns.published)] {
      guard let name, let column = columns[name] else { continue }
      guard column.type.hasPrefix("timestamp") || column.type == "date" else {
        throw Failure(
          .configuration, "column '\(name)' of table \(self.name) is of type \(column.type), not a timestamp",
          hints: ["map outbox.columns.\(role) to a timestamp"])
      }
    }
    let status = statusColumn
    for label in [mapping.statuses.initial, mapping.statuses.published] where !knows(label, status) {
      throw Failure(
        .configuration, "the type \(status.type) of column '\(status.name)' has no value '\(label)'",
        causes: ["it has \(status.labels.joined(separator: ", "))"], hints: ["correct outbox.statuses"])
    }
  }

  /// Whether the column can contain a status. An enum has only its labels, and a cast of another text fails.
  func knows(_ status: String, _ column: Column) -> Bool {
    column.labels.isEmpty || column.labels.contains(status)
  }

  /// A column that `init` found.
  func column(_ name: String) -> Column {
    guard let column = columns[name] else { preconditionFailure("column '\(name)' was not checked") }
    return column
  }

  var idColumn: Column { column(mapping.columns.id) }
  var statusColumn: Column { column(mapping.columns.status) }
  var createdColumn: Column { column(mapping.columns.created) }
  var publishedColumn: Column? { mapping.columns.published.map { column($0) } }
  var typeColumn: Column? { mapping.columns.type.map { column($0) } }

  /// The order of events, for statements in which the table has the alias `o`.
  ///
  /// Qualified, because an unqualified name in ORDER BY means an output column of that name first, such as the id's text.
  var order: String { "o.\(createdColumn.quoted), o.\(idColumn.quoted)" }

  /// The record's key: as configured, else the key column; nil without both.
  var keyTemplate: OutboxTemplate? {
    mapping.publishing.key ?? mapping.columns.key.map { OutboxTemplate(column: $0) }
  }

  /// The statuses as an array of the column's type, so that an index serves the comparison. Statuses that an enum lacks are left out.
  func statusArray(_ statuses: [String]) -> PostgresValue { .array(statuses.filter { knows($0, statusColumn) }) }
}

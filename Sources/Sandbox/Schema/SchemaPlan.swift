import Failures
import Postgres

/// Which steps of the reference schema a database has, and which it lacks.
public struct SchemaPlan: Equatable, Sendable {
  public let applied: [Migration]
  public let pending: [Migration]

  public var count: Int { pending.count }
  /// A line a step that would be applied.
  public var sample: [String] {
    pending.map { "\($0.number) \($0.name): \($0.tables.joined(separator: ", "))" }
  }
}

/// The reference schema of the ticket sale, in numbered steps, recorded in the table `schema_migration`.
public enum Schema {
  /// Reads what is there. A table of ours that no step of ours has created is somebody else's: that is refused.
  public static func plan(_ connection: PostgresConnection) throws -> SchemaPlan {
    let recorded = Set(try recordedNumbers(connection))
    let newest = Migration.all.last?.number ?? 0
    if let unknown = recorded.max(), unknown > newest {
      throw Failure(
        .refused, "the schema of \(connection.target) is newer than this usher",
        causes: ["it has step \(unknown), this usher knows \(newest)"])
    }
    let pending = Migration.all.filter { !recorded.contains($0.number) }
    let wanted = pending.flatMap(\.tables)
    let foreign = try connection.query(
      """
      SELECT relname FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relname = ANY ($1::text[]) ORDER BY relname
      """, [.array(wanted)])
    let names = try foreign.map { try $0.decode("relname", as: String.self) }
    guard names.isEmpty else {
      throw Failure(
        .refused, "will not touch \(quoted(names)) in \(connection.target)",
        causes: ["already there, but not created by `usher schema apply`"],
        hints: ["use an empty database, or `usher sandbox start`"])
    }
    return SchemaPlan(applied: Migration.all.filter { recorded.contains($0.number) }, pending: pending)
  }

  /// Applies what the plan found pending, a transaction a step. A step that somebody else has applied since is left out.
  ///
  /// - Returns: how many steps were applied.
  @discardableResult
  public static func apply(_ plan: SchemaPlan, _ connection: PostgresConnection) throws -> Int {
    guard !plan.pending.isEmpty else { return 0 }
    var count = 0
    for migration in plan.pending {
      try connection.transaction {
        guard try connection.tryAdvisoryLock(PostgresConnection.advisoryKey("schema_migration")) else {
          throw Failure(
            .tryAgain, "another process is changing the schema of \(connection.target)",
            hints: ["try again in a moment"])
        }
        try connection.execute(
          """
          CREATE TABLE IF NOT EXISTS schema_migration (
            number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
          )
          """)
        let added = try connection.execute(
          "INSERT INTO schema_migration (number, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
          [PostgresValue(migration.number), PostgresValue(migration.name)])
        guard added == 1 else { return }
        try connection.script(migration.statements)
        count += 1
      }
    }
    return count
  }

  private static func recordedNumbers(_ connection: PostgresConnection) throws -> [Int] {
    let columns = try connection.query(
      """
      SELECT attname FROM pg_attribute
      WHERE attrelid = to_regclass('schema_migration') AND attnum > 0 AND NOT attisdropped ORDER BY attname
      """
    ).map { try $0.decode("attname", as: String.self) }
    if columns.isEmpty { return [] }
    guard columns == ["applied_at", "name", "number"] else {
      throw Failure(
        .refused, "will not touch 'schema_migration' in \(connection.target)",
        causes: ["it has the columns \(columns.joined(separator: ", ")), so it belongs to another tool"],
        hints: ["use an empty database, or `usher sandbox start`"])
    }
    return try connection.query("SELECT number FROM schema_migration").map { try $0.decode("number") }
  }

  private static func quoted(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
}

import Postgres

/// Dropping an index beside its users.
enum IndexRemoval {
  /// Waits as long as it takes for statements that use the index; blocks nobody meanwhile.
  static func drop(_ index: IndexDescription, on connection: PostgresConnection) throws {
    _ = try connection.withTimeouts(statement: nil, lock: nil) {
      try connection.execute("DROP INDEX CONCURRENTLY IF EXISTS \(index.quoted)")
    }
  }
}

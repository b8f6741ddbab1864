import Postgres

/// Dropping an index beside its users.
///
/// DROP INDEX CONCURRENTLY waits for every transaction that has touched the table, readers too, and blocks nobody meanwhile.
/// Source: https://www.postgresql.org/docs/current/sql-dropindex.html
struct IndexRemoval {
  let connect: () throws -> PostgresConnection

  enum Ending: Equatable {
    case dropped
    /// Cancelled on request; the index may be half dropped.
    case interrupted
    /// Still waiting, for that session; the server goes on by itself.
    case pending(OpenTransaction?)
  }

  /// Drops the index, on a connection of its own.
  ///
  /// - Parameters:
  ///   - patience: after this long the statement is left to the server, which finishes it without a client; nil waits.
  ///   - observe: gets whom it waits for, from time to time while it waits; nil asks nobody.
  func drop(
    _ index: IndexDescription, patience: Duration? = nil, isInterrupted: () -> Bool = { false },
    observe: ((IndexBuildProgress) -> Void)? = nil
  ) throws -> Ending {
    let connection = try connect()
    let deadline = patience.map { ContinuousClock.now + $0 }
    var isCancelled = false
    var watcher: PostgresConnection?
    do {
      return try connection.withTimeouts(statement: nil, lock: nil) {
        try connection.start("DROP INDEX CONCURRENTLY IF EXISTS \(index.quoted)")
        while try connection.poll(timeout: .milliseconds(200)) == .running {
          if isInterrupted(), !isCancelled {
            connection.cancel()
            isCancelled = true
          }
          if let observe {
            // What cannot be told does not end a drop.
            watcher = watcher ?? (try? connect())
            let progress = watcher.flatMap { try? IndexBuildProgress.of(connection.backendPID, on: $0) }
            if let progress { observe(progress) }
          }
          if let deadline, ContinuousClock.now >= deadline {
            let watcher = try connect()
            return .pending(try IndexBuildProgress.of(connection.backendPID, on: watcher)?.waitsFor)
          }
        }
        return .dropped
      }
    } catch let error as PostgresError where error.isCanceled && isCancelled {
      return .interrupted
    }
  }
}

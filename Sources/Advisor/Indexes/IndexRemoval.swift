import Postgres

/// A concurrent drop of an index.
///
/// DROP INDEX CONCURRENTLY waits for every transaction that uses the table, also for readers, and blocks nobody meanwhile.
/// Source: https://www.postgresql.org/docs/current/sql-dropindex.html
struct IndexRemoval {
  let connect: () throws -> PostgresConnection

  enum Ending: Equatable {
    case dropped
    /// Cancelled on request. The index may be invalid now.
    case interrupted
    /// Still waiting for this session. The server continues without a client.
    case pending(OpenTransaction?)
  }

  /// Drops the index, on a connection of its own.
  ///
  /// - Parameters:
  ///   - patience: after this time the statement is left to the server, which finishes it without a client; nil waits until it ends.
  ///   - observe: gets the session that it waits for, several times a second; nil to not look for one.
  func drop(
    _ index: IndexDescription, patience: Duration? = nil, isInterrupted: () -> Bool = { false },
    observe: ((IndexBuildProgress) -> Void)? = nil
  ) throws -> Ending {
    let connection = try connect()
    try connection.claimSession(for: "the drop of an index")
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
            // A failure to observe does not end the drop.
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

import Failures
import Glibc
import Postgres

/// The two connections of a build or a drop: one runs the statement, the other looks on. They are kept until the end, because a
/// server may have no connection left for the removal of what a build that was ended leaves.
final class BuildSessions {
  private let connect: () throws -> PostgresConnection
  private let purpose: String
  private(set) var worker: PostgresConnection
  let watcher: PostgresConnection

  /// - Parameter purpose: what the session of its own is for: `an index build`.
  init(for purpose: String, connect: @escaping () throws -> PostgresConnection) throws {
    self.connect = connect
    self.purpose = purpose
    watcher = try connect()
    worker = try connect()
    try worker.claimSession(for: purpose)
  }

  /// The processes of both.
  var processes: [Int32] { [worker.backendPID, watcher.backendPID] }

  /// Another connection for statements, after the session of the first was lost; tries for ten seconds, because a server that restarts
  /// refuses connections at first.
  func reconnect() throws {
    var last: PostgresError?
    for attempt in 0..<20 {
      do {
        let connection = try connect()
        try connection.claimSession(for: purpose)
        worker = connection
        return
      } catch let error as PostgresError where error.isUnavailable {
        last = error
        if attempt < 19 { usleep(500_000) }
      }
    }
    throw last ?? PostgresError(.unreachable, "no connection", target: worker.target.description)
  }

  /// Connects again after the session of a statement was lost, and ends the statement, which may continue without its client.
  ///
  /// - Parameter deed: what the statement did, `built 'public.seat_idx'`.
  func recover(_ statement: String, _ failure: PostgresError?, _ deed: String) throws {
    let lost = worker.backendPID
    do {
      try reconnect()
    } catch let error as PostgresError {
      throw Failure(
        .unavailable, "lost the connection to PostgreSQL while it \(deed): whether that was finished is unknown",
        causes: [failure?.message, error.message].compactMap { $0 },
        hints: ["see `usher index list`; the same command removes what is unfinished and starts again"])
    }
    for attempt in 0..<150 {
      let isRunning = try !watcher.query(
        "SELECT 1 FROM pg_stat_activity WHERE pid = $1::int AND state = 'active' AND starts_with(query, left($2, 40))",
        [PostgresValue(lost), PostgresValue(statement)]
      ).isEmpty
      if !isRunning { return }
      if attempt % 10 == 0 { _ = try watcher.query("SELECT pg_cancel_backend($1::int)", [PostgresValue(lost)]) }
      usleep(200_000)
    }
  }

  /// Runs a statement on the worker and looks on until it ends; returns its error, nil for none.
  ///
  /// - Parameters:
  ///   - interval: how often `look` is called.
  ///   - look: true cancels the statement.
  func run(_ statement: String, interval: Duration, look: () -> Bool) -> PostgresError? {
    var isCancelled = false
    do throws(PostgresError) {
      try worker.start(statement)
      while try worker.poll(timeout: interval) == .running {
        if look(), !isCancelled {
          worker.cancel()
          isCancelled = true
        }
      }
      return nil
    } catch {
      return error
    }
  }
}

import Glibc
import Postgres

/// A concurrent drop of an index.
///
/// DROP INDEX CONCURRENTLY waits for every transaction that uses the table, also for readers, and blocks nobody meanwhile.
/// Source: https://www.postgresql.org/docs/current/sql-dropindex.html
struct IndexRemoval {
  let sessions: BuildSessions

  enum Ending: Equatable {
    case dropped
    /// Cancelled on request. The index may be invalid now.
    case interrupted
    /// Still waiting for this session. The server continues without a client.
    case pending(OpenTransaction?)
    /// Not begun, because this session maintains the table.
    case blocked(OpenTransaction)
  }

  /// Below the server's deadlock_timeout of one second, so that a drop that waits for the table's lock ends before the server looks
  /// for a deadlock.
  private static let interval = Duration.milliseconds(100)

  /// Drops the index. A drop that meets another session's maintenance of the table, or a deadlock with it, is tried again.
  ///
  /// - Parameters:
  ///   - patience: after this time the statement is left to the server, which finishes it without a client, and a drop that could not
  ///     begin is given up; nil waits until it ends.
  ///   - observe: gets the session that it waits for, several times a second.
  func drop(
    _ index: IndexDescription, patience: Duration?, isInterrupted: () -> Bool = { false },
    observe: (IndexBuildProgress) -> Void = { _ in }
  ) throws -> Ending {
    let deadline = patience.map { ContinuousClock.now + $0 }
    let traffic = TableTraffic(table: index.tableOID, connection: sessions.watcher)
    while true {
      while let holder = try traffic.maintenance(except: sessions.processes).first {
        if isInterrupted() { return .interrupted }
        if let deadline, ContinuousClock.now >= deadline { return .blocked(holder) }
        observe(IndexBuildProgress(phase: "waiting for other work on the table", waitsFor: holder))
        usleep(100_000)
      }
      if let ending = try attempt(index, deadline, isInterrupted, observe) { return ending }
    }
  }

  /// One attempt; nil where it must be tried again.
  private func attempt(
    _ index: IndexDescription, _ deadline: ContinuousClock.Instant?, _ isInterrupted: () -> Bool,
    _ observe: (IndexBuildProgress) -> Void
  ) throws -> Ending? {
    let worker = sessions.worker
    var (mustYield, wasInterrupted) = (false, false)
    do throws(PostgresError) {
      try worker.start("DROP INDEX CONCURRENTLY IF EXISTS \(index.quoted)")
      while try worker.poll(timeout: Self.interval) == .running {
        // A failure to observe does not end the drop.
        let progress = try? IndexBuildProgress.of(worker.backendPID, on: index.tableOID, sessions.watcher)
        if let progress { observe(progress) }
        if isInterrupted(), !wasInterrupted {
          wasInterrupted = true
          worker.cancel()
        } else if progress?.isQueued == true, !mustYield, !wasInterrupted {
          mustYield = true
          worker.cancel()
        }
        if let deadline, ContinuousClock.now >= deadline, !mustYield { return .pending(progress?.waitsFor) }
      }
      return .dropped
    } catch {
      if error.isCanceled, wasInterrupted { return .interrupted }
      if error.isCanceled && mustYield || error.sqlState == "40P01" { return nil }
      throw error
    }
  }
}

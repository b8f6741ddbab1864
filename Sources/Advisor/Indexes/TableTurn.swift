import Failures
import Glibc
import Postgres

/// The wait until no other session maintains a table, so that a build or drop can begin.
struct TableTurn {
  private let table: TableFacts
  private let sessions: BuildSessions
  private let bounds: IndexBuildBounds
  private let isInterrupted: () -> Bool
  private let observe: (IndexBuildProgress) -> Void

  init(
    _ table: TableFacts, _ sessions: BuildSessions, _ bounds: IndexBuildBounds, _ isInterrupted: @escaping () -> Bool,
    _ observe: @escaping (IndexBuildProgress) -> Void
  ) {
    self.table = table
    self.sessions = sessions
    self.bounds = bounds
    self.isInterrupted = isInterrupted
    self.observe = observe
  }

  /// Waits for the turn; false where that was interrupted. Throws `tryAgain` where it took too long.
  func wait() throws -> Bool {
    let traffic = TableTraffic(table: table.oid, connection: sessions.watcher)
    while let holder = try traffic.maintenance(except: sessions.processes).first {
      if isInterrupted() { return false }
      if bounds.waitIsOver { throw Self.failure(table, holder) }
      observe(IndexBuildProgress(phase: "waiting for other work on the table", waitsFor: holder))
      usleep(100_000)
    }
    return true
  }

  static func failure(_ table: TableFacts, _ holder: OpenTransaction) -> Failure {
    Failure(
      .tryAgain, "another session works on table '\(table.title)', and usher builds and drops no index beside it",
      causes: ["\(holder.description)\(holder.remark.map { ": \($0)" } ?? "")"],
      hints: ["wait for it with `--wait 10m`, or try again when it has ended"])
  }
}

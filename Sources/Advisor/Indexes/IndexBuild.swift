import Failures
import Glibc
import Postgres

/// One concurrent build of an index, with the removal of what a failed build leaves.
///
/// It has no lock_timeout and no statement_timeout, because a build that waits blocks nobody, and one that is cancelled leaves an
/// invalid index. Whether it succeeded is read from pg_index, not from the statement's result. It never starts beside another
/// session's maintenance of the table, which would end as a deadlock for one of the two.
/// Source: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
struct IndexBuild {
  let plan: IndexCreationPlan
  let sessions: BuildSessions
  let bounds: IndexBuildBounds
  let isInterrupted: () -> Bool
  let observe: (IndexBuildProgress) -> Void

  enum Ending {
    case built
    /// Ended on request. The note says what happened to the unfinished index.
    case interrupted(note: String)
  }

  /// The end of one attempt to build.
  private enum Attempt {
    case ended(Ending)
    /// Nothing was built, because another session maintains the table, or the server resolved a deadlock with one.
    case again
  }

  /// Below the server's deadlock_timeout of one second, so that a build that waits for the table's lock ends before the server looks
  /// for a deadlock.
  private static let interval = Duration.milliseconds(100)
  /// How often a build is tried after deadlocks.
  private static let attempts = 5

  func run() throws -> Ending {
    for attempt in 1... {
      if try !TableTurn(plan.table, sessions, bounds, isInterrupted, observe).wait() {
        return .interrupted(note: "the build was not started")
      }
      if case .ended(let ending) = try build(isLast: attempt >= Self.attempts) { return ending }
    }
    return .interrupted(note: "the build was not started")
  }

  private func build(isLast: Bool) throws -> Attempt {
    let before = try IndexDescription.all(of: plan.table.oid, on: sessions.watcher).map(\.oid)
    var mustYield = false
    if let tablespace = plan.tablespace {
      try sessions.worker.execute("SELECT set_config('default_tablespace', $1, false)", [.init(tablespace)])
    }
    let failure = sessions.run(plan.statement, interval: Self.interval) {
      // The build does not depend on its progress being readable.
      if let progress = try? IndexBuildProgress.of(sessions.worker.backendPID, on: plan.table.oid, sessions.watcher) {
        observe(progress)
        mustYield = mustYield || progress.isQueued
      }
      return mustYield || isInterrupted() || bounds.areOver
    }
    if failure?.problem == .lost { try sessions.recover(plan.statement, failure, "built \(plan.quotedTitle)") }
    let found = try IndexDescription.all(of: plan.table.oid, on: sessions.watcher).first { $0.name == plan.name }
    if let found, found.isValid, !before.contains(found.oid) { return .ended(.built) }
    // "Already exists" means that somebody else created the index of this name.
    let isOurs = found.map { !before.contains($0.oid) } ?? false
    let note = try isOurs && failure?.sqlState != "42P07" ? remove(found) : "no unfinished index was left"
    if isInterrupted(), failure == nil || failure?.isCanceled == true { return .ended(.interrupted(note: note)) }
    if bounds.areOver, failure?.isCanceled == true { throw bounds.failure("the build", causes: [note]) }
    let mayRepeat = failure?.sqlState == "40P01" || mustYield && failure?.isCanceled == true
    if mayRepeat, !isLast, try IndexDescription.find(found?.oid ?? 0, on: sessions.watcher) == nil { return .again }
    guard failure == nil else { throw explain(failure, note) }
    throw Failure(
      .failed, "PostgreSQL reported that it built \(plan.quotedTitle), but there is no valid index", causes: [note])
  }

  private func remove(_ index: IndexDescription?) throws -> String {
    guard let index else { return "no unfinished index was left" }
    observe(.removing)
    do {
      switch try IndexRemoval(sessions: sessions).drop(index, patience: bounds.patience, observe: observe) {
      case .dropped, .interrupted: return "the unfinished index was dropped"
      case .pending(let session):
        let holder = session?.description ?? "other sessions"
        return "the server will drop the unfinished index '\(index.title)' when the transaction of \(holder) has ended"
      case .blocked(let session):
        return
          "the unfinished index '\(index.title)' is still there, because \(session.description) works on the table: run `usher index drop \(index.title)` when it has ended"
      }
    } catch let error as PostgresError {
      return
        "the unfinished index '\(index.title)' could not be dropped (\(error.message)): run `usher index drop \(index.title)`"
    }
  }

  private func explain(_ error: PostgresError?, _ note: String) -> Failure {
    guard let error else { return Failure(.failed, "cannot create index \(plan.quotedTitle)", causes: [note]) }
    if error.isUniqueViolation {
      var failure = DuplicateKeys.failure(plan.quotedTitle, plan.table)
      failure.causes = [note]
      failure.hints = plan.duplicates.map { ["find them: \($0.statement)"] } ?? []
      return failure
    }
    let lower = error.failure
    return Failure(
      lower.kind, "cannot create index \(plan.quotedTitle): \(error.message)", causes: lower.causes + [note],
      hints: lower.hints)
  }
}

import Failures
import Glibc
import Postgres

/// One concurrent build of an index, with the removal of what a failed build leaves.
///
/// It has no lock_timeout and no statement_timeout, because a build that waits blocks nobody, and one that is cancelled leaves an
/// invalid index. Whether it succeeded is read from pg_index, not from the statement's result.
/// Source: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
struct IndexBuild {
  let plan: IndexCreationPlan
  let connect: () throws -> PostgresConnection
  /// For how long the drop of an unfinished index may wait for others before it is left to the server.
  let patience: Duration
  let isInterrupted: () -> Bool
  let observe: (IndexBuildProgress) -> Void

  enum Ending {
    case built
    /// Ended on request. The note says what happened to the unfinished index.
    case interrupted(note: String)
  }

  /// The interval at which the progress is read.
  private static let interval = Duration.milliseconds(200)

  func run() throws -> Ending {
    let watcher = try connect()
    let builder = try connect()
    try builder.claimSession(for: "an index build")
    let before = try IndexDescription.all(of: plan.table.oid, on: watcher).map(\.oid)
    let failure = watch(builder, watcher)
    let judge = try reconnect(after: failure)
    if failure?.problem == .lost { try endAbandoned(builder.backendPID, judge) }
    let found = try IndexDescription.all(of: plan.table.oid, on: judge).first { $0.name == plan.name }
    if let found, found.isValid, !before.contains(found.oid) { return .built }
    // "Already exists" means that somebody else created the index of this name.
    let isOurs = found.map { !before.contains($0.oid) } ?? false
    let note = try isOurs && failure?.sqlState != "42P07" ? remove(found) : "no unfinished index was left"
    if failure == nil || (failure?.isCanceled == true && isInterrupted()) {
      if isInterrupted() { return .interrupted(note: note) }
      throw Failure(
        .failed, "PostgreSQL reported that it built \(plan.quotedTitle), but there is no valid index", causes: [note])
    }
    throw explain(failure, note)
  }

  /// Starts the statement and waits for its end; returns its error.
  private func watch(_ builder: PostgresConnection, _ watcher: PostgresConnection) -> PostgresError? {
    var isCancelled = false
    do {
      try builder.withTimeouts(statement: nil, lock: nil) {
        try builder.start(plan.statement)
        while try builder.poll(timeout: Self.interval) == .running {
          if isInterrupted(), !isCancelled {
            builder.cancel()
            isCancelled = true
          }
          // The build does not depend on its progress being readable.
          if let progress = try? IndexBuildProgress.of(builder.backendPID, on: watcher) { observe(progress) }
        }
      }
      return nil
    } catch {
      return error as? PostgresError
        ?? PostgresError(.statement, "\(error)", target: builder.target.description)
    }
  }

  /// Connects again, several times, because a server that is restarting refuses connections at first.
  private func reconnect(after failure: PostgresError?) throws -> PostgresConnection {
    var last: any Error = Failure(.unavailable, "no connection")
    for attempt in 0..<20 {
      do {
        return try connect()
      } catch let error as PostgresError where error.isUnavailable {
        last = error
        if attempt < 19 { usleep(500_000) }
      }
    }
    throw Failure(
      .unavailable,
      "lost the connection to PostgreSQL while it built \(plan.quotedTitle): whether the index was finished is unknown",
      causes: [failure?.message, (last as? PostgresError)?.message].compactMap { $0 },
      hints: [
        "see `usher index list \(plan.table.title)`; the same command removes an unfinished index and builds it again"
      ])
  }

  /// Cancels the build of a lost session, which continues without its client.
  private func endAbandoned(_ pid: Int32, _ judge: PostgresConnection) throws {
    for attempt in 0..<150 {
      let isRunning = try !judge.query(
        "SELECT 1 FROM pg_stat_activity WHERE pid = $1::int AND query LIKE 'CREATE %INDEX CONCURRENTLY %'",
        [PostgresValue(pid)]
      ).isEmpty
      if !isRunning { return }
      if attempt % 10 == 0 { _ = try judge.query("SELECT pg_cancel_backend($1::int)", [PostgresValue(pid)]) }
      usleep(200_000)
    }
  }

  private func remove(_ index: IndexDescription?) throws -> String {
    guard let index else { return "no unfinished index was left" }
    observe(.removing)
    do {
      switch try IndexRemoval(connect: connect).drop(index, patience: patience, observe: observe) {
      case .dropped, .interrupted: return "the unfinished index was dropped"
      case .pending(let session):
        let holder = session?.description ?? "other sessions"
        return "the server will drop the unfinished index '\(index.title)' when the transaction of \(holder) has ended"
      }
    } catch let error as PostgresError {
      return
        "the unfinished index '\(index.title)' could not be dropped (\(error.message)): run `usher index drop \(index.title)`"
    }
  }

  private func explain(_ error: PostgresError?, _ note: String) -> Failure {
    guard let error else { return Failure(.failed, "cannot create index \(plan.quotedTitle)", causes: [note]) }
    let lower = error.failure
    if error.isUniqueViolation {
      let columns = error.detail.flatMap(Self.columns(inDetail:)) ?? "its columns"
      return Failure(
        .badInput, "cannot create unique index \(plan.quotedTitle): rows of '\(plan.table.title)' have the same key",
        causes: [note],
        hints: [
          "find them: SELECT \(columns), count(*) FROM \(plan.table.title) GROUP BY \(columns) HAVING count(*) > 1"
        ])
    }
    return Failure(
      lower.kind, "cannot create index \(plan.quotedTitle): \(error.message)", causes: lower.causes + [note],
      hints: lower.hints)
  }

  /// The names, not the values, of `Key (a, b)=(1, 2) is duplicated.`
  private static func columns(inDetail detail: String) -> String? {
    guard let start = detail.firstIndex(of: "("), let end = detail.firstIndex(of: ")") else { return nil }
    return String(detail[detail.index(after: start)..<end])
  }
}

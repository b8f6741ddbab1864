import CLibpq

/// The state of a statement that was started.
public enum PostgresProgress: Equatable, Sendable {
  case running
  /// With the number of rows that the statement changed or returned.
  case finished(Int)
}

extension PostgresConnection {
  /// Starts one statement and returns at once. `poll` gives its state. Nothing else may run before it has finished.
  ///
  /// The statement may be one that no transaction can contain. Its limits are those of the session: see `claimSession`.
  public func start(_ sql: String) throws(PostgresError) {
    try sendAlone(sql)
    background = BackgroundStatement(sql: sql)
  }

  /// Waits up to `timeout` for the started statement. Throws its error when it has failed.
  ///
  /// The caller handles Ctrl-C: it calls `cancel`, and continues to poll until the error of the cancelled statement is thrown.
  public func poll(timeout: Duration) throws(PostgresError) -> PostgresProgress {
    guard let statement = background else {
      throw PostgresError(.misuse, "no statement was started", target: target.description)
    }
    let deadline = ContinuousClock.now + timeout
    while PQisBusy(pointer) == 1 {
      guard Self.isReady(PQsocket(pointer), Self.readable) else {
        if ContinuousClock.now >= deadline { return .running }
        continue
      }
      if PQconsumeInput(pointer) == 0 { break }
    }
    background = nil
    let result = try ignoringInterrupts { () throws(PostgresError) in try soleResult(statement.sql) }
    return .finished(affectedRows(result.pointer))
  }
}

struct BackgroundStatement {
  let sql: String
}

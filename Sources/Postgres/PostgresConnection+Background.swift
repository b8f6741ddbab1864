import CLibpq

/// How a statement that was started stands.
public enum PostgresProgress: Equatable, Sendable {
  case running
  /// With the rows it touched.
  case finished(Int)
}

extension PostgresConnection {
  /// Starts one statement and returns at once; `poll` tells how it goes, and nothing else may run before it finished.
  public func start(_ sql: String, _ parameters: [PostgresValue?] = []) throws(PostgresError) {
    try send(sql, parameters)
    background = BackgroundStatement(sql: sql)
  }

  /// Waits up to `timeout` for the started statement; throws its error once it failed.
  ///
  /// Ctrl-C is the caller's business here: call `cancel` and poll on, until the error of the cancel comes.
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

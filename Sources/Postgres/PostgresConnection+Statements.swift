import CLibpq

extension PostgresConnection {
  /// Runs one statement and returns all its rows. Memory use grows with the result.
  public func query(_ sql: String, _ parameters: [PostgresValue?] = []) throws(PostgresError) -> [PostgresRow] {
    try send(sql, parameters)
    let result = try soleResult(sql)
    return (0..<PQntuples(result.pointer)).map { PostgresRow(result: result, index: $0, target: target.description) }
  }

  /// Runs one statement and returns the number of rows that it changed or returned; 0 for other statements.
  @discardableResult
  public func execute(_ sql: String, _ parameters: [PostgresValue?] = []) throws(PostgresError) -> Int {
    try send(sql, parameters)
    return affectedRows(try soleResult(sql).pointer)
  }

  /// Runs one statement that cannot be part of a transaction, such as VACUUM, under the server's own time limits.
  public func executeAlone(_ sql: String) throws(PostgresError) {
    try sendAlone(sql)
    _ = try soleResult(sql)
  }

  /// Runs several statements without parameters, as one transaction unless they say BEGIN and COMMIT themselves.
  public func script(_ sql: String) throws(PostgresError) {
    let prefix = isInTransaction || server.isClaimed ? "" : "\(localSettings); "
    do throws(PostgresError) {
      try sendScript(prefix + sql)
      _ = try soleResult(prefix + sql)
    } catch {
      throw error.movingPosition(by: -prefix.unicodeScalars.count)
    }
  }

  /// Calls `body` with each row when it arrives. Memory use is constant.
  ///
  /// When `body` throws, the statement is cancelled, its remaining results are discarded, and the error is rethrown.
  /// Source: https://www.postgresql.org/docs/current/libpq-single-row-mode.html
  public func stream(
    _ sql: String, _ parameters: [PostgresValue?] = [], _ body: (PostgresRow) throws -> Void
  ) throws {
    try send(sql, parameters, streams: true)
    var waiting = WaitState()
    var failure: PostgresError?
    var columns: ColumnList?
    let target = target.description
    while let pointer = try nextResult(&waiting) {
      switch PQresultStatus(pointer) {
      case PGRES_SINGLE_TUPLE:
        let result = ResultBox(pointer, columns: columns)
        columns = result.columns
        do {
          try body(PostgresRow(result: result, index: 0, target: target))
        } catch {
          cancel()
          drain()
          throw error
        }
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: PQclear(pointer)
      default:
        failure = failure ?? refuseCopy(PQresultStatus(pointer)) ?? error(of: pointer, waiting, sql)
        PQclear(pointer)
      }
    }
    if let failure { throw failure }
  }

  /// The last result of the current statement. Throws the first error when all results were read.
  func soleResult(_ sql: String, _ state: WaitState = WaitState()) throws(PostgresError) -> ResultBox {
    var waiting = state
    var failure: PostgresError?
    var last: ResultBox?
    while let pointer = try nextResult(&waiting) {
      switch PQresultStatus(pointer) {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: last = ResultBox(pointer)
      default:
        failure = failure ?? refuseCopy(PQresultStatus(pointer)) ?? error(of: pointer, waiting, sql)
        PQclear(pointer)
      }
    }
    if let failure { throw failure }
    guard let last else { throw connectionError() }
    return last
  }

  func affectedRows(_ result: OpaquePointer) -> Int {
    PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }
}

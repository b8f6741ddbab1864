import CLibpq
import Glibc

// The lowest layer of the connection: sending, waiting, results. Nothing outside of this file waits for the server.

extension PostgresConnection {
  /// Sends one statement with its parameters. The caller must read its results.
  ///
  /// Outside a transaction, the settings go before it in one pipeline, whose statements are one transaction.
  func send(_ sql: String, _ parameters: [PostgresValue?], streams: Bool = false) throws(PostgresError) {
    try checkBeforeSending(sql)
    let block = try ParameterBlock(parameters, target: target.description)
    try reopenIfClosed()
    guard !isInTransaction, !server.isClaimed else {
      try queue(sql, block)
      if streams, PQsetSingleRowMode(pointer) != 1 { throw connectionError() }
      return try flush()
    }
    guard PQenterPipelineMode(pointer) == 1 else { throw connectionError() }
    pipeline = StatementPipeline(streams: streams)
    do throws(PostgresError) {
      try queue(localSettings, try ParameterBlock([], target: target.description))
      try queue(sql, block)
    } catch {
      // libpq refuses some statements by itself, such as one with too many parameters.
      if PQpipelineSync(pointer) == 1 { drain() } else { pipeline = nil }
      throw error
    }
    guard PQpipelineSync(pointer) == 1 else { throw connectionError() }
    try flush()
  }

  /// Sends one statement that cannot be part of a transaction, without settings.
  func sendAlone(_ sql: String) throws(PostgresError) {
    try checkBeforeSending(sql)
    let block = try ParameterBlock([], target: target.description)
    try reopenIfClosed()
    try queue(sql, block)
    try flush()
  }

  private func queue(_ sql: String, _ block: ParameterBlock) throws(PostgresError) {
    // On a separate line, because the statement may end with a line comment.
    let sql = options.statementMark.map { "\(sql)\n\($0)" } ?? sql
    let sent = block.withPointers { types, values, lengths, formats in
      PQsendQueryParams(pointer, sql, Int32(block.count), types, values, lengths, formats, 0)
    }
    guard sent == 1 else { throw connectionError() }
  }

  /// Sends one or more statements without parameters.
  func sendScript(_ sql: String) throws(PostgresError) {
    try checkBeforeSending(sql)
    try reopenIfClosed()
    guard PQsendQuery(pointer, sql) == 1 else { throw connectionError() }
    try flush()
  }

  private func checkBeforeSending(_ sql: String) throws(PostgresError) {
    if sql.utf8.contains(0) {
      throw PostgresError(.misuse, "a statement contains a NUL character", target: target.description)
    }
    if isGivenUp {
      throw PostgresError(
        .lost, "the connection was abandoned, because it did not end a cancelled statement", target: target.description)
    }
    // libpq would put it behind the pipeline whose results are being read.
    if pipeline != nil {
      throw PostgresError(.misuse, "another statement is in progress", target: target.description)
    }
    if isInterruptible, options.isInterrupted() { throw interrupted() }
  }

  private func flush() throws(PostgresError) {
    var waiting = WaitState()
    while true {
      switch PQflush(pointer) {
      case 0: return
      case 1: try waitForRoom(&waiting)
      default: throw connectionError()
      }
    }
  }

  /// Waits until the socket accepts more, and reads meanwhile, because the server may be blocked while it writes to us.
  func waitForRoom(_ waiting: inout WaitState) throws(PostgresError) {
    try lookAtInterrupt(&waiting)
    guard Self.isReady(PQsocket(pointer), Int16(POLLIN | POLLOUT)) else { return }
    if PQconsumeInput(pointer) == 0 { throw connectionError() }
  }

  /// Cancels the current statement at Ctrl-C. Throws when the statement did not end in time.
  private func lookAtInterrupt(_ waiting: inout WaitState) throws(PostgresError) {
    if isInterruptible, waiting.cancelled == nil, options.isInterrupted() {
      waiting.cancelled = .now
      cancel()
    }
    if let cancelled = waiting.cancelled, ContinuousClock.now - cancelled > cancelGrace {
      isGivenUp = true
      throw interrupted()
    }
  }

  /// The next result of the current statement, nil after the last one. Error results are returned as results.
  func nextResult(_ waiting: inout WaitState) throws(PostgresError) -> OpaquePointer? {
    while true {
      while PQisBusy(pointer) == 1 {
        guard try waitForInput(&waiting) else { break }
      }
      let result = PQgetResult(pointer)
      guard pipeline != nil else { return result }
      if let result {
        if try !isOfPipeline(result) { return result }
        if pipeline == nil { return nil }
      } else if PQstatus(pointer) == CONNECTION_BAD {
        pipeline = nil
        return nil
      } else {
        pipeline?.endStatement()
        if pipeline?.streamsNow == true, PQsetSingleRowMode(pointer) != 1 { throw connectionError() }
      }
    }
  }

  /// Whether a result belongs to the pipeline itself and not to the caller's statement; then it is cleared.
  private func isOfPipeline(_ result: OpaquePointer) throws(PostgresError) -> Bool {
    switch PQresultStatus(result) {
    case PGRES_PIPELINE_SYNC:
      PQclear(result)
      pipeline = nil
      guard PQexitPipelineMode(pointer) == 1 else { throw connectionError() }
    case PGRES_PIPELINE_ABORTED: PQclear(result)
    case PGRES_TUPLES_OK where pipeline?.isReadingSettings == true: learn(from: ResultBox(result))
    default: return false
    }
    return true
  }

  /// Waits at most 100 ms, then checks for Ctrl-C. False when the connection is broken; the results contain the error.
  func waitForInput(_ waiting: inout WaitState) throws(PostgresError) -> Bool {
    try lookAtInterrupt(&waiting)
    // What libpq has buffered (the end of a COPY) must be sent before the server can answer.
    let events = PQflush(pointer) == 1 ? POLLIN | POLLOUT : POLLIN
    guard Self.isReady(PQsocket(pointer), Int16(events)) else { return true }
    return PQconsumeInput(pointer) == 1
  }

  /// Ends a COPY that was started by a plain statement; nil when the status is not that of a COPY.
  func refuseCopy(_ status: ExecStatusType) -> PostgresError? {
    guard [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(status) else { return nil }
    if status == PGRES_COPY_IN { _ = PQputCopyEnd(pointer, "not expected") } else { cancel() }
    drain()
    return PostgresError(.misuse, "COPY needs copyIn or copyOut", target: target.description)
  }

  /// Reads the remaining results of the current statement and discards them.
  func drain() {
    ignoringInterrupts {
      var waiting = WaitState(cancelled: .now)
      while let result = try? nextResult(&waiting) {
        let status = PQresultStatus(result)
        PQclear(result)
        if status == PGRES_COPY_IN { _ = PQputCopyEnd(pointer, "abandoned") }
        if status == PGRES_COPY_OUT { drainCopy() }
      }
    }
  }

  private func drainCopy() {
    var waiting = WaitState(cancelled: .now)
    var row: UnsafeMutablePointer<CChar>?
    while true {
      let length = PQgetCopyData(pointer, &row, 1)
      if length > 0 {
        PQfreemem(row)  // Allocated by PQgetCopyData for us.
      } else if length < 0 {
        return
      } else if (try? waitForInput(&waiting)) != true {
        return
      }
    }
  }

  /// The error of a failed result, or of the interrupt that failed it.
  func error(of result: OpaquePointer, _ waiting: WaitState, _ sql: String) -> PostgresError {
    let error = PostgresError(of: result, statement: sql, target: target.description)
    if waiting.cancelled != nil, error.isCanceled { return interrupted() }
    // After a FATAL error the server closes the connection, although libpq may not have noticed that yet.
    let severity = result.field(usher_pg_diag_severity())
    if severity == "FATAL" || severity == "PANIC" || PQstatus(pointer) == CONNECTION_BAD { return lost(error) }
    return error
  }

  /// Throws at Ctrl-C, between two blocks of a COPY; the caller then ends the COPY with an error.
  func throwIfInterruptedDuringCopy() throws(PostgresError) {
    if isInterruptible, options.isInterrupted() { throw interrupted() }
  }

  func interrupted() -> PostgresError { PostgresError(.interrupted, "interrupted", target: target.description) }

  /// libpq's message about the connection.
  func connectionError() -> PostgresError {
    let text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
    let isLost = PQstatus(pointer) == CONNECTION_BAD
    let message = text.split(separator: "\n").first.map(String.init) ?? "the connection is closed"
    return PostgresError(isLost ? .lost : .misuse, message, target: target.description)
  }

  private func lost(_ error: PostgresError) -> PostgresError {
    var error = error
    error.problem = .lost
    if error.message.isEmpty { error.message = connectionError().message }
    return error
  }
}

/// Whether and when the current statement was cancelled by Ctrl-C.
struct WaitState {
  var cancelled: ContinuousClock.Instant?
}

extension PostgresError {
  /// Copies the fields of a failed result, which the caller must clear.
  init(of result: OpaquePointer, statement: String, target: String) {
    let whole = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
    let message = result.field(usher_pg_diag_message()) ?? whole.split(separator: "\n").first.map(String.init) ?? ""
    self.init(.statement, message, sqlState: result.field(usher_pg_diag_sqlstate()), target: target)
    detail = result.field(usher_pg_diag_detail())
    hint = result.field(usher_pg_diag_hint())
    context = result.field(usher_pg_diag_context())
    position = result.field(usher_pg_diag_position()).flatMap { Int($0) }
    schema = result.field(usher_pg_diag_schema())
    table = result.field(usher_pg_diag_table())
    column = result.field(usher_pg_diag_column())
    constraint = result.field(usher_pg_diag_constraint())
    near = position.map { Self.excerpt(of: statement, at: $0) }
  }

  /// The error of a text before which something was put: its position is that in the text itself.
  func movingPosition(by offset: Int) -> PostgresError {
    var error = self
    error.position = position.map { $0 + offset }.flatMap { $0 > 0 ? $0 : nil }
    return error
  }

  /// Up to thirty characters of the statement from a position on, on one line.
  private static func excerpt(of statement: String, at position: Int) -> String {
    var text = ""
    text.unicodeScalars.append(
      contentsOf: statement.unicodeScalars.dropFirst(position - 1).prefix(30).prefix { $0 != "\n" })
    return text
  }
}

import CLibpq
import Glibc

// The bottom of the connection: sending, waiting, results. Nothing above this file waits by itself.

extension PostgresConnection {
  /// Sends one statement with its parameters; results are then the caller's to collect.
  func send(_ sql: String, _ parameters: [PostgresValue?]) throws(PostgresError) {
    try checkBeforeSending(sql)
    // On a line of its own: the statement may end in a comment to the end of its line.
    let sql = options.statementMark.map { "\(sql)\n\($0)" } ?? sql
    let block = try ParameterBlock(parameters, target: target.description)
    let sent = block.withPointers { types, values, lengths, formats in
      PQsendQueryParams(pointer, sql, Int32(parameters.count), types, values, lengths, formats, 0)
    }
    guard sent == 1 else { throw connectionError() }
    try flush()
  }

  /// Sends one or more statements without parameters.
  func sendScript(_ sql: String) throws(PostgresError) {
    try checkBeforeSending(sql)
    guard PQsendQuery(pointer, sql) == 1 else { throw connectionError() }
    try flush()
  }

  private func checkBeforeSending(_ sql: String) throws(PostgresError) {
    if sql.utf8.contains(0) {
      throw PostgresError(.misuse, "a statement holds a NUL character", target: target.description)
    }
    if isGivenUp {
      throw PostgresError(
        .lost, "it was given up, because it did not end a cancelled statement", target: target.description)
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

  /// Waits until the socket takes more, reading meanwhile: the server may be stuck writing to us.
  func waitForRoom(_ waiting: inout WaitState) throws(PostgresError) {
    try lookAtInterrupt(&waiting)
    guard Self.isReady(PQsocket(pointer), Int16(POLLIN | POLLOUT)) else { return }
    if PQconsumeInput(pointer) == 0 { throw connectionError() }
  }

  /// Cancels the statement in hand at Ctrl-C; throws once it has had its time to end.
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

  /// The next result of the statement in hand, nil after its last. Error results come back as results.
  func nextResult(_ waiting: inout WaitState) throws(PostgresError) -> OpaquePointer? {
    while PQisBusy(pointer) == 1 {
      guard try waitForInput(&waiting) else { break }
    }
    return PQgetResult(pointer)
  }

  /// One wait of at most 100 ms, then one look at Ctrl-C. False when the connection broke: the results say how.
  func waitForInput(_ waiting: inout WaitState) throws(PostgresError) -> Bool {
    try lookAtInterrupt(&waiting)
    // What libpq still holds back (the end of a COPY) has to leave, or the server has nothing to answer.
    let events = PQflush(pointer) == 1 ? POLLIN | POLLOUT : POLLIN
    guard Self.isReady(PQsocket(pointer), Int16(events)) else { return true }
    return PQconsumeInput(pointer) == 1
  }

  /// Ends a COPY that nobody asked for; nil when the status is no COPY.
  func refuseCopy(_ status: ExecStatusType) -> PostgresError? {
    guard [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(status) else { return nil }
    if status == PGRES_COPY_IN { _ = PQputCopyEnd(pointer, "not expected") } else { cancel() }
    drain()
    return PostgresError(.misuse, "COPY goes through copyIn and copyOut", target: target.description)
  }

  /// Reads the statement in hand to its end and drops what it still says.
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
    // After a FATAL the server hangs up, though libpq may not have seen that yet.
    let severity = result.field(usher_pg_diag_severity())
    if severity == "FATAL" || severity == "PANIC" || PQstatus(pointer) == CONNECTION_BAD { return lost(error) }
    return error
  }

  /// A COPY in ends at a block's end: the caller's error handling then takes it back.
  func throwIfInterruptedDuringCopy() throws(PostgresError) {
    if isInterruptible, options.isInterrupted() { throw interrupted() }
  }

  func interrupted() -> PostgresError { PostgresError(.interrupted, "interrupted", target: target.description) }

  /// What libpq says of the connection itself.
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

/// Whether and when the statement in hand was cancelled for Ctrl-C.
struct WaitState {
  var cancelled: ContinuousClock.Instant?
}

extension PostgresError {
  /// Copies everything out of a failed result, which stays the caller's to clear.
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

  /// Up to thirty characters of the statement from a position on, on one line.
  private static func excerpt(of statement: String, at position: Int) -> String {
    var text = ""
    text.unicodeScalars.append(
      contentsOf: statement.unicodeScalars.dropFirst(position - 1).prefix(30).prefix { $0 != "\n" })
    return text
  }
}

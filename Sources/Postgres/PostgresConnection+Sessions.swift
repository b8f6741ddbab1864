import CLibpq
import Failures

/// What is known about the session behind a connection.
struct ServerSession {
  /// The server process that ran the last statement; nil before the first one.
  var process: Int32?
  /// Whether it was seen that a connection pooler is in between.
  var isPooled = false
  /// Whether settings and limits belong to the session, because it is this connection's own.
  var isClaimed = false
  /// Whether a transaction's statements are being run, none of which may reach another session.
  var mustStay = false
}

/// The results of a pipeline: those of the settings, of the statement, and of the synchronization point.
struct StatementPipeline {
  /// Whether the rows of the statement are read one by one.
  let streams: Bool
  private var endedStatements = 0

  init(streams: Bool) { self.streams = streams }

  var isReadingSettings: Bool { endedStatements == 0 }
  /// Whether the statement is the next one to read, row by row.
  var streamsNow: Bool { streams && endedStatements == 1 }

  mutating func endStatement() { endedStatements += 1 }
}

extension PostgresConnection {
  /// The statement that sets what usher needs until the end of the transaction, and reads which server process runs it.
  ///
  /// set_config and not SET LOCAL, which warns where the transaction is an implicit one.
  var localSettings: String { settings(areLocal: true) }

  private func settings(areLocal: Bool) -> String {
    let settings = [
      ("datestyle", "ISO, YMD"), ("bytea_output", "hex"), ("extra_float_digits", "1"),
      ("statement_timeout", "\(Self.milliseconds(statementTimeout))"),
      ("lock_timeout", "\(Self.milliseconds(lockTimeout))"),
    ]
    // The mark leaves it out of the statements that `usher query slow` lists.
    let calls = settings.map { "set_config('\($0)', '\($1)', \(areLocal))" }
    return "SELECT \(Self.mark) pg_backend_pid(), \(calls.joined(separator: ", "))"
  }

  /// Reads from the result of the settings which server process answers.
  func learn(from result: ResultBox) {
    let row = PostgresRow(result: result, index: 0, target: target.description)
    guard let number = try? row.decode(0, as: Int.self) else { return }
    let process = Int32(truncatingIfNeeded: number)
    // A pooler invents the number by which its client cancels, and gives each transaction another session.
    if process != backendPID || server.process.map({ $0 != process }) == true { server.isPooled = true }
    server.process = process
  }

  /// Whether a connection pooler is between usher and the server: another process than the one that was announced answers, or the
  /// process changes.
  public func isPooled() throws(PostgresError) -> Bool {
    // Two transactions, because the session may change between them.
    for _ in 0..<2 where !server.isPooled { _ = try query("SELECT 1") }
    return server.isPooled
  }

  /// Throws `refused` where a pooler is between usher and the server.
  ///
  /// - Parameter purpose: what needs a session of its own: `an index build`.
  public func refusePooler(for purpose: String) throws {
    guard try isPooled() else { return }
    throw Failure(
      .refused, "\(purpose) needs a session of its own, and \(target) is a connection pooler",
      causes: ["another server process answers than the one that was announced, as with PgBouncer"],
      hints: ["connect directly: point USHER_POSTGRES or --postgres at the PostgreSQL server itself"])
  }

  /// Makes settings belong to the session from now on, without time limits, for statements that no transaction may contain.
  ///
  /// Throws `refused` where the session is a pooler's. Close the connection when its work is done.
  public func claimSession(for purpose: String) throws {
    try refusePooler(for: purpose)
    (statementTimeout, lockTimeout) = (nil, nil)
    // The server's own limits would end a statement that waits for hours, or the session between two statements.
    let limits = [
      "idle_session_timeout": 140_000, "idle_in_transaction_session_timeout": 0, "transaction_timeout": 170_000,
    ]
    let lifted = limits.filter { serverVersion >= $0.value }.keys.map { "set_config('\($0)', '0', false)" }
    try script("\(settings(areLocal: false)); SELECT \(lifted.joined(separator: ", "))")
    server.isClaimed = true
  }

  /// Connects again where the server or a pooler has closed the connection while it was idle (idle_session_timeout, a restart).
  ///
  /// Nothing is lost by that: a session outside a transaction has no state of usher's. A claimed session is not opened again.
  func reopenIfClosed() throws(PostgresError) {
    guard !isInTransaction, isClosedByPeer() else { return }
    if server.isClaimed || server.mustStay { throw connectionError() }
    let former = pointer
    try adopt(Self.connect(target, options))
    PQfinish(former)
  }

  /// Whether the peer has ended the connection. What it may have said before, such as a notice, is read.
  private func isClosedByPeer() -> Bool {
    guard PQtransactionStatus(pointer) == PQTRANS_IDLE else { return PQstatus(pointer) == CONNECTION_BAD }
    while Self.isReadable(PQsocket(pointer)) {
      if PQconsumeInput(pointer) == 0 { return true }
      // Processes notices, and the error before a close.
      _ = PQisBusy(pointer)
      if PQstatus(pointer) == CONNECTION_BAD { return true }
    }
    return PQstatus(pointer) == CONNECTION_BAD
  }
}

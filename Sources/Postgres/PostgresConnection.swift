import CLibpq

/// One connection to PostgreSQL, for one thread at a time.
///
/// Every wait is a poll(2) of at most 100 ms, followed by a call of `isInterrupted`, so that Ctrl-C reaches the server as a cancel
/// request. Numbers and times have a fixed text form (UTF-8, ISO dates, hexadecimal bytea), whatever the role's settings.
///
/// A session may belong to a connection pooler, which gives it to another client after each transaction. So every setting is local
/// to a transaction, and nothing is left on the session; `PostgresConnection+Sessions.swift` is the exception, for statements that
/// need a session of their own. A connection that was closed while it was idle is opened again before the next statement.
/// Source: https://www.postgresql.org/docs/current/libpq.html
public final class PostgresConnection {
  /// A comment in each statement of usher's own, by which it is recognised in pg_stat_statements.
  public static let mark = "/* usher */"

  /// The connection of libpq; finished in deinit, and where it is opened again.
  private(set) var pointer: OpaquePointer
  private let notices = NoticeBox()
  let options: PostgresOptions
  public private(set) var target: PostgresTarget
  private var canceller: PostgresCanceller
  /// The limits of the next statements.
  var statementTimeout: Duration?
  var lockTimeout: Duration?
  /// What is known about the session behind this connection.
  var server = ServerSession()
  /// The statement with its settings whose results are being read; nil for a statement without settings of its own.
  var pipeline: StatementPipeline?
  /// The statement that `start` has started, until `poll` has seen its end.
  var background: BackgroundStatement?
  /// False while something runs that must not be interrupted, such as a rollback.
  var isInterruptible = true
  /// How long a cancelled statement may take to end before the connection is abandoned.
  ///
  /// A server answers in milliseconds. Five seconds are long for a server under load, and short for a person who pressed Ctrl-C.
  var cancelGrace = Duration.seconds(5)
  /// True after a cancelled statement did not end: the connection cannot be used any more.
  var isGivenUp = false

  /// Connects, within `options.connectTimeout`.
  public init(_ target: PostgresTarget, options: PostgresOptions = .init()) throws(PostgresError) {
    (pointer, self.target) = try Self.connect(target, options)
    self.options = options
    guard let canceller = PostgresCanceller(pointer) else {
      PQfinish(pointer)
      throw PostgresError(.unreachable, "cannot make a cancel request", target: target.description)
    }
    self.canceller = canceller
    statementTimeout = options.statementTimeout
    lockTimeout = options.lockTimeout
    prepare()
  }

  private func prepare() {
    notices.attach(to: pointer)
    PQsetnonblocking(pointer, 1)
  }

  /// Uses a new connection in place of one that is closed. The caller frees the former.
  func adopt(_ connected: (pointer: OpaquePointer, target: PostgresTarget)) {
    (pointer, target) = connected
    canceller = PostgresCanceller(pointer) ?? canceller
    server = ServerSession()
    pipeline = nil
    prepare()
  }

  deinit { PQfinish(pointer) }

  /// 150018 for 15.18; 120005 for 12.5.
  public var serverVersion: Int { Int(PQserverVersion(pointer)) }

  /// The server process of this connection, as in pg_stat_activity; behind a pooler, a number of the pooler.
  public var backendPID: Int32 { PQbackendPID(pointer) }

  /// Whether a transaction is open, failed or not.
  ///
  /// False on a lost connection, whose transaction the server rolls back.
  public var isInTransaction: Bool {
    !isGivenUp && ![PQTRANS_IDLE, PQTRANS_UNKNOWN].contains(PQtransactionStatus(pointer))
  }

  /// Called with the server's notices; nil to ignore them.
  public var onNotice: ((PostgresNotice) -> Void)? {
    get { notices.handler }
    set { notices.handler = newValue }
  }

  /// Asks the server to cancel the current statement, which then throws. Without a statement it does nothing.
  ///
  /// It waits until the request is delivered, but no longer than a cancelled statement may take to end.
  public func cancel() { canceller.cancel(within: cancelGrace) }

  /// A canceller for other threads, which may outlive the connection.
  public func makeCanceller() -> PostgresCanceller { canceller }

  /// Runs `body` without interruption by Ctrl-C, such as a rollback, or the record of what was done.
  public func ignoringInterrupts<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    let before = isInterruptible
    isInterruptible = false
    defer { isInterruptible = before }
    return try body()
  }

  /// A name in double quotes, for use in a statement.
  public static func quoteIdentifier(_ name: String) -> String {
    var quoted = "\""
    // By scalars, because a quotation mark with a combining accent is one Character in Swift, and a quotation mark to the server.
    for scalar in name.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// A text in single quotes, for places where a parameter is not allowed. Backslashes are escaped whatever the settings.
  public static func quoteLiteral(_ text: String) -> String {
    var quoted = ""
    var prefix = ""
    for scalar in text.unicodeScalars {
      if scalar == "'" { quoted += "'" }
      if scalar == "\\" {
        quoted += "\\"
        prefix = " E"
      }
      quoted.unicodeScalars.append(scalar)
    }
    return "\(prefix)'\(quoted)'"
  }

  public func quoteIdentifier(_ name: String) -> String { Self.quoteIdentifier(name) }
  public func quoteLiteral(_ text: String) -> String { Self.quoteLiteral(text) }
}

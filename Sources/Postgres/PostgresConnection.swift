import CLibpq

/// One connection to PostgreSQL, for one thread at a time.
///
/// Every wait is a poll(2) of at most 100 ms between two looks at `isInterrupted`, so that Ctrl-C reaches the server as a
/// cancel. Numbers and times come in a fixed text form (UTF-8, ISO dates, hexadecimal bytea), whatever the role's settings.
/// Behind PgBouncer it needs session pooling: timeouts and advisory locks belong to the session.
/// Source: https://www.postgresql.org/docs/current/libpq.html
public final class PostgresConnection {
  /// The connection of libpq; finished in deinit and nowhere else.
  let pointer: OpaquePointer
  private let notices = NoticeBox()
  let options: PostgresOptions
  public private(set) var target: PostgresTarget
  private let canceller: PostgresCanceller
  /// The session's timeouts as last set.
  var statementTimeout: Duration?
  var lockTimeout: Duration?
  /// What `start` began and `poll` has not seen the end of.
  var background: BackgroundStatement?
  /// False while what must not stop half way runs, such as a rollback or a last record.
  var isInterruptible = true
  /// How long a cancelled statement may take to end before the connection is given up.
  ///
  /// A server answers in milliseconds; five seconds is long for one that swaps, and short for a person at Ctrl-C.
  var cancelGrace = Duration.seconds(5)
  /// Set when a cancelled statement did not end: nothing more can be asked on this connection.
  var isGivenUp = false

  /// Connects and sets the session up, within `options.connectTimeout`.
  public init(_ target: PostgresTarget, options: PostgresOptions = .init()) throws(PostgresError) {
    (pointer, self.target) = try Self.connect(target, options)
    self.options = options
    guard let canceller = PostgresCanceller(pointer) else {
      PQfinish(pointer)
      throw PostgresError(.unreachable, "cannot make a cancel request", target: target.description)
    }
    self.canceller = canceller
    notices.attach(to: pointer)
    PQsetnonblocking(pointer, 1)
    statementTimeout = options.statementTimeout
    lockTimeout = options.lockTimeout
    let settings = [
      "datestyle TO 'ISO, YMD'", "bytea_output TO hex", "extra_float_digits TO 1",
      "statement_timeout TO \(Self.milliseconds(statementTimeout))",
      "lock_timeout TO \(Self.milliseconds(lockTimeout))",
    ]
    // Each its own mark: the server keeps statistics of each by itself.
    let mark = options.statementMark.map { " \($0)" } ?? ""
    try script(settings.map { "SET \($0)\(mark)" }.joined(separator: "; "))
  }

  deinit { PQfinish(pointer) }

  /// 150018 for 15.18; 120005 for 12.5.
  public var serverVersion: Int { Int(PQserverVersion(pointer)) }

  /// The process that serves this connection, as pg_stat_activity has it.
  public var backendPID: Int32 { PQbackendPID(pointer) }

  /// Whether a transaction is open, in good order or failed.
  ///
  /// False on a lost connection, whose transaction the server rolls back.
  public var isInTransaction: Bool {
    !isGivenUp && ![PQTRANS_IDLE, PQTRANS_UNKNOWN].contains(PQtransactionStatus(pointer))
  }

  /// What the server says beside its answers; without a closure it goes nowhere.
  public var onNotice: ((PostgresNotice) -> Void)? {
    get { notices.handler }
    set { notices.handler = newValue }
  }

  /// Asks the server to end the statement in hand, which then throws; harmless when none runs.
  ///
  /// It waits until the request is delivered, but no longer than the server has to answer a cancel.
  public func cancel() { canceller.cancel(within: cancelGrace) }

  /// Cancels from another thread; it works as long as somebody holds it.
  public func makeCanceller() -> PostgresCanceller { canceller }

  /// Runs `body` as if nobody pressed Ctrl-C: for a rollback, or the record of what was done.
  public func ignoringInterrupts<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    let before = isInterruptible
    isInterruptible = false
    defer { isInterruptible = before }
    return try body()
  }

  /// A name in double quotes, safe to stand in a statement.
  public static func quoteIdentifier(_ name: String) -> String {
    var quoted = "\""
    // By scalars: a quotation mark with an accent on it is one character to Swift, and still a quotation mark to the server.
    for scalar in name.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// A text in single quotes, safe to stand where a parameter cannot; backslashes are escaped whatever the settings.
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

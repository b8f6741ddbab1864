/// How a connection behaves towards the server and towards Ctrl-C.
public struct PostgresOptions: Sendable {
  /// What pg_stat_activity shows.
  public var applicationName: String
  /// Ends connecting, over all hosts of the target; a `connect_timeout` in the connection string wins.
  public var connectTimeout: Duration
  /// The server ends any statement that runs longer; nil lets it run.
  public var statementTimeout: Duration?
  /// The server ends any statement that waits longer for a lock; nil lets it wait.
  public var lockTimeout: Duration?
  /// Stands behind every statement that is no script, as a comment, so that pg_stat_statements tells ours from the
  /// service's; nil for none.
  public var statementMark: String?
  /// Asked at least every 100 ms while waiting for the server; true cancels the statement in hand.
  public var isInterrupted: @Sendable () -> Bool

  public init(
    applicationName: String = "usher", connectTimeout: Duration = .seconds(5),
    statementTimeout: Duration? = .seconds(30), lockTimeout: Duration? = .seconds(2),
    statementMark: String? = nil, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.applicationName = applicationName
    self.connectTimeout = connectTimeout
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
    self.statementMark = statementMark
    self.isInterrupted = isInterrupted
  }
}

/// Options of a connection.
public struct PostgresOptions: Sendable {
  /// The name in pg_stat_activity.
  public var applicationName: String
  /// The time limit for connecting, over all hosts of the target. A `connect_timeout` in the connection string takes precedence.
  public var connectTimeout: Duration
  /// The server cancels a statement that runs longer; nil for no limit.
  public var statementTimeout: Duration?
  /// The server cancels a statement that waits longer for a lock; nil for no limit.
  public var lockTimeout: Duration?
  /// A comment after every statement except scripts, by which usher's statements are recognised in pg_stat_statements; nil for
  /// none.
  public var statementMark: String?
  /// Called at least every 100 ms while waiting for the server; true cancels the current statement.
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

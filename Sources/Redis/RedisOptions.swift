/// How a connection behaves; the defaults suit an operator's terminal.
public struct RedisOptions: Sendable {
  /// For name resolution's result to answer and for the greeting (AUTH, SELECT, CLIENT SETNAME) after it.
  public var connectTimeout: Duration
  /// How long a server may be silent while a reply is owed; every byte that moves starts it again.
  public var commandTimeout: Duration
  /// What CLIENT LIST shows for this connection.
  public var clientName: String
  /// Asked while waiting: a wait ends with `RedisError.Reason.interrupted` when this turns from false to true.
  ///
  /// A wait that begins when it is already true runs to its end, so that an interrupted command can still record what it did.
  public var isInterrupted: @Sendable () -> Bool
  /// Asked while waiting: once this is true no wait goes on and none begins, not even an `uninterrupted` one.
  public var isAbandoned: @Sendable () -> Bool

  public init(
    connectTimeout: Duration = .seconds(2), commandTimeout: Duration = .seconds(5), clientName: String = "usher",
    isInterrupted: @escaping @Sendable () -> Bool = { false }, isAbandoned: @escaping @Sendable () -> Bool = { false }
  ) {
    self.connectTimeout = connectTimeout
    self.commandTimeout = commandTimeout
    self.clientName = clientName
    self.isInterrupted = isInterrupted
    self.isAbandoned = isAbandoned
  }
}

/// What Redis, or the way to it, did not do; never with a value of an argument in it, save the names of keys.
public struct RedisError: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// The address cannot be read; both texts are safe to show.
    case badAddress(String, hints: [String])
    /// No connection: the step that failed and what the system said.
    case cannotConnect(cause: String)
    case connectTimedOut(after: Duration)
    /// The server was silent while a reply was owed.
    case commandTimedOut(after: Duration)
    /// The connection ended while a reply was owed, so the command may have been carried out or not.
    case connectionLost(cause: String)
    /// The user asked to stop while this waited.
    case interrupted
    case server(RedisServerError)
    /// The bytes are not Redis's protocol.
    case notRedis(cause: String)
    case unexpectedReply(wanted: String, found: String)
  }

  public var reason: Reason
  /// Which server, without credentials; nil before one is known.
  public var target: String?
  /// The command's name, such as `ZADD` or `EVALSHA (admit)`.
  public var command: String?
  /// The keys that the command was about, for errors about a key; empty where a word could as well be a value.
  public var keys: [RedisArgument]

  public init(_ reason: Reason, target: String? = nil, command: String? = nil, keys: [RedisArgument] = []) {
    self.reason = reason
    self.target = target
    self.command = command
    self.keys = keys
  }

  static func badAddress(_ text: String, hints: [String] = []) -> RedisError {
    RedisError(.badAddress(text, hints: hints))
  }

  /// The server's own code, such as `WRONGTYPE`, when the server answered at all.
  public var serverCode: String? {
    if case .server(let error) = reason { return error.code }
    return nil
  }

  /// Whether the server went away, so that the same work may succeed after `RedisConnection.reconnect()`.
  public var isConnectionProblem: Bool {
    switch reason {
    case .cannotConnect, .connectTimedOut, .commandTimedOut, .connectionLost: true
    case .server(let error): error.code == "LOADING"
    default: false
    }
  }
}

/// Where a Redis server is and how to be let in, read from one address.
///
/// Forms: `redis://user:password@host:port/db`, `unix:///path?db=1` (also `redis+unix`, `redis-socket`), a plain path that
/// begins with `/`, and `host:port`. User, password and path are percent-decoded.
public struct RedisTarget: Equatable, Sendable {
  /// What is connected to.
  public enum Endpoint: Equatable, Sendable {
    case tcp(host: String, port: UInt16)
    case unix(path: String)
  }

  public var endpoint: Endpoint
  /// Nil for a server that knows only a password (`requirepass`) or none at all.
  public var user: String?
  public var password: String?
  public var database: Int

  public init(endpoint: Endpoint, user: String? = nil, password: String? = nil, database: Int = 0) {
    self.endpoint = endpoint
    self.user = user
    self.password = password
    self.database = database
  }

  /// A server on a Unix socket.
  public init(socket path: String, database: Int = 0) {
    self.init(endpoint: .unix(path: path), database: database)
  }
}

extension RedisTarget: CustomStringConvertible {
  /// The address without user and password: `cache-1:6379`, `cache-1:6379/2`, `/run/redis.sock?db=1`.
  public var description: String {
    switch endpoint {
    case .tcp(let host, let port):
      let name = host.contains(":") ? "[\(host)]" : host
      return "\(name):\(port)" + (database == 0 ? "" : "/\(database)")
    case .unix(let path):
      return path + (database == 0 ? "" : "?db=\(database)")
    }
  }
}

extension RedisTarget: CustomReflectable {
  /// The address without user and password, so that a dump of a value that holds this one shows none.
  public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

import Glibc
import Redis
import Sandbox
import Synchronization

/// A fresh Redis server of its own for one test; it ends with the last reference to it.
public final class TestRedis: Sendable {
  public let socket: String
  /// What usher takes as a target: `unix:///…`.
  public var url: String { "unix://\(socket)" }
  public var target: RedisTarget { RedisTarget(socket: socket) }
  private let child: ChildProcess

  /// - Parameter settings: words of the server's command line, as `["--maxmemory", "10mb"]`.
  public static func make(settings: [String] = []) throws -> TestRedis {
    let servers = try TestServers.shared()
    let number = counter.withLock { counter in
      counter += 1
      return counter
    }
    let server = try RedisServer(servers.home, name: "redis-\(number)", path: TestServers.path)
    return TestRedis(socket: server.socket, child: try server.start(isKept: false, settings: settings))
  }

  private init(socket: String, child: ChildProcess) {
    self.socket = socket
    self.child = child
  }

  /// A new connection.
  public func connect(_ options: RedisOptions = RedisOptions()) throws -> RedisConnection {
    try RedisConnection(target, options: options)
  }

  /// Ends the server at once, as a crash does.
  public func crash() {
    kill(child.pid, SIGKILL)
    child.wait()
  }

  deinit { crash() }

  private static let counter = Mutex(0)
}

import Glibc
import Redis
import Sandbox
import Synchronization

/// A fresh Redis server of its own for one test; it ends with the last reference to it, so keep it in a `let`.
public final class TestRedis: Sendable {
  public let socket: String
  /// What usher takes as a target: `unix:///…`.
  public var url: String { "unix://\(socket)" }
  public var target: RedisTarget { RedisTarget(socket: socket) }
  private let server: RedisServer
  private let settings: [String]
  private let child: Mutex<ChildProcess>

  /// - Parameter settings: words of the server's command line, as `["--maxmemory", "10mb"]`.
  public static func make(settings: [String] = []) throws -> TestRedis {
    let servers = try TestServers.shared()
    let number = counter.withLock { counter in
      counter += 1
      return counter
    }
    let server = try RedisServer(servers.home, name: "redis-\(number)", path: TestServers.path)
    return try TestRedis(server, settings: settings)
  }

  private init(_ server: RedisServer, settings: [String]) throws {
    socket = server.socket
    self.server = server
    self.settings = settings
    child = Mutex(try server.start(isKept: false, settings: settings))
  }

  /// A new connection.
  public func connect(_ options: RedisOptions = RedisOptions()) throws -> RedisConnection {
    try RedisConnection(target, options: options)
  }

  /// Ends the server at once, as a crash does.
  public func crash() {
    child.withLock { child in
      kill(child.pid, SIGKILL)
      child.wait()
    }
  }

  /// Ends the server at once and starts it again on the same socket; only what an append-only file holds is still there.
  public func restart() throws {
    crash()
    try child.withLock { $0 = try server.start(isKept: false, settings: settings) }
  }

  /// Stops the server in the middle of whatever it does: it takes connections and bytes, and says nothing.
  public func freeze() { child.withLock { _ = kill($0.pid, SIGSTOP) } }

  public func thaw() { child.withLock { _ = kill($0.pid, SIGCONT) } }

  /// Settings for a server that keeps every write over a crash; `name` is unlike that of any other server's.
  public static func durable(_ name: String) -> [String] {
    ["--appendonly", "yes", "--appendfsync", "always", "--appenddirname", name]
  }

  deinit { crash() }

  private static let counter = Mutex(0)
}

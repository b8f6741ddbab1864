import Failures
import Glibc

/// A private Redis on a Unix socket, without a password.
public struct RedisServer: Sendable {
  let home: ServerHome
  let name: String
  let program: String
  public var socket: String { "\(home.socketDirectory)/\(name).sock" }

  /// Finds the program; nothing is started yet. Several servers of different names live in one home.
  public init(_ home: ServerHome, name: String = "redis", path: String) throws(Failure) {
    guard let program = Programs.find("redis-server", path: path) else {
      throw Failure(
        .failed, "found no redis-server on this machine", hints: ["apt-get install redis-server"])
    }
    self.home = home
    self.name = name
    self.program = program
  }

  /// Starts the server and waits until it answers.
  ///
  /// - Parameters:
  ///   - isKept: whether its data outlive it: a clean end writes them to disk.
  ///   - settings: words of the command line beyond these, as `["--maxmemory", "10mb"]`.
  @discardableResult
  public func start(isKept: Bool = true, settings: [String] = []) throws(Failure) -> ChildProcess {
    unlink(socket)
    let words =
      [
        "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--daemonize", "no", "--appendonly", "no",
        "--save", isKept ? "3600 1" : "", "--dir", "\(home.place)/redis", "--dbfilename", "\(name).rdb",
        "--set-proc-title", "no",
      ] + settings
    let child = try home.command(name, program, words).spawn()
    try home.waitUntilReady(name, child) { answersPing() }
    return child
  }

  /// A whole exchange in Redis's inline protocol; a server that still loads its data does not answer PONG.
  private func answersPing() -> Bool {
    let descriptor = socketConnected(to: socket)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 64)
    guard write(descriptor, "PING\r\n", 6) == 6 else { return false }
    let count = read(descriptor, &buffer, buffer.count)
    return count >= 5 && buffer.starts(with: "+PONG".utf8)
  }
}

/// A descriptor that is connected to a Unix socket, and the caller's to close; -1 when nobody listens there.
public func socketConnected(to path: String) -> Int32 {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let bytes = Array(path.utf8)
  guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return -1 }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { return -1 }
  let status = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  if status == 0 { return descriptor }
  close(descriptor)
  return -1
}

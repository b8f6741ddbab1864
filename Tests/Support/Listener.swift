import Failures
import Glibc

/// A TCP port of this machine that a test listens on; nobody else answers there.
public final class Listener: Sendable {
  public let port: UInt16
  let descriptor: Int32

  /// Connections are taken by the system and never answered, until `accept` is called.
  public init() throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard isListening else {
      close(socket)
      throw Failure(.failed, "cannot listen on a port", causes: [String(cString: strerror(errno))])
    }
    descriptor = socket
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }

  /// A port that nobody listens on at this moment.
  public static func freePort() throws -> UInt16 { try Listener().port }

  /// Waits for the next client and gives its descriptor, which the caller closes; -1 when none comes in a minute.
  public func accept() -> Int32 {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 60_000) == 1 else { return -1 }
    return Glibc.accept(descriptor, nil, nil)
  }
}

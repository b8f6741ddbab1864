import Glibc

/// Opens the non-blocking socket to a target, one address after the other.
///
/// hiredis's own connect cannot be interrupted and tries only the first address when it does not block.
enum Connector {
  /// A connected descriptor, which the caller closes.
  static func connect(to endpoint: RedisTarget.Endpoint, patience: Patience) throws(ChannelProblem) -> Int32 {
    switch endpoint {
    case .unix(let path): try connectUnix(path, patience: patience)
    case .tcp(let host, let port): try connectTCP(host, port, patience: patience)
    }
  }

  private static func connectUnix(_ path: String, patience: Patience) throws(ChannelProblem) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard bytes.count < room.count, !bytes.contains(0) else { return false }
      room.copyBytes(from: bytes)
      return true
    }
    guard fits else { throw .system(call: path, code: ENAMETOOLONG) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let descriptor = try openSocket(AF_UNIX)
    do throws(ChannelProblem) {
      let status = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
      }
      try finish(descriptor, status: status, patience: patience)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func connectTCP(_ host: String, _ port: UInt16, patience: Patience) throws(ChannelProblem) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &found)
    guard status == 0 else { throw .resolution(host: host, message: String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(found) }
    var problem = ChannelProblem.resolution(host: host, message: "no address")
    var next = found
    while let candidate = next?.pointee {
      next = candidate.ai_next
      let descriptor = try openSocket(candidate.ai_family)
      do throws(ChannelProblem) {
        let status = Glibc.connect(descriptor, candidate.ai_addr, candidate.ai_addrlen)
        try finish(descriptor, status: status, patience: patience)
        var on: Int32 = 1
        // Without this, a small command waits for the acknowledgement of the one before it.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
      } catch {
        close(descriptor)
        switch error {
        case .interrupted, .timedOut: throw error
        default: problem = error
        }
      }
    }
    throw problem
  }

  private static func openSocket(_ family: Int32) throws(ChannelProblem) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    return descriptor
  }

  /// Waits for a connect under way; a full Unix socket answers EAGAIN, which is a refusal for us.
  private static func finish(_ descriptor: Int32, status: Int32, patience: Patience) throws(ChannelProblem) {
    if status == 0 { return }
    guard errno == EINPROGRESS || errno == EINTR else { throw .system(call: "connect", code: errno) }
    _ = try patience.wait(descriptor, for: Int16(POLLOUT))
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { throw .system(call: "connect", code: code) }
  }
}

import Glibc
import Redis
import Support
import Testing

@Suite("a server on the network")
struct NetworkTests {
  /// A port that nobody listens on now.
  private func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
      }
    }
    try #require(status == 0)
    return UInt16(bigEndian: address.sin_port)
  }

  @Test("is reached by number and by name, whichever of the name's addresses listens")
  func reached() throws {
    let port = try freePort()
    let server = try TestRedis.make(settings: ["--port", "\(port)", "--bind", "127.0.0.1"])
    for address in ["redis://127.0.0.1:\(port)/1", "localhost:\(port)", "redis://localhost:\(port)"] {
      let redis = try RedisConnection(RedisTarget(address))
      #expect(try redis.command("PING") == .status("PONG"))
      #expect(redis.target.description.hasSuffix(":\(port)") || redis.target.database == 1)
    }
    let big = RedisArgument([UInt8](repeating: 1, count: 3_000_000))
    let redis = try RedisConnection(RedisTarget("127.0.0.1:\(port)"))
    let replies = try redis.pipeline((0..<8).map { _ in ["ECHO", big] })
    #expect(replies.allSatisfy { $0 == .bytes(big.bytes) })
    server.crash()
    let failure = try #require(throws: RedisError.self) { try redis.command("PING") }.failure
    #expect(failure.kind == .unavailable)
    #expect(failure.message.contains("127.0.0.1:\(port)"))
  }

  @Test("that takes no more clients is a reason to try again")
  func tooManyClients() throws {
    let server = try TestRedis.make()
    let first = try server.connect()
    try first.command("CONFIG", "SET", "maxclients", "1")
    let error = try #require(throws: RedisError.self) {
      let second = try server.connect()
      try second.command("PING")
    }
    #expect(error.failure.kind == .tryAgain || error.isConnectionProblem)
  }

  @Test("that is another program is said not to be Redis")
  func otherProgram() throws {
    let port = try freePort()
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
    }
    try #require(status == 0 && listen(listener, 1) == 0)
    let server = Background { _ in
      let client = accept(listener, nil, nil)
      let answer = "HTTP/1.1 400 Bad Request\r\n\r\n"
      _ = answer.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
      usleep(100_000)
      close(client)
    }
    let failure = try #require(throws: RedisError.self) {
      _ = try RedisConnection(RedisTarget("127.0.0.1:\(port)"))
    }.failure
    try server.stop()
    #expect(failure.kind == .unavailable)
    #expect(failure.message.contains("does not speak Redis's protocol"), "\(failure)")
  }
}

import Glibc
import Redis
import Support
import Testing

@Suite("a server on the network")
struct NetworkTests {
  @Test("is reached by number and by name, whichever of the name's addresses listens")
  func reached() throws {
    let port = try Listener.freePort()
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
    let listener = try Listener()
    let server = Background {
      let client = listener.accept()
      let answer = "HTTP/1.1 400 Bad Request\r\n\r\n"
      _ = answer.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
      var byte: UInt8 = 0
      while read(client, &byte, 1) > 0 {}
      close(client)
    }
    let failure = try #require(throws: RedisError.self) {
      _ = try RedisConnection(RedisTarget("127.0.0.1:\(listener.port)"))
    }.failure
    try server.finish()
    #expect(failure.kind == .unavailable)
    #expect(failure.message.contains("does not speak Redis's protocol"), "\(failure)")
  }
}

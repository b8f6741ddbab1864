import Failures
import Redis
import Support
import Testing

@Suite("a network that is cut")
struct CutNetworkTests {
  let server: TestRedis
  let relay: Relay

  init() throws {
    server = try TestRedis.make()
    relay = try Relay(to: server.socket)
  }

  private func connect() throws -> RedisConnection { try RedisConnection(RedisTarget("127.0.0.1:\(relay.port)")) }

  @Test(
    "in the middle of a reply is a lost connection, and no half reply",
    arguments: [1, 4, 9, 10, 20_000, 32_768, 999_999])
  func inReply(bytes: Int) throws {
    let redis = try connect()
    let value = RedisArgument([UInt8](repeating: 120, count: 1_000_000))
    try redis.command("SET", "seat", value)
    relay.cut(afterAnswering: bytes)
    let (first, second) = (try redis.append(["GET", "seat"]), try redis.append(["GET", "seat"]))
    // The cut comes at the end of a piece that the relay took from the server, so the first may have come whole.
    let replies = [first, second].map { ticket in Result { () throws(RedisError) in try redis.checked(ticket) } }
    guard case .failure(let error) = replies[1] else {
      Issue.record("a reply after the cut")
      return
    }
    if case .success(let whole) = replies[0] { #expect(whole == .bytes(value.bytes)) }
    #expect(error.failure.kind == .unavailable)
    #expect(error.isConnectionProblem)
    try redis.reconnect()
    #expect(try redis.command("GET", "seat") == .bytes(value.bytes))
  }

  @Test("while a command is under way leaves in doubt whether it was done, and the error names it")
  func inDoubt() throws {
    let redis = try connect()
    let blocked = try redis.append(["BLPOP", "queue", "0"])
    try redis.flush()
    let observer = try server.connect()
    try waitUntil { try observer.information("clients")["blocked_clients"] == "1" }
    try relay.cut()
    let error = try #require(throws: RedisError.self) { try redis.checked(blocked) }
    #expect(error.command == "BLPOP")
    #expect(error.failure.message == "lost the connection to Redis at 127.0.0.1:\(relay.port) during BLPOP")
    guard case .connectionLost = error.reason else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("between two commands is found at the next, and one more connection helps")
  func idle() throws {
    let redis = try connect()
    try redis.command("SET", "k", "v")
    try relay.cut()
    #expect(try #require(throws: RedisError.self) { try redis.command("GET", "k") }.isConnectionProblem)
    #expect(throws: RedisError.self) { try redis.append(["GET", "k"]) }
    try redis.flush()
    try redis.reconnect()
    #expect(try redis.command("GET", "k").string == "v")
  }

  @Test("ends a scan with an error, not with a short list of keys")
  func scan() throws {
    let redis = try connect()
    _ = try redis.pipeline((0..<20_000).map { ["SET", "k\($0)", "v"] })
    var scan = redis.scan(count: 100)
    var pages = 0
    let error = try #require(throws: RedisError.self) {
      while try scan.nextPage() != nil {
        pages += 1
        if pages == 5 { try relay.cut() }
      }
    }
    #expect(error.command == "SCAN")
    #expect(pages >= 5 && pages < 200)
  }

  @Test("is what a client is told that the server has thrown out")
  func killed() throws {
    let redis = try server.connect()
    let id = try redis.command("CLIENT", "ID").integer
    try server.connect().command("CLIENT", "KILL", "ID", RedisArgument(id))
    let error = try #require(throws: RedisError.self) { try redis.command("GET", "k") }
    #expect(error.failure.message == "lost the connection to Redis at \(server.socket) during GET")
    try redis.reconnect()
    #expect(try redis.command("CLIENT", "GETNAME").string == "usher")
    #expect(try redis.command("CLIENT", "ID").integer > id)
  }

  @Test("is told apart from a server that says why it hangs up")
  func tooLarge() throws {
    let redis = try server.connect()
    try redis.command("CONFIG", "SET", "proto-max-bulk-len", "1mb")
    let error = try #require(throws: RedisError.self) {
      try redis.command("SET", "k", RedisArgument([UInt8](repeating: 1, count: 8_000_000)))
    }
    #expect(error.failure.causes == ["ERR Protocol error: invalid bulk length"])
  }
}

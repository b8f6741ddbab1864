import Failures
import Redis
import Support
import Testing

@Suite("the greeting")
struct GreetingTests {
  private func target(_ server: TestRedis, user: String? = nil, password: String? = nil, database: Int = 0)
    -> RedisTarget
  {
    RedisTarget(endpoint: .unix(path: server.socket), user: user, password: password, database: database)
  }

  private func failure(_ target: RedisTarget) throws -> Failure {
    try #require(throws: RedisError.self) { _ = try RedisConnection(target) }.failure
  }

  @Test("a password alone opens a server with requirepass; a wrong one, and none, are refused without being shown")
  func password() throws {
    let server = try TestRedis.make()
    try RedisConnection(target(server)).command("CONFIG", "SET", "requirepass", "opens me")
    #expect(try RedisConnection(target(server, password: "opens me")).command("PING") == .status("PONG"))
    let wrong = try failure(target(server, password: "hush-hush"))
    #expect(wrong.kind == .refused)
    #expect(!"\(wrong)".contains("hush-hush"))
    let none = try RedisConnection(target(server))
    let refusal = try #require(throws: RedisError.self) { try none.command("GET", "x") }.failure
    #expect(refusal.kind == .refused)
    #expect(refusal.hints.contains { $0.contains("USHER_REDIS") })
    #expect(try failure(target(server, database: 1)).kind == .refused)
  }

  @Test("a user with a password may do what the server allows, and is refused what it does not")
  func user() throws {
    let server = try TestRedis.make()
    let admin = try RedisConnection(target(server))
    try admin.command("ACL", "SETUSER", "kim", "on", ">비밀", "~waiting*", "+zcard", "+auth", "+select")
    let kim = try RedisConnection(target(server, user: "kim", password: "비밀"))
    #expect(try kim.command("ZCARD", "waiting_tokens") == .integer(0))
    let command = try #require(throws: RedisError.self) { try kim.command("GET", "waiting_tokens") }.failure
    #expect((command.kind, command.message.contains("GET")) == (.refused, true))
    #expect(try #require(throws: RedisError.self) { try kim.command("ZCARD", "other") }.failure.kind == .refused)
    #expect(try failure(target(server, user: "lee", password: "x")).kind == .refused)
    try admin.command("ACL", "SETUSER", "open", "on", "nopass", "+zcard", "~*")
    #expect(try RedisConnection(target(server, user: "open")).command("ZCARD", "x") == .integer(0))
  }

  @Test("a password for a server that has none is refused with that reason")
  func needlessPassword() throws {
    let server = try TestRedis.make()
    let failure = try failure(target(server, password: "x"))
    #expect(failure.kind == .refused)
    #expect(failure.message.contains("no password set"), "\(failure.message)")
  }

  @Test("the database is selected, and one that the server does not have is an error")
  func database() throws {
    let server = try TestRedis.make()
    try RedisConnection(target(server, database: 3)).command("SET", "k", "three")
    #expect(try RedisConnection(target(server)).command("GET", "k") == .null)
    #expect(try RedisConnection(target(server, database: 3)).command("GET", "k").string == "three")
    #expect(try failure(target(server, database: 99)).message.contains("SELECT"))
  }

  @Test("the server's list of clients shows usher's name")
  func clientName() throws {
    let server = try TestRedis.make()
    let redis = try RedisConnection(target(server))
    #expect(try redis.command("CLIENT", "GETNAME").string == "usher")
  }

  @Test("a replica refuses a write as read-only, with the way to the primary")
  func replica() throws {
    let server = try TestRedis.make(settings: ["--replicaof", "127.0.0.1 1"])
    let redis = try RedisConnection(target(server))
    let failure = try #require(throws: RedisError.self) { try redis.command("SET", "k", "v") }.failure
    #expect(failure.kind == .refused)
    #expect(failure.hints.contains { $0.contains("INFO replication") })
    let script = RedisScript(name: "write", source: "return redis.call('SET', KEYS[1], '1')")
    let scripted = try #require(throws: RedisError.self) { try redis.evaluate(script, keys: ["k"]) }
    #expect(scripted.serverCode == "READONLY")
  }

  @Test("a full server fails a write as out of memory")
  func memory() throws {
    let server = try TestRedis.make(settings: ["--maxmemory", "1"])
    let redis = try RedisConnection(target(server))
    let error = try #require(throws: RedisError.self) { try redis.command("SET", "k", "v") }
    #expect((error.serverCode, error.failure.kind) == ("OOM", .failed))
  }
}

import Failures
import Redis
import Support
import Testing

@Suite("user and password in an address")
struct CredentialTests {
  let server: TestRedis
  let admin: RedisConnection

  init() throws {
    server = try TestRedis.make()
    admin = try server.connect()
  }

  /// Percent-encodes everything, so that nothing can be mistaken for a separator.
  private func encoded(_ text: String) -> String {
    text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test(
    "open the server whatever characters they are made of",
    arguments: ["plain", "a b", "@:/?#[]%", "비밀번호", "%41", "back\\slash\"quote'", "tab\tand\nline", "*+-$1\r\n"])
  func characters(password: String) throws {
    try admin.command("CONFIG", "SET", "requirepass", RedisArgument(password))
    for user in ["", "default"] {
      let target = try RedisTarget("unix://\(user):\(encoded(password))@\(server.socket)?db=2")
      #expect((target.user, target.password, target.database) == (user.isEmpty ? nil : user, password, 2))
      #expect(try RedisConnection(target).command("PING") == .status("PONG"))
    }
    let wrong = try RedisTarget("unix://:\(encoded(password + "x"))@\(server.socket)")
    let error = try #require(throws: RedisError.self) { _ = try RedisConnection(wrong) }
    #expect((error.serverCode, error.failure.kind, error.command) == ("WRONGPASS", .refused, "AUTH"))
    for text in ["\(error)", "\(error.failure)"] { #expect(!text.contains(password)) }
  }

  @Test("show in no description and no dump of the target")
  func descriptions() throws {
    let target = try RedisTarget("redis://ann:s3cret@cache-1:6380/4")
    var dumped = ""
    dump([target], to: &dumped)
    for text in ["\(target)", String(reflecting: target), "\([target])", "\(Optional(target) as Any)", dumped] {
      #expect(!text.contains("s3cret") && !text.contains("ann"), "\(text)")
      #expect(text.contains("cache-1:6380/4"))
    }
  }

  @Test("of a user that is switched off, or that may not choose a database, are refused as such")
  func restricted() throws {
    try admin.command("ACL", "SETUSER", "kim", "off", ">right", "+@all", "~*")
    let off = RedisTarget(endpoint: .unix(path: server.socket), user: "kim", password: "right")
    #expect(try #require(throws: RedisError.self) { _ = try RedisConnection(off) }.serverCode == "WRONGPASS")
    try admin.command("ACL", "SETUSER", "kim", "on", "-select")
    #expect(try RedisConnection(off).command("PING") == .status("PONG"))
    var elsewhere = off
    elsewhere.database = 1
    let error = try #require(throws: RedisError.self) { _ = try RedisConnection(elsewhere) }
    #expect((error.serverCode, error.command, error.failure.kind) == ("NOPERM", "SELECT", .refused))
  }

  @Test("that were changed on the server keep an open connection and refuse a new one")
  func changed() throws {
    try admin.command("ACL", "SETUSER", "kim", "on", ">first", "+@all", "~*")
    let redis = try RedisConnection(
      RedisTarget(endpoint: .unix(path: server.socket), user: "kim", password: "first", database: 5))
    try redis.command("SET", "k", "five")
    try redis.reconnect()
    #expect(try redis.command("GET", "k").string == "five")
    try admin.command("ACL", "SETUSER", "kim", "resetpass", ">second")
    #expect(try redis.command("GET", "k").string == "five")
    #expect(try #require(throws: RedisError.self) { try redis.reconnect() }.failure.kind == .refused)
    let closed = try #require(throws: RedisError.self) { try redis.command("GET", "k") }
    #expect(closed.failure.kind == .unavailable)
  }

  @Test("are asked for again by a server that got a password meanwhile, without naming the command's words")
  func wanted() throws {
    try admin.command("CONFIG", "SET", "requirepass", "late")
    let bare = try server.connect()
    let error = try #require(throws: RedisError.self) { try bare.command("SET", "s3cret", "s3cret") }
    #expect((error.serverCode, error.failure.kind) == ("NOAUTH", .refused))
    #expect(!"\(error)".contains("s3cret"))
    #expect(error.failure.hints == ["set USHER_REDIS=redis://USER:PASSWORD@HOST:PORT"])
  }

  @Test("leave the client's name alone: one that the server does not take harms nothing")
  func names() throws {
    let odd = try server.connect(RedisOptions(clientName: "two words"))
    #expect(try odd.command("CLIENT", "GETNAME") == .null)
    let own = try server.connect(RedisOptions(clientName: "usher-drill"))
    #expect(try own.command("CLIENT", "GETNAME").string == "usher-drill")
  }
}

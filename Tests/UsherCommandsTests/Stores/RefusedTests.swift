import Postgres
import Redis
import Support
import Testing

@Suite("A store that refuses")
struct RefusedTests {
  @Test("a password that is missing or wrong is status 77, and is not repeated")
  func redisPassword() throws {
    let shop = try Shop()
    try shop.redis.command("CONFIG", "SET", "requirepass", "s3cret")
    let missing = try shop.usher("queue", "status")
    #expect(missing.status == 77)
    #expect(missing.errors.contains("requires a password\n"))
    let path = shop.server.socket
    let wrong = try shop.run(["queue", "status"], also: ["USHER_REDIS": "unix://:hunter2@\(path)"])
    #expect(wrong.status == 77)
    #expect(wrong.errors.contains("does not accept the user or the password"))
    #expect(!(wrong.output + wrong.errors).contains("hunter2"))
    #expect(try shop.run(["queue", "status"], also: ["USHER_REDIS": "unix://:s3cret@\(path)"]).status == 0)
  }

  @Test("a user who may only read can look, and is told what it may not do")
  func redisUser() throws {
    let shop = try Shop()
    try shop.redis.command("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read", "+@connection", "+info", "+time")
    let url = "unix://reader:pw@\(shop.server.socket)"
    #expect(try shop.run(["queue", "status"], also: ["USHER_REDIS": url]).status == 0)
    let run = try shop.run(["queue", "admit", "5", "--yes"], also: ["USHER_REDIS": url])
    #expect(run.status == 77)
    #expect(run.errors.contains("does not allow SET to this user"))
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(0))
  }

  @Test(
    "a replica can be read, and every change of Redis is refused with the way to the primary",
    arguments: [
      ["queue", "admit", "5"], ["cache", "evict", "concerts"], ["cache", "warm", "concertOption"],
    ])
  func replica(words: [String]) throws {
    let shop = try Shop()
    try shop.redis.command("REPLICAOF", "127.0.0.1", "1")
    let before = try shop.state()
    #expect(try shop.usher("queue", "status").status == 0)
    #expect(try shop.run(words + ["--dry-run"]).status == 0)
    let run = try shop.run(words + ["--yes"])
    #expect(run.status == 77, "\(run.errors)")
    #expect(run.errors.contains("is a read-only replica\n"))
    #expect(run.errors.contains("hint: find its primary with `redis-cli INFO replication`"))
    #expect(try shop.state() == before)
    #expect(try shop.isUntouched)
  }

  @Test(
    "a database that is read only can be read, and every change of it is refused",
    arguments: [
      ["index", "create", "seat", "status"], ["index", "drop", "seat_spare"], ["outbox", "replay"],
    ])
  func readOnlyDatabase(words: [String]) throws {
    let shop = try Shop()
    try shop.postgres.execute("ALTER DATABASE \(shop.database.name) SET default_transaction_read_only = on")
    let before = try shop.state()
    for reading in [["index", "list"], ["outbox", "status"], ["query", "slow"], ["history"]] {
      #expect(try shop.run(reading).status == 0, "\(reading)")
    }
    let run = try shop.run(words + ["--yes"])
    #expect(run.status == 77, "\(run.errors)")
    #expect(run.errors.lowercased().contains("read-only"), "\(run.errors)")
    #expect(try shop.state() == before)
  }

  @Test("a role or a database that does not exist is told as such")
  func postgresLogin() throws {
    let shop = try Shop()
    let role = try shop.run(
      ["index", "list"], also: ["USHER_POSTGRES": shop.database.conninfo.replacing("user=usher", with: "user=nobody")])
    #expect(role.status == 77)
    #expect(role.errors.contains("role \"nobody\" does not exist"))
    let database = try shop.run(
      ["index", "list"],
      also: ["USHER_POSTGRES": shop.database.conninfo.replacing(shop.database.name, with: "nonesuch")])
    #expect(database.status == 69)
    #expect(database.errors.contains("no such database, nonesuch at "))
  }

  @Test("a role that may not see a table is told which")
  func postgresPrivileges() throws {
    let shop = try Shop()
    let role = "poor_\(shop.database.name)"
    try shop.postgres.script("CREATE ROLE \(role) LOGIN")
    defer { _ = try? shop.postgres.script("DROP OWNED BY \(role); DROP ROLE \(role)") }
    let variables = ["USHER_POSTGRES": shop.database.conninfo.replacing("user=usher", with: "user=\(role)")]
    for words in [["outbox", "status"], ["outbox", "replay", "--dry-run"]] {
      let run = try shop.run(words, also: variables)
      #expect(run.status == 77, "\(words): \(run.errors)")
      #expect(run.errors.contains("permission denied for table outbox_event"))
    }
    let owner = try shop.run(["index", "create", "seat", "status", "--yes"], also: variables)
    #expect(owner.status == 77)
    #expect(try shop.postgres.query("SELECT FROM pg_class WHERE relname = 'seat_status_idx'").isEmpty)
  }

  @Test(
    "a key of another type is told with both types, and nothing is changed",
    arguments: [
      (
        ["SET", "waiting_tokens", "x"], "holds a string, but queue 'tickets' keeps its waiting people in a sorted set"
      ),
      (
        ["RPUSH", "waiting_tokens", "x"], "holds a list, but queue 'tickets' keeps its waiting people in a sorted set"
      ),
      (
        ["ZADD", "active_tokens", "1", "x"],
        "holds a sorted set, but queue 'tickets' keeps its active people in a set"
      ),
    ])
  func wrongType(command: [String], message: String) throws {
    let shop = try Shop()
    try shop.redis.command("DEL", RedisArgument(command[1]))
    try shop.redis.command(command.map { RedisArgument($0) })
    let before = try shop.state()
    for words in [["queue", "status"], ["queue", "admit", "5", "--yes"], ["queue", "admit", "5", "--dry-run"]] {
      let run = try shop.run(words)
      #expect(run.status == 65)
      #expect(run.errors.contains(message), "\(run.errors)")
    }
    #expect(try shop.state() == before)
    #expect(try shop.isUntouched)
  }
}

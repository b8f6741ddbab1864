import Glibc
import Redis
import Support
import Testing

@Suite("usher queue show")
struct QueueShowTests {
  @Test("show finds somebody by token and by user, in a queue of any layout")
  func show() throws {
    let program = try QueueProgram(
      "preset: zset-expiry, waiting: w, active: a, member: json, token-path: data.token, user-path: user, active-ttl: 60s"
    )
    for number in 0..<20 {
      try program.redis.command(
        "ZADD", "w", RedisArgument(1_700_000_000_000 + number),
        RedisArgument(#"{"user":\#(number),"data":{"token":"t\#(number)"}}"#))
    }
    let byToken = try JSONValue(parsing: try program.run("queue", "show", "t7", "-o", "json").output)
    #expect((byToken["state"]?.text, byToken["position"]?.number, byToken["ahead"]?.number) == ("waiting", 8, 7))
    #expect((byToken["user"]?.text, byToken["waiting"]?.number) == ("7", 20))
    let byUser = try JSONValue(parsing: try program.run("queue", "show", "--user", "7", "-o", "json").output)
    #expect(byUser["token"]?.text == "t7")
    #expect(try program.run("queue", "admit", "10", "--yes").status == 0)
    let active = try JSONValue(parsing: try program.run("queue", "show", "--user", "7", "-o", "json").output)
    #expect((active["state"]?.text, active["position"], active["token"]?.text) == ("active", .null, "t7"))
    #expect(active["expires_at"]?.text?.hasSuffix("Z") == true)
    let list = try program.run("queue", "list", "--limit", "1", "-o", "jsonl").records()
    #expect((list[0]["token"]?.text, list[0]["user"]?.text) == ("t10", "10"))
  }

  @Test("show says who is not there, and ends with 1; what is missing on the line is wrong usage")
  func unknown() throws {
    let program = try QueueProgram()
    try program.enqueue(3)
    let run = try program.run("queue", "show", "nobody")
    #expect(run.status == 1)
    #expect(run.output.contains("unknown") && run.errors.contains("token not found in queue 'tickets'"))
    for words in [
      ["show"], ["show", "t", "--user", "7"], ["show", "--user", "7"], ["show", "token-1", "--queue", "x"],
    ] {
      #expect(try Binary.run(["queue"] + words, environment: program.environment).status == 64, "\(words)")
    }
    try Snapshot.match(try program.run("queue", "show", "nobody", "-o", "json"), "queue-show-unknown-json")
  }

  @Test("show --measure estimates from who left the line meanwhile")
  func measured() throws {
    let program = try QueueProgram()
    try program.enqueue(1000)
    let server = program.server
    let leaving = Background { background in
      let redis = try server.connect()
      while !background.isStopping {
        try redis.command("ZPOPMIN", "waiting", "1")
        usleep(5000)
      }
    }
    let run = try program.run("queue", "show", "token-900", "--measure", "300ms", "-o", "json")
    try leaving.stop()
    let found = try JSONValue(parsing: run.output)
    #expect(found["estimate_at_least_ms"]?.number ?? 0 > 0, "\(run.output)")
    #expect(found["basis"]?.text?.contains("left the queue in") == true)
    let still = try JSONValue(
      parsing: try program.run("queue", "show", "token-900", "--measure", "100ms", "-o", "json").output)
    #expect(still["estimate_at_least_ms"] == .null)
  }
}

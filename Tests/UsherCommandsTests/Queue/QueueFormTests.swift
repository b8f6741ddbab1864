import Redis
import Support
import Testing

@Suite("usher queue on other forms than the presets")
struct QueueFormTests {
  @Test("remove --active finds people by token among whole members, and undo gives everything back")
  func removeMembers() throws {
    let program = try QueueProgram(
      "preset: zset-expiry, waiting: waiting, active: active, member: json, token-path: t, user-path: u")
    let end = 9_999_999_999_999
    for (key, token) in [("waiting", "t1"), ("waiting", "t2"), ("active", "a1"), ("active", "a2")] {
      try program.redis.command(
        "ZADD", RedisArgument(key), RedisArgument(end), RedisArgument(#"{"t":"\#(token)","u":1}"#))
    }
    let plan = try program.run("queue", "remove", "a1", "t1", "x", "--active", "--dry-run")
    #expect(plan.output.contains("remove 2 people, waiting or active,"), "\(plan.output)\(plan.errors)")
    let run = try program.run("queue", "remove", "a1", "t1", "x", "--active", "--yes")
    #expect(run.output.hasPrefix("removed 2 of 2"), "\(run.output)\(run.errors)")
    #expect(
      try program.redis.command("ZRANGE", "active", "0", "-1").array.map { try $0.string } == [#"{"t":"a2","u":1}"#])
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("returned 2 of 2"))
    #expect(try program.redis.command("ZCARD", "active") == .integer(2))
    #expect(try program.redis.command("ZSCORE", "active", #"{"t":"a1","u":1}"#).string == "\(end)")
  }

  @Test("expire works where the expiry is inside the member, and undo puts it back")
  func expireMembers() throws {
    let program = try QueueProgram("preset: set-ttl, waiting: waiting, active: active, active-form: set-expiry")
    try program.redis.command("SADD", "active", "a:1000", "b:2000", "c:9999999999999", "c:3000")
    let plan = try program.run("queue", "expire", "--dry-run")
    #expect(plan.output.contains("remove 2 expired active people"), "\(plan.output)\(plan.errors)")
    #expect(try program.run("queue", "expire", "--yes").output.hasPrefix("removed 2 of 2 expired active people"))
    #expect(try program.redis.command("SCARD", "active") == .integer(2))
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("returned 2 of 2"))
    #expect(try program.redis.command("SMISMEMBER", "active", "a:1000", "b:2000").array == [.integer(1), .integer(1)])
  }

  @Test("places with an end are shown, told of in the plan of an admission and of a move, and given by issue")
  func places() throws {
    let settings = "preset: set-ttl, waiting: waiting, active: active, score: expiry-s"
    let program = try QueueProgram(settings)
    try program.redis.command("ZADD", "waiting", "1700000000", "over", "4102444800", "late")
    let list = try program.run("queue", "list", "-o", "jsonl").records()
    #expect(list.map { $0["expires_at"]?.text } == ["2023-11-14T22:13:20.000Z", "2100-01-01T00:00:00.000Z"])
    #expect(list[0]["arrived_at"] == .null && list[0]["waited_ms"] == .null)
    let table = try program.run("queue", "list").output.split(separator: "\n")
    #expect(table[0].split(separator: " ").map(String.init) == ["position", "token", "expires"])
    let person = try JSONValue(parsing: try program.run("queue", "show", "late", "-o", "json").output)
    #expect(person["expires_at"]?.text == "2100-01-01T00:00:00.000Z")
    let status = try program.run("queue", "status")
    #expect(status.errors.contains("queue 'tickets': 1 waiting person has expired"), "\(status.errors)")
    let record = try program.run("queue", "status", "-o", "jsonl").records()[0]
    #expect(record["waiting_over"]?.number == 1 && record["oldest_wait_ms"] == .null)
    let admission = try program.run("queue", "admit", "2", "--dry-run")
    #expect(
      (admission.output + admission.errors).contains(
        "1 waiting person has expired; usher admits this person like all others"))
    let move = try program.run("queue", "move", "late", "--to", "front", "--dry-run")
    #expect(
      (move.output + move.errors).contains(
        "1 of them will have expired at the new position, and the service may remove this person"), "\(move)")
    #expect((move.output + move.errors).contains("and another expiry"))
    let refused = try program.run("queue", "issue", "new", "--yes")
    #expect(refused.status == 77 && refused.errors.contains("waiting-ttl: 30m"), "\(refused.errors)")
    let path = try program.file("queues:\n  tickets: {\(settings), waiting-ttl: 30m}\n")
    let issued = try Binary.run(["--config", path, "queue", "issue", "new", "--yes"], environment: program.environment)
    #expect(issued.status == 0, "\(issued.errors)")
    // Behind the last one.
    #expect(try program.redis.command("ZSCORE", "waiting", "new").string == "4102444801")
  }
}

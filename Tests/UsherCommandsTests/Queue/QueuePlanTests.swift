import Redis
import Support
import Testing

@Suite("usher queue plan")
struct QueuePlanTests {
  @Test("knows nothing of an empty queue that nobody told it about, and says what would tell")
  func unknown() throws {
    let program = try QueueProgram()
    try Snapshot.match(try program.run("queue", "plan"), "queue-plan-unknown")
    try Snapshot.match(try program.run("queue", "plan", "-o", "json"), "queue-plan-unknown-json")
    #expect(try program.redis.command("DBSIZE") == .integer(0))
  }

  @Test("works out what to admit and to hold from what it is told")
  func told() throws {
    let program = try QueueProgram()
    try program.enqueue(4200)
    let words = ["queue", "plan", "--throughput", "7/s", "--flow-time", "5m", "--headroom", "20%"]
    // The tokens of the fixture came years ago, so nobody came in the last minute.
    try Snapshot.match(try Binary.run(words, environment: program.environment), "queue-plan")
    try Snapshot.match(
      try Binary.run(words + ["--rate", "420/min", "-o", "json"], environment: program.environment), "queue-plan-json")
  }

  @Test("says never when as many come as are admitted, and perhaps when the range holds both")
  func never() throws {
    let program = try QueueProgram()
    let now = try program.microseconds() / 1000
    try program.redis.command("ZADD", "waiting", RedisArgument(now - 600_000), "first")
    for number in 0..<200 {
      try program.redis.command("ZADD", "waiting", RedisArgument(now - 1000 - number * 100), "token-\(number)")
    }
    func plan(_ rate: String) throws -> JSONValue {
      try JSONValue(parsing: try program.run("queue", "plan", "--rate", rate, "-o", "json").output)
    }
    let never = try plan("100/min")
    #expect(never["empties"]?.text == "never")
    #expect(never["empty_min_ms"] == .null && never["empty_max_ms"] == .null)
    let perhaps = try plan("200/min")
    #expect(perhaps["empties"]?.text == "perhaps")
    #expect(perhaps["empty_min_ms"]?.number != nil && perhaps["empty_max_ms"] == .null)
    let within = try plan("1000/min")
    #expect(within["empties"]?.text == "yes")
    #expect(try #require(within["empty_min_ms"]?.number) < #require(within["empty_max_ms"]?.number))
    #expect(try program.run("queue", "plan", "--rate", "100/min").output.contains("never, at 100/min (--rate)"))
  }

  @Test("beyond the capacity it warns with what the capacity allows")
  func capacity() throws {
    let program = try QueueProgram()
    let run = try program.run("queue", "plan", "--throughput", "10/s", "--flow-time", "5m")
    #expect(run.status == 0)
    #expect(run.errors == "warning: queue 'tickets': the capacity of 2,500 allows at most 500 per minute\n")
  }

  @Test("a measurement has its figures in the plan")
  func measured() throws {
    let program = try QueueProgram("preset: set-ttl, waiting: waiting, active: active, active-ttl: 300s")
    try program.enqueue(10)
    let run = try program.run("queue", "plan", "--measure", "1s", "-o", "json")
    #expect(run.status == 0, "\(run.errors)")
    let plan = try JSONValue(parsing: run.output)
    #expect(plan["outflow_per_min"]?.number == 0)
    #expect(plan["throughput_per_s"] == .null)
    #expect(plan["throughput_source"]?.text == "nobody finished during the measurement; give --throughput 7/s")
  }

  @Test(
    "what is no rate, time or share is wrong usage",
    arguments: [
      ["--rate", "7"], ["--throughput", "0/s"], ["--flow-time", "5"], ["--headroom", "20"], ["--headroom", "101%"],
      ["--measure", "0s"], ["--queue", "x"],
    ])
  func usage(words: [String]) throws {
    let program = try QueueProgram()
    let run = try Binary.run(["queue", "plan"] + words, environment: program.environment)
    #expect(run.status == 64, "\(run.errors)")
  }

  @Test("a key of the wrong type is bad input")
  func wrongType() throws {
    let program = try QueueProgram()
    try program.redis.command("SET", "waiting", "x")
    #expect(try program.run("queue", "plan").status == 65)
    #expect(try program.run("queue", "plan", "--measure", "1s").status == 65)
  }
}

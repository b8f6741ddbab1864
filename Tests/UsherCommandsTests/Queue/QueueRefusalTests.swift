import Redis
import Support
import Testing

@Suite("what the queue commands refuse")
struct QueueRefusalTests {
  @Test(
    "tokens from nowhere or from two places, and a place that is missing, are wrong usage",
    arguments: [
      ["remove"], ["remove", "a", "--file", "x"], ["move", "a"], ["move", "--to", "front"], ["issue"],
      ["issue", "a", "--count", "3"], ["issue", "--count", "0"], ["issue", "--count", "500001"], ["park", "a"],
      ["park", "--rate", "5/s"], ["unpark", "a", "b"], ["expire", "5"],
    ])
  func usage(words: [String]) throws {
    let run = try QueueProgram().run(["queue"] + words + ["--yes"])
    #expect(run.status == 64, "\(words) \(run.errors)")
  }

  @Test(
    "without consent, or beyond the bound, nothing changes",
    arguments: [
      ["remove", "token-1", "token-2"], ["move", "token-1", "token-2", "--to", "front"], ["park"],
      ["issue", "a", "b"],
    ])
  func consent(words: [String]) throws {
    let program = try QueueProgram()
    try program.enqueue(5)
    let before = try program.line()
    #expect(try program.run(["queue"] + words).status == 77)
    #expect(try program.run(["queue"] + words + ["--yes", "--max-affected", "1"]).status == 77)
    try program.redis.command("SET", "usher:{waiting}:lock", "lee@ops-2 77 abc", "PX", "60000")
    #expect(try program.run(["queue"] + words + ["--yes"]).status == 75)
    #expect(try program.line() == before)
    try program.redis.command("DEL", "usher:{waiting}:lock")
    #expect(try program.run(["queue"] + words + ["--yes", "--max-affected", "5"]).status == 0)
    #expect(try program.line() != before)
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.line() == before)
  }

  @Test(
    "a key of the wrong type is bad input for each of them",
    arguments: [
      ["remove", "a"], ["move", "a", "--to", "front"], ["park"], ["unpark"], ["issue", "a"],
    ])
  func wrongType(words: [String]) throws {
    let program = try QueueProgram()
    try program.redis.command("RPUSH", "waiting", "x")
    let run = try program.run(["queue"] + words + ["--yes"])
    #expect(run.status == (words == ["unpark"] ? 0 : 65), "\(run.errors)")
    #expect(try program.redis.command("LLEN", "waiting") == .integer(1))
  }

  @Test("a key of the wrong type is bad input, and no server is unavailable")
  func badStores() throws {
    let program = try QueueProgram()
    try program.redis.command("SET", "waiting", "x")
    let run = try program.run("queue", "status")
    #expect(run.status == 65)
    #expect(run.errors.contains("the key 'waiting' holds a string"))
    #expect(try program.run("queue", "admit", "5", "--yes").status == 65)
    var environment = program.environment
    environment["USHER_REDIS"] = "/nowhere.sock"
    let away = try Binary.run(["queue", "admit", "5", "--yes"], environment: environment)
    #expect(away.status == 69)
  }
}

import Redis
import Support
import Testing

@Suite("usher queue list")
struct QueueListTests {
  @Test("list gives everybody on a pipe, in order, in each format the same")
  func list() throws {
    let program = try QueueProgram()
    try program.enqueue(2345)
    let run = try program.run("queue", "list", "-o", "jsonl")
    let rows = try run.records()
    #expect((run.status, run.errors, rows.count) == (0, "", 2345))
    let line = try program.line().pairs.map { try $0.0.string }
    #expect(rows.map { $0["token"]?.text } == line)
    #expect(rows.map { $0["position"]?.number } == (1...2345).map { Double($0) })
    #expect(
      rows[4].names == [
        "admitted_at", "arrived_at", "expires_at", "member", "position", "queue", "score", "token", "user", "waited_ms",
      ])
    #expect(rows[4]["score"]?.number == 1_700_000_000_001)
    #expect(rows[4]["arrived_at"]?.text == "2023-11-14T22:13:20.001Z")
    #expect((rows[4]["member"], rows[4]["user"], rows[4]["expires_at"]) == (.null, .null, .null))
    let csv = try program.run("queue", "list", "-o", "csv").output.split(separator: "\n")
    #expect(csv.count == 2346)
    let table = try program.run("queue", "list").output.split(separator: "\n")
    #expect(table.count == 2346)
    #expect(table[0].split(separator: " ").map(String.init) == ["position", "token", "arrived", "waited"])
    #expect(
      try program.run("queue", "list", "-o", "json").output.hasPrefix("[\n{\"queue\": \"tickets\", \"position\": 1,"))
  }

  @Test("list begins where it is told, and ends there")
  func page() throws {
    let program = try QueueProgram()
    try program.enqueue(100)
    let rows = try program.run("queue", "list", "--from", "41", "--limit", "3", "-o", "jsonl").records()
    #expect(rows.map { $0["position"]?.number } == [41, 42, 43])
    #expect(try program.run("queue", "list", "--from", "101", "-o", "csv").output.split(separator: "\n").count == 1)
    #expect(try program.run("queue", "list", "--limit", "0").status == 64)
    #expect(try program.run("queue", "list", "--from", "0").status == 64)
  }

  @Test("list shows a page on a terminal, and how to go on")
  func terminal() throws {
    let program = try QueueProgram()
    try program.enqueue(60)
    let environment = program.environment.merging(["TERM": "xterm"]) { $1 }
    let first = try Binary.runInTerminal(["queue", "list", "--color=never"], environment: environment)
    #expect(first.output.contains("rows 1 to 50 are shown; continue with `--from 51`"))
    #expect(first.output.split(separator: "\n").count == 52)
    let all = try Binary.runInTerminal(["queue", "list", "--limit", "70", "--color=never"], environment: environment)
    #expect(all.output.split(separator: "\n").count == 61)
    let few = try QueueProgram()
    try few.enqueue(3)
    let whole = try Binary.runInTerminal(
      ["queue", "list"], environment: few.environment.merging(["TERM": "xterm"]) { $1 })
    #expect(!whole.output.contains("are shown"))
  }

  @Test("list --active gives expiries where the store tells them, and list escapes what a terminal would obey")
  func active() throws {
    let program = try QueueProgram("preset: set-ttl, waiting: w, active: a, active-form: set-expiry, active-ttl: 60s")
    try program.redis.command("SADD", "a", "x\u{1B}[2J:4102444800000", "gone:1000")
    let run = try program.run("queue", "list", "--active", "-o", "jsonl")
    let rows = try run.records()
    #expect(rows.count == 1)
    #expect(rows[0]["token"]?.text == "x\\x1b[2J" && !run.output.contains("\u{1B}"))
    #expect(rows[0]["expires_at"]?.text == "2100-01-01T00:00:00.000Z")
    let table = try program.run("queue", "list", "--active").output
    #expect(table.hasPrefix("position  token") && table.contains("x\\x1b[2J"))
  }

  @Test("list ends when nobody reads on, without a word")
  func closedPipe() throws {
    let program = try QueueProgram()
    try program.enqueue(5000)
    let run = try Shell.run(
      "\"$USHER\" queue list -o jsonl | head -n 2 | wc -l", environment: program.environment)
    #expect((run.output.filter { $0.isNumber }, run.errors) == ("2", ""))
  }
}

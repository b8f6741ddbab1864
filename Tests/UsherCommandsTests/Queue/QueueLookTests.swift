import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("looking at a queue's people")
struct QueueLookTests {
  private func rows(_ run: Binary.Run) throws -> [JSONValue] {
    try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  @Test("list gives everybody on a pipe, in order, in each format the same")
  func list() throws {
    let program = try QueueProgram()
    try program.enqueue(2345)
    let run = try program.run("queue", "list", "-o", "jsonl")
    let rows = try rows(run)
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
    let rows = try rows(try program.run("queue", "list", "--from", "41", "--limit", "3", "-o", "jsonl"))
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
    #expect(first.output.contains("these are the first 50; go on with --from 51"))
    #expect(first.output.split(separator: "\n").count == 52)
    let all = try Binary.runInTerminal(["queue", "list", "--limit", "70", "--color=never"], environment: environment)
    #expect(all.output.split(separator: "\n").count == 61)
    let few = try QueueProgram()
    try few.enqueue(3)
    let whole = try Binary.runInTerminal(
      ["queue", "list"], environment: few.environment.merging(["TERM": "xterm"]) { $1 })
    #expect(!whole.output.contains("go on with"))
  }

  @Test("list --active gives expiries where the store tells them, and list escapes what a terminal would obey")
  func active() throws {
    let program = try QueueProgram("preset: set-ttl, waiting: w, active: a, active-form: set-expiry, active-ttl: 60s")
    try program.redis.command("SADD", "a", "x\u{1B}[2J:4102444800000", "gone:1000")
    let run = try program.run("queue", "list", "--active", "-o", "jsonl")
    let rows = try rows(run)
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
    let list = try rows(try program.run("queue", "list", "--limit", "1", "-o", "jsonl"))
    #expect((list[0]["token"]?.text, list[0]["user"]?.text) == ("t10", "10"))
  }

  @Test("show says who is not there, and ends with 1; what is missing on the line is wrong usage")
  func unknown() throws {
    let program = try QueueProgram()
    try program.enqueue(3)
    let run = try program.run("queue", "show", "nobody")
    #expect(run.status == 1)
    #expect(run.output.contains("unknown") && run.errors.contains("nobody like this was found in queue 'tickets'"))
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
    #expect(found["basis"]?.text?.contains("left the line in") == true)
    let still = try JSONValue(
      parsing: try program.run("queue", "show", "token-900", "--measure", "100ms", "-o", "json").output)
    #expect(still["estimate_at_least_ms"] == .null)
  }

  @Test("status --watch gives a record a look until Ctrl-C, which is a good end")
  func watch() throws {
    let program = try QueueProgram("preset: proceed-zset, waiting: waiting, active: active")
    try program.enqueue(100)
    let output = "/tmp/usher-watch-\(getpid())-\(UInt32.random(in: .min ... .max))"
    defer { unlink(output) }
    var command = ChildCommand(
      "/bin/sh", ["-c", "exec \"$0\" queue status --watch 100ms -o jsonl > \(output)", try Binary.path()],
      environment: program.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    func lines() -> [String] {
      guard let file = fopen(output, "r") else { return [] }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self).split(separator: "\n")
        .map(String.init)
    }
    while lines().count < 2, child.poll() == nil { usleep(2000) }
    try program.redis.command("ZREMRANGEBYRANK", "waiting", "0", "39")
    let count = lines().count
    while lines().count < count + 3, child.poll() == nil { usleep(2000) }
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(0))
    let records = try lines().map { try JSONValue(parsing: $0) }
    #expect(records.contains { ($0["admissions_per_minute"]?.number ?? 0) > 0 })
    #expect(records.last?["waiting"]?.number == 60)
    #expect(Set(records.map { $0["measured_at"]?.text }).count == records.count)
    #expect(try program.run("queue", "status", "--watch", "1s", "-o", "json").status == 64)
  }

  @Test("status tells of a pause and of those who were set aside")
  func pauseAndAside() throws {
    let program = try QueueProgram()
    try program.enqueue(3)
    try program.redis.command("SET", "usher:{waiting}:paused", "1", "PX", "600000")
    try program.redis.command("HSET", "usher:{waiting}:parked", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "1")
    try program.redis.command("ZADD", "usher:{waiting}:parked:01ARZ3NDEKTSV4RRFFQ69G5FAV", "1", "a", "2", "b")
    let run = try program.run("queue", "status")
    #expect(run.errors.contains("queue 'tickets' is paused until 20"))
    #expect(run.errors.contains("2 are set aside"))
    let record = try JSONValue(parsing: try program.run("queue", "status", "-o", "jsonl").output)
    #expect(record["aside"]?.number == 2 && record["paused_until"]?.text?.hasSuffix("Z") == true)
  }

  @Test("doctor tells what is wrong with a queue, and a problem of it ends with 1")
  func doctor() throws {
    let program = try QueueProgram("preset: set-ttl, waiting: waiting, active: active, member: token:user")
    try program.redis.command("ZADD", "waiting", "1", "strange", "2", "a:1")
    let run = try program.run("doctor")
    #expect(run.status == 1)
    for text in [
      "tickets: members", "such as 'strange'", "tickets: scores", "tickets: idle", "2 wait, and nobody is active",
    ] {
      #expect(run.output.contains(text), "\(text) in \(run.output)")
    }
    #expect(run.errors.contains("hint: queue, tickets: members: compare them"))
    try program.redis.command("DEL", "waiting")
    #expect(try program.run("doctor").output.contains("0 waiting, 0 active"))
    try program.redis.command("SET", "waiting", "x")
    #expect(try program.run("doctor").output.contains("the key \"waiting\" holds a string"))
  }
}

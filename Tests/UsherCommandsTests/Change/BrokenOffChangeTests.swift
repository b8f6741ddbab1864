import Glibc
import Redis
import Sandbox
import Support
import Testing

/// Redis dies while usher changes it: the status, the counts, and what the person on call is told.
@Suite("A change whose Redis dies in the middle")
struct BrokenOffChangeTests {
  /// Starts a change, lets the server die once it has begun, and gives the change's end.
  private func run(
    _ words: [String], environment: [String: String], _ server: TestRedis, once hasBegun: () throws -> Bool
  ) throws -> Binary.Run {
    let base = "/tmp/usher-broken-\(getpid())-\(UInt32.random(in: .min ... .max))"
    let (output, errors) = (base + ".out", base + ".err")
    defer { for path in [output, errors] { unlink(path) } }
    var command = ChildCommand(try Binary.path(), words, environment: environment)
    command.isSessionLeader = true
    command.output = .appending(output)
    command.error = .appending(errors)
    let child = try command.spawn()
    while try !hasBegun() { usleep(2_000) }
    server.crash()
    let status = child.wait().shellStatus
    return Binary.Run(
      status: status, output: try SourceFiles.text(of: output), errors: try SourceFiles.text(of: errors))
  }

  private func number(_ text: Substring) -> Int { Int(text.filter { $0 != "," }) ?? -1 }

  @Test("is status 1 with what is known to be done; history has no less afterwards, and undo takes all of it back")
  func admission() throws {
    let program = try QueueProgram(settings: TestRedis.durable("broken-admit"))
    try program.enqueue(20_000)
    let before = try program.line()
    let run = try run(
      ["queue", "admit", "20000", "--rate", "4000/s", "--yes"], environment: program.environment, program.server
    ) { try program.activeCount() > 500 }
    #expect(run.status == 1, "\(run)")
    let said = try #require(
      run.output.firstMatch(of: #/^admitted at least ([\d,]+) of 20,000; undo with: usher undo (01\w+)\n/#), "\(run)")
    let (count, id) = (number(said.1), String(said.2))
    #expect(count > 0)
    for part in [
      "usher: failed after at least \(said.1) of 20,000\n", "  cause: ", "Redis at \(program.server.socket)",
      "  hint: check USHER_REDIS", "`usher history \(id)`", "`usher undo \(id)`",
    ] {
      #expect(run.errors.contains(part), "\(part) in \(run.errors)")
    }
    try program.server.restart()
    try program.redis.reconnect()
    let record = try JSONValue(parsing: try program.run("history", id, "-o", "json").output)
    let changed = Int(record["changed"]?.number ?? -1)
    // Its process has ended without a word to the server.
    #expect(record["state"]?.text == "lost")
    #expect(changed >= count)
    #expect(try program.activeCount() == changed)
    // What it held is nobody's any more.
    let undone = try program.run("undo", id, "--yes")
    #expect(undone.status == 0, "\(undone)")
    #expect(try program.line() == before)
    #expect(try JSONValue(parsing: try program.run("history", id, "-o", "json").output)["state"]?.text == "undone")
  }

  @Test("leaves nobody in line whose random token was not printed")
  func randomTokens() throws {
    let program = try QueueProgram(settings: TestRedis.durable("broken-issue"))
    let run = try run(
      ["queue", "issue", "--count", "20000", "--rate", "4000/s", "--yes"], environment: program.environment,
      program.server
    ) { try program.waitingCount() > 500 }
    #expect(run.status == 1, "\(run.errors)")
    #expect(run.errors.contains("issued at least "), "\(run.errors)")
    let printed = Set(run.output.split(separator: "\n").map(String.init))
    try program.server.restart()
    try program.redis.reconnect()
    let waiting = Set(try program.redis.command("ZRANGE", "waiting", "0", "-1").array.map { try $0.string })
    #expect(waiting.count > 500)
    #expect(waiting.subtracting(printed).isEmpty)
  }

  @Test("an unpark that did not finish tells how to continue it, and the next change does so once")
  func restore() throws {
    let program = try QueueProgram(settings: TestRedis.durable("broken-restore"))
    var drain = ""
    /// Lets the server die while those set aside move; they are fewer than the newcomers, so that each is counted as it moves.
    func attempt() throws -> Binary.Run {
      try program.redis.command("UNLINK", "waiting")
      try program.enqueue(60_000)
      #expect(try program.run("queue", "park", "--yes").status == 0)
      drain = try program.newestOperation()
      for start in stride(from: 0, to: 70_000, by: 1000) {
        try program.redis.command(
          ["ZADD", "waiting"] + (start..<start + 1000).flatMap { [RedisArgument($0), RedisArgument("new-\($0)")] })
      }
      return try self.run(["queue", "unpark", "--yes"], environment: program.environment, program.server) {
        try program.waitingCount() > 71_000
      }
    }
    var run = try attempt()
    // On a busy machine it may have been done before.
    for _ in 0..<9 where run.status == 0 {
      try program.server.restart()
      try program.redis.reconnect()
      run = try attempt()
    }
    #expect(run.status == 1, "\(run)")
    let ways = run.errors.split(separator: "\n").filter { $0.contains(drain) }
    #expect(ways.count == 1 && ways.first?.contains("`usher queue unpark \(drain) --queue tickets`") == true, "\(run)")
    try program.server.restart()
    try program.redis.reconnect()
    let plan = try program.run("queue", "admit", "1", "--dry-run")
    #expect(plan.errors.contains(" did not finish; it has changed "), "\(plan)")
    #expect(plan.errors.contains("; continue it with `usher undo \(drain)`\n"), "\(plan)")
    let aside = Int(try program.redis.command("ZCARD", RedisArgument("usher:{waiting}:parked:\(drain)")).integer)
    #expect(
      plan.errors.replacing(",", with: "").contains("warning: \(aside) people are set aside and not in this line; "),
      "\(plan)")
    let again = try program.run("queue", "unpark", "--yes")
    #expect(again.status == 0 && again.errors.contains(", and this command continues it\n"), "\(again)")
    #expect(try program.waitingCount() == 130_000)
  }

  @Test("is told to scripts as a number that is one of at least")
  func json() throws {
    let program = try CacheProgram()
    try program.fill(25_000)
    let run = try run(
      ["cache", "evict", "concertOption", "--rate", "2000/s", "--yes", "-o", "json"], environment: program.environment,
      program.server
    ) { try program.count("concertOption::*") < 24_000 }
    #expect(run.status == 1, "\(run)")
    let report = try JSONValue(parsing: run.output)
    #expect(report["changed_is_at_least"]?.boolean == true)
    #expect((report["changed"]?.number ?? 0) > 0)
    #expect((report["failed"]?.number ?? 0) >= 1)
    #expect(run.errors.contains("usher: failed after at least "), "\(run.errors)")
  }
}

@Suite("A standard error that cannot be written")
struct FullErrorsTests {
  @Test("ends no change, whatever it would have said", arguments: Change.all)
  func change(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let words = change.words.map { "'\($0)'" }.joined(separator: " ")
    let run = try shop.shell("\"$USHER\" \(words) --yes 2> /dev/full")
    #expect(run.status == 0)
    #expect(!run.output.isEmpty)
    #expect(try shop.state() != before)
    #expect(try shop.json(["history", "--limit", "1"]).list?.first?["state"]?.text == "done")
  }

  @Test("takes neither a warning nor a note for more than that, also while events go to standard output")
  func notes() throws {
    let shop = try Shop()
    // 25 are more than the capacity, of which the plan warns.
    #expect(try shop.shell("\"$USHER\" queue admit 25 --yes 2> /dev/full").status == 0)
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(25))
    let run = try shop.shell("\"$USHER\" outbox replay --to stdout --yes 2> /dev/full")
    #expect(run.status == 0)
    #expect(run.output.split(separator: "\n").count == 8)
    #expect(try shop.shell("\"$USHER\" queue status -v 2> /dev/full").status == 0)
  }

  @Test("leaves a failure its own status")
  func statuses() throws {
    let shop = try Shop()
    for (words, status) in [("queue admit x", 64), ("queue admit 5", 77), ("cache evict nonesuch --yes", 64)] {
      #expect(try shop.shell("\"$USHER\" \(words) 2> /dev/full").status == status, "\(words)")
    }
  }
}

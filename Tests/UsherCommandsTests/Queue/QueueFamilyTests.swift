import Redis
import Support
import Testing

@Suite("a queue with one queue a concert")
struct QueueFamilyTests {
  /// Three concerts: 9 has people who wait, 10 both, and 서울 only active ones.
  private func program(_ more: String = "") throws -> QueueProgram {
    let program = try QueueProgram("preset: proceed-zset, active-ttl: 60s\(more)")
    for number in 0..<5 {
      let token = RedisArgument("t\(number)")
      try program.redis.command("ZADD", "users:queue:9:wait", RedisArgument(1_700_000_000_000 + number), token)
      try program.redis.command("ZADD", "users:queue:10:wait", RedisArgument(1_700_000_000_000 + number), token)
    }
    try program.redis.command("ZADD", "users:queue:10:proceed", "9999999999999", "a")
    try program.redis.command("ZADD", "users:queue:서울:proceed", "9999999999999", "a")
    return program
  }

  private func queues(_ run: Binary.Run) -> [String] {
    run.output.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
  }

  @Test("is found by its keys, all or one, each called by its concert")
  func status() throws {
    let program = try program()
    for words in [["--all"], ["--queue", "tickets"], []] {
      let run = try Binary.run(["queue", "status", "-o", "csv"] + words, environment: program.environment)
      #expect(queues(run) == ["tickets/9", "tickets/10", "tickets/서울"], "\(run.output)\(run.errors)")
    }
    #expect(queues(try program.run("queue", "status", "--queue", "tickets/10", "-o", "csv")) == ["tickets/10"])
    let nobody = try program.run("queue", "status", "--queue", "tickets/77", "-o", "csv")
    #expect(nobody.output.contains("tickets/77,0,0,"))
    let overview = try program.run("status", "-o", "csv")
    #expect(overview.output.contains("tickets/서울"))
    let list = try program.run("queue", "list", "--all", "-o", "csv")
    #expect(queues(list) == Array(repeating: "tickets/9", count: 5) + Array(repeating: "tickets/10", count: 5))
  }

  @Test("shows a concert whose people are all set aside, and one that is paused")
  func aside() throws {
    let program = try program()
    #expect(try program.run("queue", "park", "--queue", "tickets/9", "--yes").status == 0)
    #expect(try program.run("queue", "pause", "--for", "5m", "--queue", "tickets/77", "--yes").status == 0)
    let run = try program.run("queue", "status", "-o", "csv")
    #expect(Set(queues(run)) == ["tickets/9", "tickets/10", "tickets/서울", "tickets/77"], "\(run.output)")
    #expect(try program.run("queue", "unpark", "--queue", "tickets/9", "--yes").status == 0)
    #expect(try program.redis.command("ZCARD", "users:queue:9:wait") == .integer(5))
  }

  @Test("of which nobody waits or is active is empty, and that is said")
  func empty() throws {
    let program = try QueueProgram("preset: proceed-zset")
    let run = try program.run("queue", "status")
    #expect(run.status == 0)
    #expect(run.errors == "no concert has anybody waiting or active\n")
    #expect(try program.run("queue", "status", "-o", "json").output == "[]\n")
  }

  @Test("is changed a concert at a time, and undo finds it again")
  func admit() throws {
    let program = try program()
    for words in [["admit", "2", "--yes"], ["admit", "2", "--queue", "tickets", "--yes"], ["list"], ["show", "t1"]] {
      let unclear = try Binary.run(["queue"] + words, environment: program.environment)
      #expect(unclear.status == 64)
      #expect(unclear.errors.contains("--queue tickets/42"), "\(unclear.errors)")
    }
    let run = try program.run("queue", "admit", "2", "--queue", "tickets/9", "--yes")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try program.redis.command("ZCARD", "users:queue:9:proceed") == .integer(2))
    #expect(try program.redis.command("ZCARD", "users:queue:10:wait") == .integer(5))
    #expect(try program.run("history", "-o", "csv").output.contains("queue tickets/9"))
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.redis.command("ZCARD", "users:queue:9:wait") == .integer(5))
    #expect(try program.redis.command("ZCARD", "users:queue:9:proceed") == .integer(0))
  }

  @Test("keeps the counters and side keys of each concert apart")
  func counters() throws {
    let program = try program(", waiting-counter: 'count:{concert}'")
    try program.redis.command("MSET", "count:9", "5", "count:10", "5")
    #expect(try program.run("queue", "admit", "2", "--queue", "tickets/9", "--yes").status == 0)
    #expect(try program.redis.command("MGET", "count:9", "count:10").array.map { try $0.string } == ["3", "5"])
  }

  @Test("has side keys and counters that no cache command touches")
  func protection() throws {
    let program = try QueueProgram(
      """
      preset: set-ttl, side-keys: ['token:info:{token}'], waiting-counter: count:now}
      caches:
        info: {prefix: 'token:info:'}
        count: {key: 'count:now'
      """)
    try program.redis.command("MSET", "token:info:a", "1", "count:now", "1")
    for cache in ["info", "count"] {
      let run = try program.run("cache", "evict", cache, "--yes")
      #expect(run.status == 77 && run.errors.contains("queue 'tickets'"), "\(run.errors)")
    }
    #expect(try program.redis.command("EXISTS", "token:info:a", "count:now") == .integer(2))
  }

  @Test("is completed with its concerts")
  func completion() throws {
    let program = try program()
    let run = try Binary.run(
      ["__complete", "--", "queue", "status", "--queue", ""],
      environment: program.environment.merging(["USHER_COMPLETE_TIMEOUT": "60s"]) { $1 })
    #expect(
      run.output == "tickets\tusers:queue:{concert}:wait\ntickets/9\ntickets/10\ntickets/서울\n", "\(run.output)")
  }

  @Test("a concert of a queue that has none is no queue")
  func noFamily() throws {
    let program = try QueueProgram()
    let run = try program.run("queue", "status", "--queue", "tickets/42")
    #expect(run.status == 64)
    #expect(run.errors.contains("`--queue tickets`"))
    #expect(try program.run("queue", "status", "--queue", "other/42").status == 64)
    #expect(try program.run("queue", "status", "--queue", "tickets", "--all").status == 64)
  }
}

import Redis
import Support
import Testing

@Suite("cache evict")
struct CacheEvictTests {
  @Test("prints the plan in a dry run, and changes nothing")
  func dryRun() throws {
    let program = try CacheProgram()
    try program.fill(30, others: ["other"])
    let run = try program.run("cache", "evict", "concertOption", "--dry-run")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("would evict 30 of 31 keys: cache concertOption\n"))
    #expect(run.output.contains("… and 20 more"))
    #expect(run.output.contains("cannot be undone: the service refills its caches at the next read"))
    #expect(try program.count("*") == 31)
  }

  @Test("removes a cache, says how it comes back, and is in the history")
  func evicts() throws {
    let program = try CacheProgram(warming: "SELECT 1")
    try program.fill(2_500, others: ["other", "concerts::SimpleKey []"])
    let run = try program.run("cache", "evict", "concertOption", "--yes", "-o", "json")
    #expect(run.status == 0)
    for line in [
      "\"planned\": 2500", "\"changed\": 2500", "\"failed\": 0", "\"dry_run\": false",
      "\"undo\": \"by: usher cache warm concertOption\"",
    ] {
      #expect(run.output.contains(line), "\(line)")
    }
    #expect(try program.count("concert*") == 1)
    #expect(try program.newestOperation("changed") == "2500")
    #expect(try program.newestOperation("state") == "done")
    #expect(try program.run("undo", "--last", "--yes").status != 0)
  }

  @Test("takes the Spring key by its name, and several keys in one run")
  func keys() throws {
    let program = try CacheProgram()
    try program.fill(3, others: ["concerts::SimpleKey []", "콘서트::서울", "with 'quotes' \\ and \"more\""])
    let run = try program.run(
      "cache", "evict", "--key", "concerts::SimpleKey []", "--key=콘서트::서울", "--key", "with 'quotes' \\ and \"more\"",
      "--key", "absent", "-y")
    #expect(run.status == 0)
    #expect(run.output.contains("evicted 3 keys: 4 keys"))
    #expect(try program.count("concertOption::*") == 3)
    #expect(try program.redis.command("DBSIZE").integer == 5)
  }

  @Test("with --all takes all configured caches that cover no queue")
  func all() throws {
    let program = try CacheProgram()
    try program.fill(3, others: ["concerts::SimpleKey []"])
    let run = try program.run("cache", "evict", "--all", "--yes")
    #expect(run.status == 77)
    #expect(run.errors.contains("the pattern 'waiting*' touches the key 'waiting_tokens' of queue 'tickets'"))
    #expect(try program.count("*") == 4)
  }

  static let refused: [[String]] = [
    ["--match", "*"], ["--match", "waiting*"], ["--match", "*_tokens"], ["--key", "active_tokens"],
    ["--key", "usher:operations"], ["greedy"], ["--match", "users:queue:*"], ["--match", "[w]*"],
  ]

  @Test("refuses what touches a queue's keys or usher's own, before any change", arguments: refused)
  func protection(_ words: [String]) throws {
    let program = try CacheProgram()
    try program.fill(2)
    try program.redis.command("ZADD", "waiting_tokens", "1", "token")
    try program.redis.command("ZADD", "users:queue:7:wait", "1", "token")
    let run = try Binary.run(["cache", "evict"] + words + ["--yes"], environment: program.environment)
    #expect(run.status == 77)
    #expect(run.errors.hasPrefix("usher: refused: "))
    #expect(try program.count("*") == 4)
  }

  static let wrongUsage: [[String]] = [
    [], ["concertOption", "--all"], ["--match", "a*", "--key", "b"], ["--match", ""], ["nothere"],
    ["concertOptions", "--yes"], ["concertOption", "--rate", "5"],
  ]

  @Test("exits 64 for what makes no sense, without a look at the server", arguments: wrongUsage)
  func usage(_ words: [String]) throws {
    let program = try CacheProgram()
    var environment = program.environment
    environment["USHER_REDIS"] = "unix:///nonexistent"
    #expect(try Binary.run(["cache", "evict"] + words, environment: environment).status == 64)
  }

  @Test("suggests the cache that was probably meant")
  func suggestion() throws {
    let program = try CacheProgram()
    let run = try program.run("cache", "evict", "concertoptions", "--yes")
    #expect(
      run.errors == """
        usher: unknown cache 'concertoptions'
          hint: did you mean 'concertOption'?
          hint: configured caches: concerts, concertOption, greedy

        """)
  }

  @Test("refuses more than --max-affected, and needs --yes without a terminal")
  func bounds() throws {
    let program = try CacheProgram()
    try program.fill(30)
    #expect(try program.run("cache", "evict", "concertOption", "--yes", "--max-affected", "29").status == 77)
    #expect(try program.run("cache", "evict", "concertOption").status == 77)
    #expect(try program.count("concertOption*") == 30)
    #expect(try program.run("cache", "evict", "concertOption", "--yes", "--max-affected", "30").status == 0)
    #expect(try program.count("concertOption*") == 0)
  }

  @Test("of nothing is done, quietly and with status 0, as often as one likes")
  func nothing() throws {
    let program = try CacheProgram()
    let run = try program.run("cache", "evict", "concerts", "--yes")
    #expect(run.status == 0)
    #expect(run.output == "nothing to do: no entries found (cache concerts)\n")
    let silent = try program.run("cache", "evict", "concerts", "--yes", "--quiet")
    #expect(silent.output + silent.errors == "")
  }

  @Test("is silent under --quiet, also when the count beforehand is an estimate")
  func quiet() throws {
    let program = try CacheProgram()
    try program.fill(25_000)
    let run = try program.run("cache", "evict", "concertOption", "--yes", "--quiet")
    #expect(run.status == 0)
    #expect(run.output + run.errors == "")
    #expect(try program.count("concertOption*") == 0)
  }

  @Test("asks on a terminal with the count, and does nothing for another answer than yes")
  func terminal() throws {
    let program = try CacheProgram()
    try program.fill(12)
    var environment = program.environment
    environment["TERM"] = "xterm"
    let no = try Binary.runInTerminal(
      ["cache", "evict", "concertOption"], environment: environment,
      script: [Binary.Exchange("evict 12 of 12 keys: cache concertOption?", "n\n")])
    #expect(no.status == 77)
    #expect(try program.count("concertOption*") == 12)
    let yes = try Binary.runInTerminal(
      ["cache", "evict", "concertOption"], environment: environment,
      script: [Binary.Exchange("cache concertOption?", "y\n")])
    #expect(yes.status == 0)
    #expect(try program.count("concertOption*") == 0)
  }

  @Test("exits 75 while another usher evicts or warms")
  func locked() throws {
    let program = try CacheProgram()
    try program.fill(3)
    try program.redis.command("SET", "usher:{caches}:lock", "somebody@else 1 x", "PX", "60000")
    let run = try program.run("cache", "evict", "concertOption", "--yes")
    #expect(run.status == 75)
    #expect(run.errors.contains("somebody@else"))
    #expect(try program.count("concertOption*") == 3)
  }
}

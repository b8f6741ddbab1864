import Redis
import Support
import Testing

@Suite("cache list")
struct CacheListTests {
  @Test("gives an array with cache and keys, in the order of the file")
  func json() throws {
    let program = try CacheProgram()
    try program.fill(1_500, others: ["concerts::SimpleKey []", "other"])
    let run = try program.run("cache", "list", "-o", "json")
    #expect(run.status == 0)
    let rows = run.output.matches(of: #/"cache": "([^"]*)", "keys": (\d+)/#).map { ($0.1, $0.2) }
    #expect(rows.map(\.0) == ["concerts", "concertOption", "greedy"])
    #expect(rows.map(\.1) == ["1", "1500", "0"])
    #expect(!run.output.contains("estimated_bytes"))
  }

  @Test("says for how many entries an estimate stands")
  func sample() throws {
    let program = try CacheProgram()
    try program.fill(300)
    let run = try program.run("cache", "list", "--sample", "-o", "json")
    #expect(run.status == 0)
    #expect(run.output.contains("\"sampled_keys\": 20"))
    #expect(run.output.contains("\"sampled_keys\": 0"))
    #expect(try #require(run.output.firstMatch(of: #/"estimated_bytes": (\d+)/#)).1 != "0")
  }

  @Test("without a server exits 69, and names the address")
  func noServer() throws {
    let program = try CacheProgram()
    program.server.crash()
    let run = try program.run("cache", "list")
    #expect(run.status == 69)
    #expect(run.errors.contains("Redis"))
  }
}

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
    #expect(run.output == "nothing to evict: no such entries (cache concerts)\n")
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

  @Test("that is killed in the middle has touched nothing else, has a record, and is finished by running it again")
  func killed() throws {
    let program = try CacheProgram()
    try program.fill(20_000, others: (0..<500).map { "other:\($0)" })
    let run = try Shell.run(
      """
      "$USHER" cache evict concertOption --yes --rate 4000/s & pid=$!
      until [ "$(redis-cli -s \(program.server.socket) dbsize)" -lt 19500 ]; do sleep 0.02; done
      kill -9 $pid
      wait $pid
      """, environment: program.environment)
    #expect(run.status == 137)
    let left = try program.count("concertOption::*")
    #expect((1..<19_000).contains(left))
    #expect(try program.count("other:*") == 500)
    let recorded = try #require(Int(try program.newestOperation("changed")))
    let removed = 20_000 - left
    #expect(recorded > 0)
    #expect((removed - 2_000...removed).contains(recorded))
    #expect(try program.newestOperation("state") == "started")
    let again = try program.run("cache", "evict", "concertOption", "--yes", "--wait", "30s")
    #expect(again.status == 0)
    #expect(try program.count("concertOption::*") == 0)
    #expect(try program.count("other:*") == 500)
  }

  @Test("that is asked to end finishes the batch in hand, says what was done, and exits with the signal's status")
  func asked() throws {
    for (signal, status) in [("INT", Int32(130)), ("TERM", 143)] {
      let program = try CacheProgram()
      try program.fill(20_000)
      let run = try Shell.run(
        """
        set -m
        "$USHER" cache evict concertOption --yes --rate 4000/s & pid=$!
        until [ "$(redis-cli -s \(program.server.socket) dbsize)" -lt 19000 ]; do sleep 0.02; done
        kill -\(signal) $pid
        wait $pid
        """, environment: program.environment)
      #expect(run.status == status)
      let removed = 20_000 - (try program.count("concertOption::*"))
      #expect((1_000..<20_000).contains(removed))
      #expect(try program.newestOperation("changed") == "\(removed)")
      #expect(try program.newestOperation("state") == "interrupted")
      #expect(run.errors.contains("stopped on request"))
    }
  }
}

@Suite("cache warm")
struct CacheWarmTests {
  private let query =
    "SELECT 'concertOption::' || n AS key, 'dates of ' || n AS value FROM generate_series(1, 700) AS n"

  @Test("fills an evicted cache, as the eviction promised, and leaves what is there")
  func warms() throws {
    let program = try CacheProgram(warming: query)
    var environment = program.environment
    let database = try TestDatabase.make()
    environment["USHER_POSTGRES"] = database.conninfo
    try program.redis.command("SET", "concertOption::7", "kept")
    let run = try Binary.run(["cache", "warm", "concertOption", "--yes", "-o", "json"], environment: environment)
    #expect(run.status == 0)
    #expect(run.output.contains("\"changed\": 699"))
    #expect(run.output.contains("\"undo\": \"by: usher cache evict concertOption\""))
    #expect(try program.redis.command("GET", "concertOption::7").string == "kept")
    #expect(try program.redis.command("GET", "concertOption::8").string == "dates of 8")
    let again = try Binary.run(["cache", "warm", "concertOption", "--yes"], environment: environment)
    #expect(again.status == 0)
    #expect(again.output.hasPrefix("nothing to warm: all 700 entries"))
    let anew = try Binary.run(
      ["cache", "warm", "concertOption", "--yes", "--overwrite"], environment: environment)
    #expect(anew.status == 0)
    #expect(anew.errors.contains("warning: 700 entries will be written anew, though there already"))
    #expect(try program.redis.command("GET", "concertOption::7").string == "dates of 7")
  }

  @Test("says which cache has no query, and which is not known, without a look at the database")
  func withoutQuery() throws {
    let program = try CacheProgram()
    var environment = program.environment
    environment["USHER_POSTGRES"] = "postgresql://nowhere.invalid/x"
    let run = try Binary.run(["cache", "warm", "concerts", "--yes"], environment: environment)
    #expect(run.status == 78)
    #expect(run.errors.contains("'concerts'"))
    #expect(try Binary.run(["cache", "warm", "concert", "--yes"], environment: environment).status == 64)
    #expect(try Binary.run(["cache", "warm", "--yes"], environment: environment).status == 64)
  }
}

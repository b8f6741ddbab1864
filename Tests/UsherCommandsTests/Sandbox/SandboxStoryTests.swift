import Glibc
import Kafka
import Postgres
import Redis
import Sandbox
import Support
import Testing

/// What a sandbox is for: a sale with something to find in it, the same one whenever it is asked for.
@Suite("a sandbox's sale on the command line", .serialized)
struct SandboxStoryTests {
  typealias Home = SandboxCommandTests.Home

  /// A variable as `sandbox env` exports it.
  private func variable(_ name: String, _ home: Home) throws -> String {
    let lines = try home.run("sandbox", "env").output.split(separator: "\n")
    let start = "export \(name)='"
    let line = try #require(lines.first { $0.hasPrefix(start) }, "\(lines)")
    return String(line.dropFirst(start.count).dropLast())
  }

  @Test("shows what an operator has to find: the slow seat search, people waiting, events that are stuck")
  func finds() throws {
    let home = Home()
    #expect(try home.run("sandbox", "start", "-q").status == 0)
    let slow = try home.run("query", "slow", "-o", "jsonl").output.split(separator: "\n")
    #expect(slow.first?.contains("FROM concert_option o JOIN seat s") == true, "\(slow.first ?? "")")
    let queue = try home.run("queue", "status", "-o", "json").output.filter { !$0.isWhitespace }
    #expect(queue.contains(#""waiting":2000"#) && queue.contains(#""active":84"#), "\(queue)")
    let outbox = try home.run("outbox", "status", "-o", "json").output.filter { !$0.isWhitespace }
    for part in [#""init":140"#, #""published":800"#, #""fail":60"#, #""retry":0"#] {
      #expect(outbox.contains(part), "\(part) in \(outbox)")
    }
  }

  @Test("whose Redis has died is still described, and every command on it says so and how to mend it")
  func redisDied() throws {
    let home = Home()
    #expect(try home.run("sandbox", "start", "-q", "--no-seed").status == 0)
    let rows = try JSONValue(parsing: home.run("sandbox", "status", "-o", "json").output).list
    let pid = try #require(rows?.first { $0["name"]?.text == "redis" || $0["server"]?.text == "redis" }?["pid"]?.number)
    kill(pid_t(pid), SIGKILL)
    for _ in 0..<200 where access("/proc/\(Int(pid))/exe", F_OK) == 0 { usleep(10_000) }
    let hint =
      "  hint: the sandbox's Redis may be down: check it with `usher sandbox status`, start it with `usher sandbox start`\n"
    for words in [["queue", "status"], ["cache", "evict", "concerts", "--yes"], ["history"]] {
      let run = try Binary.run(words, environment: home.environment)
      #expect(run.status == 69, "\(words): \(run.errors)")
      #expect(run.errors.hasPrefix("usher: cannot reach Redis at ") && run.errors.hasSuffix(hint), "\(run.errors)")
    }
    let doctor = try home.run("doctor")
    #expect(doctor.status == 1, "\(doctor.output)")
    #expect(try home.run("index", "list").status == 0)
    let reset = try home.run("sandbox", "reset", "--yes")
    #expect(reset.status == 69 && reset.errors.contains("cause: down: redis"), "\(reset.errors)")
    #expect(try home.run("sandbox", "start", "-q").status == 0)
    #expect(try home.run("queue", "status").status == 0)
  }

  @Test("its redis-cli goes to another server where the words name one, and its variables are for programs too")
  func otherServer() throws {
    let home = Home()
    #expect(try home.run("sandbox", "start", "-q", "--no-seed").status == 0)
    let other = try TestRedis.make()
    try other.connect().command("SET", "who", "other")
    let bin = "\(home.directory)/bin/redis-cli"
    func client(_ words: String...) throws -> String {
      try Binary.run(program: access(bin, X_OK) == 0 ? bin : "\(home.directory)/servers/bin/redis-cli", words).output
    }
    #expect(try client("set", "who", "sandbox") == "OK\n")
    #expect(try client("-s", other.socket, "get", "who") == "other\n")
    #expect(try client("-n", "0", "-s", other.socket, "get", "who") == "other\n")
    #expect(try client("-u", "redis://127.0.0.1:1", "get", "who") != "sandbox\n")
    #expect(try client("-n", "0", "get", "who") == "sandbox\n")
    #expect(try client("set", "-s", "x") == "OK\n")
    #expect(try client("get", "-s") == "x\n")
    let rows = try #require(try JSONValue(parsing: home.run("sandbox", "env", "-o", "json").output).list)
    let redis = rows.first { $0["name"]?.text == "USHER_REDIS" }?["value"]?.text
    #expect(redis == (try variable("USHER_REDIS", home)))
    #expect(rows.first { $0["name"]?.text == "USHER_KAFKA" }?["value"] == .null)
  }

  @Test("its stuck events go to its own broker, and a reset empties the topics")
  func broker() throws {
    let home = Home()
    let program = try #require(
      KafkaBroker.find(named: environment("USHER_BROKER"), workingDirectory: "/", path: "/usr/bin"),
      "no Kafka broker: make setup, or set USHER_BROKER to a tansu binary")
    var variables = ["USHER_BROKER": program]
    variables["LD_LIBRARY_PATH"] = environment("LD_LIBRARY_PATH")
    #expect(try home.run("sandbox", "start", "-q", also: variables).status == 0)
    let status = try home.run("sandbox", "status", "-o", "csv").output.split(separator: "\n").dropFirst()
    #expect(
      status.map { $0.split(separator: ",").prefix(2).joined(separator: " ") } == [
        "postgres running", "redis running", "kafka running",
      ])
    let target = KafkaTarget(try variable("USHER_KAFKA", home))
    func arrived() throws -> [Int] {
      try ["PAYMENT", "RESERVATION"].map { try KafkaConsumer(target).messages($0).count }
    }
    #expect(try arrived() == [0, 0])
    let run = try home.run("outbox", "replay", "--yes", also: variables)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("published 200 of 200 events"))
    let counts = try arrived()
    #expect(counts.reduce(0, +) == 200 && counts.allSatisfy { $0 > 0 })
    #expect(try home.run("sandbox", "reset", "--yes", "-q", also: variables).status == 0)
    #expect(try arrived() == [0, 0])
    #expect(try home.run("outbox", "replay", "--yes", "-q", also: variables).status == 0)
    #expect(try arrived() == counts)
  }

  @Test("the same --random-seed makes the same sale again, another number another one")
  func randomSeed() throws {
    let home = Home()
    #expect(try home.run("sandbox", "start", "--no-seed", "-q").status == 0)
    let socket = String(try variable("USHER_REDIS", home).dropFirst("unix://".count))
    let conninfo = try variable("USHER_POSTGRES", home)
    // Times are relative to now, so the order of what happened stands for them.
    func content(_ number: String) throws -> String {
      let run = try home.run("sandbox", "reset", "--random-seed", number, "--yes", "-q")
      #expect(run.status == 0, "\(run.errors)")
      let rows = try PostgresConnection(PostgresTarget(conninfo)).query(
        """
        SELECT md5(concat(
          (SELECT string_agg(concat(id, name, balance), '|' ORDER BY id) FROM customer),
          (SELECT string_agg(concat(id, price, status, version), '|' ORDER BY id) FROM seat),
          (SELECT string_agg(concat(id, customer_id, seat_id, price, status), '|' ORDER BY id) FROM reservation),
          (SELECT string_agg(concat(id, reservation_id, amount), '|' ORDER BY id) FROM payment),
          (SELECT string_agg(concat(id, key, event_type, status, published_at - created_at), '|' ORDER BY id) FROM outbox_event)))
        """)
      let tokens = try RedisConnection(RedisTarget(socket: socket)).command("ZRANGE", "waiting_tokens", "0", "-1").array
      return try rows[0].decode(0, as: String.self) + tokens.map { try $0.string }.joined()
    }
    let first = try content("7")
    #expect(try content("7") == first)
    #expect(try content("8") != first)
  }

  @Test(
    "the large sale is as large as it says, in its plan",
    arguments: [("small", "5,000", "200"), ("large", "540,000", "20,000")])
  func scales(name: String, seats: String, stuck: String) throws {
    let home = Home()
    #expect(try home.run("sandbox", "start", "--no-seed", "-q").status == 0)
    let plan = try home.run("seed", "--scale", name, "--dry-run")
    #expect(plan.output.hasPrefix("would create a \(name) ticket sale of "))
    #expect(
      plan.output.contains("\nseats: \(seats)\n") && plan.output.contains("\nstuck events: \(stuck)\n"),
      "\(plan.output)")
  }
}

/// Directories and users of every kind.
@Suite("where a sandbox may be, on the command line", .serialized)
struct SandboxPlaceTests {
  typealias Home = SandboxCommandTests.Home

  /// Runs a script with `$USHER` in the home's directory.
  private func shell(_ script: String, _ home: Home) throws -> Binary.Run {
    mkdir(home.path, 0o755)
    var environment = home.environment
    environment["USHER"] = try Binary.path()
    return try Binary.run(program: "/bin/sh", ["-c", script], environment: environment, directory: home.path)
  }

  @Test("a path that begins here, with blanks and quotes in it, is pointed at by its variables")
  func quotes() throws {
    let home = Home()
    let run = try shell(
      """
      "$USHER" sandbox start -q --no-seed --directory "it's my sandbox"
      eval "$("$USHER" sandbox env --directory "it's my sandbox")"
      psql -X -At -c 'SHOW cluster_name'
      redis-cli ping
      cd / && "$USHER" sandbox stop --delete --yes
      ls "$OLDPWD"
      """, home)
    let lines = run.output.split(separator: "\n")
    #expect(lines == ["usher-sandbox", "PONG"], "\(run)")
    #expect(run.errors.contains("stopped the sandbox in \(home.path)/it's my sandbox"))
  }

  @Test("two shells point at two sandboxes, each at its own")
  func twoShells() throws {
    let home = Home()
    let run = try shell(
      """
      for name in one two; do
        "$USHER" sandbox start -q --no-seed --directory $name
        (eval "$("$USHER" sandbox env --directory $name)"; redis-cli set who $name; psql -X -q -c "CREATE TABLE $name ()") >/dev/null
      done
      for name in one two; do
        (eval "$("$USHER" sandbox env --directory $name)"; redis-cli get who
         psql -X -At -c "SELECT string_agg(relname, ' ') FROM pg_class WHERE relname IN ('one', 'two')")
      done
      for name in one two; do "$USHER" sandbox stop -q --delete --yes --directory $name; done
      """, home)
    #expect(run.output == "one\none\ntwo\ntwo\n", "\(run)")
  }

  @Test("whatever the umask is, the servers' user gets to its files and others do not")
  func umask() throws {
    let home = Home()
    let run = try shell(
      """
      umask 077
      "$USHER" sandbox start -q --no-seed --directory here/inner
      "$USHER" sandbox status --directory here/inner -o csv | grep -c running
      stat -c %a here/inner/run
      "$USHER" sandbox stop -q --delete --yes --directory here/inner
      """, home)
    #expect(run.output == "2\n700\n", "\(run)")
  }

  @Test("a directory that cannot be written is status 73 with its name, and nothing is left running")
  func unwritable() throws {
    let home = Home()
    let run = try home.run("sandbox", "start", "--directory", "/proc/usher-sandbox")
    #expect(run.status == 73)
    #expect(run.errors.contains("cannot create the directory /proc/usher-sandbox"))
    #expect(ProcessTable.pids(marked: "/proc/usher-sandbox").isEmpty)
  }

  @Test(
    "a plain user's servers are the user's own, and a directory of somebody else's is refused by the system",
    .enabled(if: geteuid() == 0))
  func plainUser() throws {
    let home = Home()
    let run = try shell(
      """
      chmod 755 .
      mkdir theirs && chown 65534:65534 theirs
      mkdir mine && chmod 755 mine
      as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; }
      as_nobody "$USHER" sandbox start -q --no-seed --directory theirs/sandbox
      as_nobody "$USHER" sandbox status --directory theirs/sandbox -o csv | tail -n +2 | cut -d, -f4 | xargs -I{} stat -c %u /proc/{}
      as_nobody "$USHER" sandbox start --no-seed --directory mine/sandbox 2>/dev/null; echo status $?
      as_nobody "$USHER" sandbox stop -q --delete --yes --directory theirs/sandbox
      ls theirs mine
      """, home)
    #expect(run.output == "65534\n65534\nstatus 73\nmine:\n\ntheirs:\n", "\(run)")
  }
}

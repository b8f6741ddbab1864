import Glibc
import Support
import Testing

@Suite("usher status")
struct StatusTests {
  /// Sizes, ages and versions differ from run to run.
  private func match(_ run: Binary.Run, _ name: String, _ shop: Shop) throws {
    let output = run.output
      .replacing(#/(Redis|PostgreSQL) \d[\d.]*( \([^)]*\))?/#) { "\($0.1) <version>" }
      .replacing(#/[\d.]+ (B|KiB|MiB)/#, with: "<size>")
      .replacing(#/first for [\d,]+d( \d+h)?/#, with: "first for <age>")
      .replacing(#/\d+ of 200 connections/#, with: "<clients> of 200 connections")
    let text = "status \(run.status)\n--- stdout\n\(output)--- stderr\n\(run.errors)"
    try Snapshot.match(text: text, name, replacing: [shop.home: "<home>"])
  }

  @Test("has a line for each store, queue, cache and the outbox")
  func whole() throws {
    let shop = try Shop()
    try match(try shop.usher("status"), "status", shop)
  }

  @Test("goes on with the other store when one cannot be reached, and ends with 69")
  func unreachable() throws {
    let shop = try Shop()
    try match(try shop.run(["status"], also: ["USHER_REDIS": "redis://127.0.0.1:1"]), "status-redis-away", shop)
    try match(
      try shop.run(["status"], also: ["USHER_POSTGRES": "host=/nowhere user=u"]), "status-postgres-away", shop)
  }

  @Test("shows what cannot be read in its own line, and ends with 1")
  func unreadable() throws {
    let shop = try Shop()
    try shop.redis.command("DEL", "waiting_tokens")
    try shop.redis.command("SET", "waiting_tokens", "x")
    try shop.postgres.script("ALTER TABLE outbox_event RENAME COLUMN created_at TO made_at")
    try match(try shop.usher("status"), "status-unreadable", shop)
  }

  @Test("without any store says which was looked for where")
  func nothing() throws {
    let run = try Binary.run(["status"], environment: ["HOME": "/nonexistent"])
    #expect(run.status == 78)
    #expect(run.errors.hasPrefix("usher: no Redis is configured\n  cause: --redis: not set\n"))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var redis: [String] = []
    var sql = ""
    /// Area, name and verdict of the line that it is about, and a part of its detail.
    var line: (area: String, name: String, verdict: String, detail: String)
    var testDescription: String { what }
  }

  static let cases = [
    Case(
      what: "room that is used",
      redis: ["SADD active_tokens \((1...20).map { "t\($0)" }.joined(separator: " "))", "EXPIRE active_tokens 300"],
      line: ("queue", "tickets", "ok", "30 waiting, 20 of 20 active")),
    Case(
      what: "room that is nearly used",
      redis: ["SADD active_tokens \((1...18).map { "t\($0)" }.joined(separator: " "))", "EXPIRE active_tokens 300"],
      line: ("queue", "tickets", "ok", "18 of 20 active")),
    Case(
      what: "room that is unused", redis: ["SADD active_tokens a", "EXPIRE active_tokens 300"],
      line: ("queue", "tickets", "warning", "capacity for 19 more is unused")),
    Case(
      what: "nobody who waits", redis: ["DEL waiting_tokens"],
      line: ("queue", "tickets", "ok", "0 waiting, 0 of 20 active")),
    Case(
      what: "an active set that never ends", redis: ["DEL waiting_tokens", "SADD active_tokens a"],
      line: ("queue", "tickets", "warning", "active users never expire")),
    Case(what: "an empty cache", redis: ["DEL concerts::SimpleKey\\ []"], line: ("cache", "concerts", "ok", "1 key")),
    Case(
      what: "a full server", redis: ["CONFIG SET maxmemory 1"],
      line: ("redis", "server", "critical", "full: writes are refused")),
    Case(
      what: "a replica", redis: ["REPLICAOF 127.0.0.1 1"],
      line: ("redis", "server", "warning", "; a replica of 127.0.0.1")),
    Case(
      what: "events that are all sent", sql: "UPDATE outbox_event SET status = 'PUBLISHED'",
      line: ("outbox", "events", "ok", "0 unpublished, 8 published")),
    Case(
      what: "events that are on their way", sql: "UPDATE outbox_event SET created_at = now()",
      line: ("outbox", "events", "ok", "8 unpublished, the oldest for ")),
    Case(
      what: "events in a status that nobody described",
      sql:
        "ALTER TABLE outbox_event DROP CONSTRAINT outbox_event_status_known; UPDATE outbox_event SET status = 'SENT'",
      line: ("outbox", "events", "warning", "8 events in statuses that outbox.statuses does not name: SENT (8)")),
  ]

  @Test("judges each line by what it shows", arguments: cases)
  func judges(example: Case) throws {
    let shop = try Shop()
    for command in example.redis {
      try shop.redis.command(command.split(separator: " ").map { .init(String($0).replacing("\\", with: "")) })
    }
    if !example.sql.isEmpty { try shop.postgres.script(example.sql) }
    let lines = try #require(try shop.json(["status"]).list)
    let line = try #require(
      lines.first { $0["area"]?.text == example.line.area && $0["name"]?.text == example.line.name })
    #expect(line["verdict"]?.text == example.line.verdict, "\(line)")
    #expect(line["detail"]?.text?.contains(example.line.detail) == true, "\(line)")
  }

  @Test("has every figure of a line for a script, in a unit that its name says")
  func figures() throws {
    let shop = try Shop()
    let lines = try #require(try shop.json(["status"]).list)
    let names = Dictionary(
      uniqueKeysWithValues: lines.map {
        ("\($0["area"]?.text ?? "") \($0["name"]?.text ?? "")", $0["figures"]?.names ?? [])
      })
    #expect(
      names == [
        "redis server": ["clients", "full", "keys", "replica", "used_memory_bytes", "version"],
        "queue tickets": ["active", "capacity", "oldest_wait_ms", "waiting"],
        "cache concerts": ["keys"], "cache concertOption": ["keys"],
        "postgres server": [
          "blocked", "connections", "max_connections", "oldest_transaction_ms", "size_bytes", "standby", "version",
        ],
        "outbox events": ["fail", "init", "oldest_unpublished_ms", "other", "published", "retry"],
      ])
    let outbox = try #require(lines.first { $0["area"]?.text == "outbox" }?["figures"])
    #expect(outbox["init"]?.number == 8)
    #expect((outbox["oldest_unpublished_ms"]?.number ?? 0) > 864_000_000)
  }

  @Test("tells of events in unknown statuses, and so does outbox status: to people in words, to programs in a figure")
  func unmapped() throws {
    let shop = try Shop()
    try shop.postgres.script(
      """
      ALTER TABLE outbox_event DROP CONSTRAINT outbox_event_status_known;
      UPDATE outbox_event SET status = 'STATE-' || id WHERE id <= 7
      """)
    let warning =
      "7 events in statuses that outbox.statuses does not name: STATE-1 (1), STATE-2 (1), STATE-3 (1), STATE-4 (1), STATE-5 (1), …"
    #expect(try shop.usher("status").output.contains(warning))
    for words in [["outbox", "status"], ["outbox", "status", "--by-type"]] {
      #expect(try shop.run(words).errors == "warning: \(warning)\n", "\(words)")
      let programs = try shop.run(words + ["-o", "jsonl"])
      #expect(programs.errors.isEmpty)
      #expect(try JSONValue(parsing: programs.output)["other"]?.number == 7)
    }
  }

  /// Which checks of doctor each line sums up.
  private static let parts = [
    "redis": ["connection", "load", "role", "eviction", "persistence"], "queue": ["tickets: people", "tickets: idle"],
    "postgres": ["connection", "load", "role", "transactions", "locks"], "outbox": ["mapping", "backlog", "statuses"],
  ]

  @Test(
    "agrees with doctor, whatever is wrong",
    arguments: [
      Trouble(what: "nothing"), Trouble(what: "a full Redis", redis: ["CONFIG SET maxmemory 1"]),
      Trouble(what: "a replica", redis: ["REPLICAOF 127.0.0.1 1"]),
      Trouble(what: "a Redis that evicts", redis: ["CONFIG SET maxmemory 100mb maxmemory-policy allkeys-lru"]),
      Trouble(what: "a Redis that is not there", variables: ["USHER_REDIS": "redis://127.0.0.1:1"]),
      Trouble(what: "a PostgreSQL that is not there", variables: ["USHER_POSTGRES": "host=127.0.0.1 port=1 user=u"]),
      Trouble(what: "no active token", redis: ["DEL waiting_tokens", "SADD active_tokens a"]),
      Trouble(what: "a key of another type", redis: ["DEL waiting_tokens", "SET waiting_tokens x"]),
      Trouble(what: "a column that is gone", sql: "ALTER TABLE outbox_event RENAME COLUMN status TO state"),
      Trouble(what: "a read-only database", sql: "ALTER DATABASE DB SET default_transaction_read_only = on"),
    ])
  func agreement(trouble: Trouble) throws {
    let shop = try Shop()
    for command in trouble.redis { try shop.redis.command(command.split(separator: " ").map { .init(String($0)) }) }
    if !trouble.sql.isEmpty { try shop.postgres.script(trouble.sql.replacing("DB", with: shop.database.name)) }
    let lines = try #require(try shop.json(["status"], also: trouble.variables).list)
    let findings = try #require(try shop.json(["doctor"], also: trouble.variables).list)
    let urgency = ["ok", "unknown", "warning", "critical"]
    for line in lines {
      guard let parts = Self.parts[line["area"]?.text ?? ""] else { continue }
      let verdicts = findings.filter { $0["area"] == line["area"] && parts.contains($0["check"]?.text ?? "") }
        .compactMap { $0["verdict"]?.text }
      let worst = verdicts.max { (urgency.firstIndex(of: $0) ?? 0) < (urgency.firstIndex(of: $1) ?? 0) }
      #expect(line["verdict"]?.text == worst, "\(line) \(findings)")
    }
  }

  struct Trouble: Sendable, CustomTestStringConvertible {
    var what: String
    var redis: [String] = []
    var sql = ""
    var variables: [String: String] = [:]
    var testDescription: String { what }
  }

  @Test("of a user without INFO shows the queues and caches, says what is unknown, and ends with 1")
  func withoutInformation() throws {
    let shop = try Shop()
    try shop.redis.command("ACL", "SETUSER", "poor", "on", ">pw", "~*", "+@all", "-info")
    let run = try shop.run(["status", "-o", "csv"], also: ["USHER_REDIS": "unix://poor:pw@\(shop.server.socket)"])
    #expect(run.status == 1)
    #expect(run.output.contains("redis,server,unknown,Redis at "), "\(run.output)")
    #expect(run.output.contains("queue,tickets,warning,"), "\(run.output)")
    #expect(run.output.contains("cache,concertOption,ok,4 keys"), "\(run.output)")
    #expect(run.errors.contains("does not allow INFO to this user\n"), "\(run.errors)")
  }

  @Test("of a role without pg_monitor says that transactions of other roles are unknown, and shows what it can see")
  func withoutMonitoring() throws {
    let shop = try Shop()
    let role = "poor_\(shop.database.name)"
    try shop.postgres.script("CREATE ROLE \(role) LOGIN; GRANT SELECT ON outbox_event TO \(role)")
    defer { _ = try? shop.postgres.script("DROP OWNED BY \(role); DROP ROLE \(role)") }
    let variables = ["USHER_POSTGRES": shop.database.conninfo.replacing("user=usher", with: "user=\(role)")]
    let run = try shop.run(["status", "-o", "csv"], also: variables)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("postgres,server,unknown,"), "\(run.output)")
    #expect(run.output.contains("this role cannot see the transactions of "), "\(run.output)")
    #expect(run.output.contains("outbox,events,warning,"), "\(run.output)")
    let doctor = try shop.run(["doctor"], also: variables)
    #expect(doctor.errors.contains(": GRANT pg_monitor to the role of usher\n"))
  }

  @Test("tells of a statement that waits for a lock")
  func blocked() throws {
    let shop = try Shop()
    try shop.postgres.script("BEGIN; LOCK TABLE seat")
    let blocked = try shop.database.connect()
    try blocked.start("SELECT count(*) FROM seat")
    for _ in 0..<400
    where try shop.postgres.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'").isEmpty {
      usleep(25_000)
    }
    let line = try #require(try shop.json(["status"]).list?.first { $0["area"]?.text == "postgres" })
    #expect(line["verdict"]?.text == "warning")
    #expect(line["detail"]?.text?.contains(" waiting for a lock") == true)
    try shop.postgres.script("ROLLBACK")
  }
}

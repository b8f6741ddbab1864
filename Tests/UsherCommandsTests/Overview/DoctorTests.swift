import Redis
import Support
import Testing

@Suite("usher doctor")
struct DoctorTests {
  /// Versions, places, sizes and ages differ from run to run.
  private func match(_ run: Binary.Run, _ name: String, _ shop: Shop) throws {
    let output = run.output.replacing(#/(Redis|PostgreSQL|version) \d[\d.]*( \([^)]*\))?/#) { "\($0.1) <version>" }
      .replacing(#/ {2,}/#, with: "  ")
      .replacing(#/, [\d.]+ (KiB|MiB)/#, with: ", <size>")
      .replacing(#/first for [\d,]+d( \d+h)?/#, with: "first for <age>")
      .replacing(#/\d+ of 200 connections/#, with: "<clients> of 200 connections")
    let text = "status \(run.status)\n--- stdout\n\(output)--- stderr\n\(run.errors)"
    try Snapshot.match(text: text, name, replacing: [shop.home: "<home>"])
  }

  @Test("finds a shop in good order, and ends with 0")
  func healthy() throws {
    let shop = try Shop()
    try match(try shop.usher("doctor"), "doctor", shop)
  }

  @Test("shows each thing that is wrong with a hint, and ends with 1")
  func ill() throws {
    let shop = try Shop(
      outbox: """
          table: outbox_event
          columns: { id: key, payload: payload, status: status, created: created_at }
          publish: { to: kafka }
        """)
    try shop.postgres.script(
      """
      DROP EXTENSION pg_stat_statements;
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'seat_spare'::regclass;
      ALTER TABLE outbox_event DROP CONSTRAINT outbox_event_status_known;
      UPDATE outbox_event SET status = CASE WHEN id < 3 THEN 'SENT' ELSE 'DEAD' END WHERE id < 6
      """)
    try shop.redis.command("CONFIG", "SET", "maxmemory", "1")
    try match(try shop.usher("doctor"), "doctor-ill", shop)
  }

  @Test("looks at the settings alone where these are wrong")
  func settings() throws {
    let shop = try Shop()
    try shop.write("contexts: { sale: { rediss: x } }\nqueues: { q: { preset: set-ttl, waiting: a, active: a } }\n")
    try match(try shop.usher("doctor"), "doctor-settings", shop)
  }

  @Test("says of each store that is not configured that it was not looked at")
  func unconfigured() throws {
    let shop = try Shop()
    try shop.write("queues: {}\n")
    try match(try shop.usher("doctor"), "doctor-unconfigured", shop)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var redis: [String] = []
    var sql = ""
    var variables: [String: String] = [:]
    /// Area, check and verdict of the finding, and a part of its detail.
    var finding: (area: String, check: String, verdict: String, detail: String)
    var testDescription: String { what }
  }

  static let cases = [
    Case(
      what: "a Redis that evicts by itself",
      redis: ["CONFIG SET maxmemory 100mb", "CONFIG SET maxmemory-policy allkeys-lru"],
      finding: ("redis", "eviction", "warning", "may evict the waiting room")),
    Case(
      what: "a Redis over its limit that evicts what ends by itself",
      redis: ["CONFIG SET maxmemory-policy volatile-lru", "CONFIG SET maxmemory 1"],
      finding: ("redis", "eviction", "warning", "volatile-lru: under memory pressure")),
    Case(
      what: "a Redis with room left", redis: ["CONFIG SET maxmemory 100mb"],
      finding: ("redis", "eviction", "ok", "never evicts by itself")),
    Case(
      what: "a replica", redis: ["REPLICAOF 127.0.0.1 1"],
      finding: ("redis", "role", "warning", "a replica of 127.0.0.1")),
    Case(
      what: "a Redis that is not there", variables: ["USHER_REDIS": "redis://127.0.0.1:1"],
      finding: ("redis", "connection", "critical", "cannot reach Redis at 127.0.0.1:1")),
    Case(
      what: "a PostgreSQL that is not there", variables: ["USHER_POSTGRES": "host=127.0.0.1 port=1 user=u"],
      finding: ("postgres", "connection", "critical", "cannot reach PostgreSQL at 127.0.0.1:1")),
    Case(
      what: "a Kafka that is not there", variables: ["USHER_KAFKA": "127.0.0.1:1"],
      finding: ("kafka", "connection", "critical", "127.0.0.1:1")),
    Case(
      what: "a database that is read only", sql: "ALTER DATABASE DB SET default_transaction_read_only = on",
      finding: ("postgres", "role", "warning", "read-only by default_transaction_read_only")),
    Case(
      what: "an outbox whose table is another", sql: "ALTER TABLE outbox_event RENAME TO outbox_events",
      finding: ("outbox", "mapping", "critical", "tables with a similar name: public.outbox_events")),
    Case(
      what: "an outbox whose column is another", sql: "ALTER TABLE outbox_event RENAME COLUMN status TO state",
      finding: ("outbox", "mapping", "critical", "has no column 'status' for the outbox's status")),
    Case(
      what: "a topic that is made of a column that is gone", sql: "ALTER TABLE outbox_event DROP COLUMN domain_type",
      finding: ("outbox", "mapping", "critical", "outbox.publish.topic '{domain_type}' names a column")),
    Case(
      what: "an id that is not unique", sql: "ALTER TABLE outbox_event DROP CONSTRAINT outbox_event_pkey",
      finding: ("outbox", "id", "warning", "column 'id' is not unique")),
    Case(
      what: "a schema of the history's name that is not usher's",
      sql: "CREATE SCHEMA usher_history; CREATE TABLE usher_history.operation (id text)",
      finding: ("postgres", "history", "critical", "its schema 'usher_history' is not usher's")),
    Case(
      what: "a search path that names the history's schema",
      sql: "ALTER DATABASE DB SET search_path = public, usher_history",
      finding: ("postgres", "history", "critical", "names usher's schema 'usher_history'")),
  ]

  @Test("judges what it finds", arguments: cases)
  func judges(example: Case) throws {
    let shop = try Shop()
    for command in example.redis { try shop.redis.command(command.split(separator: " ").map { .init(String($0)) }) }
    if !example.sql.isEmpty { try shop.postgres.script(example.sql.replacing("DB", with: shop.database.name)) }
    let findings = try #require(try shop.json(["doctor"], also: example.variables).list)
    let found = findings.first {
      $0["area"]?.text == example.finding.area && $0["check"]?.text == example.finding.check
    }
    #expect(found?["verdict"]?.text == example.finding.verdict, "\(findings)")
    #expect(found?["detail"]?.text?.contains(example.finding.detail) == true, "\(findings)")
    let isIll = findings.contains { ["critical", "unknown"].contains($0["verdict"]?.text) }
    #expect(try shop.run(["doctor", "-q"], also: example.variables).status == (isIll ? 1 : 0))
  }

  @Test("shows every check of a store that cannot be reached, each as unknown, and those of the others as they are")
  func unreachable() throws {
    let shop = try Shop()
    func findings(_ variables: [String: String] = [:]) throws -> [String: String] {
      let list = try #require(try shop.json(["doctor"], also: variables).list)
      return Dictionary(
        uniqueKeysWithValues: list.map {
          ("\($0["area"]?.text ?? "") \($0["check"]?.text ?? "")", $0["verdict"]?.text ?? "")
        })
    }
    let healthy = try findings()
    let away = try findings(["USHER_REDIS": "redis://127.0.0.1:1"])
    // Only what a check finds beside its own has no row.
    #expect(Set(healthy.keys).subtracting(away.keys) == ["queue tickets: idle"])
    for (name, verdict) in away {
      if name == "redis connection" {
        #expect(verdict == "critical")
      } else if name.hasPrefix("redis ") || name.hasPrefix("queue ") {
        #expect(verdict == "unknown", "\(name)")
      } else {
        #expect(verdict == healthy[name], "\(name)")
      }
    }
    let run = try shop.run(["doctor"], also: ["USHER_REDIS": "redis://127.0.0.1:1"])
    #expect(run.status == 1)
    #expect(run.errors.count(of: "hint: redis, connection: check USHER_REDIS\n") == 1, "\(run.errors)")
    #expect(
      run.errors.hasSuffix("usher: 1 check failed: redis connection; 6 checks could not be made\n"), "\(run.errors)")
  }

  @Test("tells a role without privileges what it lacks, store by store")
  func privileges() throws {
    let shop = try Shop()
    let role = "poor_\(shop.database.name)"
    try shop.postgres.script(
      "CREATE ROLE \(role) LOGIN; GRANT SELECT ON outbox_event TO \(role); GRANT USAGE ON SCHEMA public TO \(role)")
    defer { _ = try? shop.postgres.script("DROP OWNED BY \(role); DROP ROLE \(role)") }
    let conninfo = shop.database.conninfo.replacing("user=usher", with: "user=\(role)")
    let findings = try #require(try shop.json(["doctor"], also: ["USHER_POSTGRES": conninfo]).list)
    func detail(_ area: String, _ check: String) -> String? {
      findings.first { $0["area"]?.text == area && $0["check"]?.text == check }?["detail"]?.text
    }
    #expect(detail("outbox", "privileges") == "this role lacks UPDATE on published_at, UPDATE on status")
    #expect(
      detail("postgres", "history") == "this role cannot create schema 'usher_history', so it cannot change anything")
    #expect(detail("postgres", "pg_stat_statements") == "this role sees only its own statements")
    #expect(try shop.run(["doctor"], also: ["USHER_POSTGRES": conninfo]).status == 1)
  }

  @Test("holds no secret, whatever the settings hold")
  func secrets() throws {
    let shop = try Shop()
    let variables = [
      "USHER_REDIS": "redis://app:s3cret@127.0.0.1:1", "USHER_POSTGRES": "postgresql://u:s3cret@127.0.0.1:1/d",
      "USHER_KAFKA": "127.0.0.1:1",
    ]
    for words in [["doctor"], ["doctor", "-o", "json"], ["status"], ["config", "show"]] {
      let run = try shop.run(words, also: variables)
      #expect(!(run.output + run.errors).contains("s3cret"), "\(words)")
    }
  }

  @Test("tells what is wrong with a queue, and a problem of it ends with 1")
  func queue() throws {
    let program = try QueueProgram("preset: set-ttl, waiting: waiting, active: active, member: token:user")
    try program.redis.command("ZADD", "waiting", "1", "strange", "2", "a:1")
    let run = try program.run("doctor")
    #expect(run.status == 1)
    for text in [
      "tickets: members", "for example 'strange'", "tickets: scores", "tickets: idle", "2 wait, and nobody is active",
    ] {
      #expect(run.output.contains(text), "\(text) in \(run.output)")
    }
    #expect(run.errors.contains("hint: queue, tickets: members: compare them"))
    try program.redis.command("DEL", "waiting")
    #expect(try program.run("doctor").output.contains("0 waiting, 0 active"))
    try program.redis.command("SET", "waiting", "x")
    #expect(try program.run("doctor").output.contains("the key 'waiting' holds a string"))
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}

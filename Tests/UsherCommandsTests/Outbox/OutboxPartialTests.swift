import Glibc
import Postgres
import Redis
import Sandbox
import Support
import Testing

/// A store that goes away while usher replays: the status, and what the person on call is told.
@Suite("usher outbox replay, when a store goes in the middle")
struct OutboxPartialTests {
  /// Starts a paced replay, lets something happen once some events are marked, and gives its end.
  private func replay(_ program: OutboxProgram, _ words: String..., meanwhile: () throws -> Void) throws -> Binary.Run {
    let (output, errors) = (program.file("out"), program.file("err"))
    defer { for path in [output, errors] { unlink(path) } }
    var command = ChildCommand(
      try Binary.path(), ["outbox", "replay", "--rate", "1000/s", "--yes"] + words, environment: program.environment)
    command.isSessionLeader = true
    command.output = .appending(output)
    command.error = .appending(errors)
    let child = try command.spawn()
    while try program.count("PUBLISHED") < 200 { usleep(2_000) }
    try meanwhile()
    let status = child.wait().shellStatus
    return Binary.Run(status: status, output: try text(output), errors: try text(errors))
  }

  private func text(_ path: String) throws -> String {
    try Binary.run(program: "/bin/cat", [path]).output
  }

  /// What every such end has to say, whichever store it was.
  private func expectPartial(_ run: Binary.Run, _ program: OutboxProgram, of planned: String, naming store: String)
    throws
  {
    #expect(run.status == 1, "\(run.errors)")
    let published = try program.count("PUBLISHED")
    #expect((200..<3_000).contains(published))
    let digits =
      published < 1_000 ? "\(published)" : "\(published / 1_000),\(String("\(published % 1_000 + 1_000)".dropFirst()))"
    #expect(run.output.hasPrefix("published \(digits) of \(planned) events; undo with: usher undo 01"), "\(run.output)")
    #expect(run.errors.contains("  cause: "))
    #expect(run.errors.contains(store), "\(run.errors)")
    #expect(
      run.errors.filter { $0 != "," }.contains(
        "  hint: \(3_000 - published) of 3000 events are unchanged: it is safe to run the same command again"))
  }

  @Test("a Redis that dies ends it with status 1, and the same command again sends the rest")
  func redis() throws {
    let redis = try TestRedis.make()
    let program = try OutboxProgram(publish: "to: redis-stream, topic: events", variables: ["USHER_REDIS": redis.url])
    try program.fill(3_000)
    let run = try replay(program) { redis.crash() }
    try expectPartial(run, program, of: "3,000", naming: "Redis at \(redis.socket)")
    let stayed = 3_000 - (try program.count("PUBLISHED"))
    #expect(try program.state() == "partial")
    try redis.restart()
    #expect(try program.run("outbox", "replay", "--yes").status == 0)
    #expect(try program.count("PUBLISHED") == 3_000)
    #expect(try redis.connect().command("XLEN", "events").integer == stayed)
  }

  @Test("a Kafka broker that dies ends it with status 1, not with the 69 of one that was never there")
  func kafka() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    let program = try OutboxProgram(variables: ["USHER_KAFKA": cluster.brokers])
    try program.fill(3_000)
    let run = try replay(program) { cluster.stop(broker: 1) }
    try expectPartial(run, program, of: "3,000", naming: "Kafka at \(cluster.brokers)")
    #expect(try program.state() == "partial")
    let again = try program.run("outbox", "replay", "--yes")
    #expect(again.status == 69, "\(again.errors)")
  }

  @Test(
    "a PostgreSQL session that dies in a batch ends it with status 1, and what was done is recorded through a new one")
  func postgres() throws {
    let redis = try TestRedis.make()
    let program = try OutboxProgram(publish: "to: redis-stream, topic: events", variables: ["USHER_REDIS": redis.url])
    try program.fill(3_000)
    try program.connection.script(
      """
      CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.payload LIKE '%: 1500,%' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
      CREATE TRIGGER fall BEFORE UPDATE ON outbox_event FOR EACH ROW EXECUTE FUNCTION fall()
      """)
    let run = try replay(program) {}
    try expectPartial(run, program, of: "3,000", naming: "PostgreSQL")
    #expect(try program.state() == "partial")
    try program.connection.script("DROP TRIGGER fall ON outbox_event")
    #expect(try program.run("outbox", "replay", "--yes").status == 0)
    #expect(try redis.connect().command("XLEN", "events").integer >= 3_000)
  }

  @Test("ids that do not tell events apart are status 78, before anything is sent")
  func ambiguous() throws {
    let program = try OutboxProgram(
      columns: "id: key, type: event_type, payload: payload, status: status, created: created_at")
    try program.fill(20)
    let before = try program.rows()
    let run = try program.run("outbox", "replay", "--to", "stdout", "--yes")
    #expect(run.status == 78)
    #expect(run.output == "")
    #expect(run.errors.contains("column 'key' of table public.outbox_event is not unique"))
    #expect(run.errors.contains("'k1' is in 3 rows"))
    #expect(try program.rows() == before)
  }

  @Test("killed again and again, what is marked had arrived, and in the end all have, each key in order")
  func killedAgain() throws {
    let redis = try TestRedis.make()
    let program = try OutboxProgram(publish: "to: redis-stream, topic: events", variables: ["USHER_REDIS": redis.url])
    try program.fill(3_000)
    let stream = try redis.connect()
    func arrived() throws -> [String] {
      try stream.command("XRANGE", "events", "-", "+").array.map { try $0.array[1].array[1].string }
    }
    for goal in [1, 500, 1_200] {
      var command = ChildCommand(
        try Binary.path(), ["outbox", "replay", "--rate", "4000/s", "--wait", "60s", "--yes"],
        environment: program.environment)
      command.isSessionLeader = true
      let child = try command.spawn()
      while try program.count("PUBLISHED") < goal { usleep(1_000) }
      kill(child.pid, SIGKILL)
      #expect(child.wait() == .signal(SIGKILL))
      let marked = Set(
        try program.connection.query("SELECT id::text FROM outbox_event WHERE status = 'PUBLISHED'").map {
          try $0.decode(0, as: String.self)
        })
      #expect(marked.count >= goal && marked.count < 3_000)
      #expect(marked.subtracting(try arrived()).isEmpty)
    }
    #expect(try program.run("outbox", "replay", "--wait", "60s", "--yes").status == 0)
    var seen: Set<String> = []
    let first = try arrived().filter { seen.insert($0).inserted }.compactMap { Int($0) }
    #expect(first.count == 3_000)
    for key in 0..<7 {
      let ids = first.filter { $0 % 7 == key }
      #expect(ids == ids.sorted(), "key k\(key)")
    }
  }
}

extension OutboxProgram {
  /// A path of its own for what a run writes.
  fileprivate func file(_ name: String) -> String { "/tmp/usher-outbox-\(getpid())-\(database.name)-\(name)" }

  /// How the history's newest operation stands.
  fileprivate func state() throws -> String {
    try connection.query("SELECT state FROM usher_history.operation ORDER BY id DESC LIMIT 1")[0].decode("state")
  }
}

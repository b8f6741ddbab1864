import Failures
import Postgres
import Sandbox
import Support
import Testing

/// Behind a pooler a session of the server belongs to the service again after each transaction. What usher left on it would change
/// the service's statements.
@Suite("Behind a connection pooler")
struct PoolerTests {
  let program: OutboxProgram

  init() throws { program = try OutboxProgram(publish: "to: stdout, topic: events") }

  private static let state = """
    SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('datestyle'),
      current_setting('bytea_output'), current_setting('extra_float_digits'), current_setting('plan_cache_mode'),
      current_setting('idle_in_transaction_session_timeout'), current_setting('search_path'),
      (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors),
      (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
      (SELECT count(*) FROM pg_class WHERE relpersistence = 't')
    """

  /// What a service finds on a session that it gets from the pooler, read by another client.
  private func session(_ pooler: TestPooler) throws -> String {
    let (exit, text) = try ChildCommand(
      "/usr/bin/psql", ["-X", "-A", "-t", "-d", pooler.conninfo(program.database), "-c", Self.state],
      environment: ["PATH": "/usr/bin:/bin"]
    ).capture()
    #expect(exit == .status(0), "\(text)")
    return text
  }

  private func usher(_ pooler: TestPooler, _ words: [String]) throws -> Binary.Run {
    let address = ["USHER_POSTGRES": pooler.conninfo(program.database)]
    return try Binary.run(words, environment: program.environment.merging(address) { $1 })
  }

  @Test(
    "a command that reads works, and leaves nothing on the session that the service uses next",
    arguments: TestPooler.Mode.allCases,
    [
      "index list", "query slow", "query explain --sql 'SELECT * FROM outbox_event WHERE id = $1'",
      "query explain --sql 'SELECT * FROM outbox_event WHERE nothing = $1'",
      "query explain --analyze --sql 'SELECT count(*) FROM outbox_event'", "outbox status", "status",
      "history", "outbox replay --dry-run",
    ])
  func reading(mode: TestPooler.Mode, command: String) throws {
    // PgBouncer allows no transaction there; usher says what the server said.
    if mode == .statement, command.contains("explain") || command.contains("outbox") { return }
    let pooler = try TestPooler.make(mode)
    try program.fill(3)
    let before = try session(pooler)
    let run = try usher(pooler, words(command))
    #expect(command.contains("nothing") ? run.status == 65 : run.status <= 1, "\(run.errors)")
    #expect(!run.errors.contains("usher: ") || run.status == 65, "\(run.errors)")
    #expect(try session(pooler) == before)
  }

  @Test("a pooler is recognised in each mode, and a direct connection is none", arguments: TestPooler.Mode.allCases)
  func recognised(mode: TestPooler.Mode) throws {
    let pooler = try TestPooler.make(mode)
    #expect(try pooler.connect(program.database).isPooled())
    #expect(try !program.database.connect().isPooled())
    let doctor = try usher(pooler, ["doctor"])
    #expect(doctor.output.contains("a connection pooler answers"), "\(doctor.output)")
  }

  @Test("what needs a session of its own is refused with the way out, in the plan as in the run")
  func refused() throws {
    let pooler = try TestPooler.make(sessions: 3)
    try program.connection.script("CREATE INDEX outbox_created ON outbox_event (created_at)")
    let before = try session(pooler)
    for command in [
      ["index", "create", "outbox_event", "status"],
      ["index", "drop", "outbox_created", "--confirm", "outbox_created"],
    ] {
      for consent in ["--yes", "--dry-run"] {
        let run = try usher(pooler, command + [consent])
        #expect(run.status == 77, "\(run.errors)")
        #expect(run.errors.contains("needs a session of its own, and"), "\(run.errors)")
        #expect(run.errors.contains("connect directly"), "\(run.errors)")
      }
    }
    #expect(try session(pooler) == before)
    #expect(try program.connection.query("SELECT to_regnamespace('usher_history') IS NULL")[0].decode(0) == true)
  }

  @Test("a replay and its undo work through it, with their lock, and leave neither a lock nor a setting")
  func replay() throws {
    let pooler = try TestPooler.make(sessions: 3)
    try program.fill(12_000)
    let before = try program.rows()
    let state = try session(pooler)
    let run = try usher(pooler, ["outbox", "replay", "--yes"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.split(separator: "\n").count == 12_000)
    let undo = try usher(pooler, ["undo", "--last", "--yes"])
    #expect(undo.status == 0, "\(undo.errors)")
    #expect(try program.rows() == before)
    let locks = try program.connection.query(
      """
      SELECT FROM pg_locks l WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """)
    #expect(locks.isEmpty)
    #expect(try session(pooler) == state)
  }

  /// Words as a shell takes them, with single quotes only.
  private func words(_ line: String) -> [String] {
    var words: [String] = []
    for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 1 { words.append(String(part)) } else { words += part.split(separator: " ").map(String.init) }
    }
    return words
  }
}

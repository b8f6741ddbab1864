import Glibc
import Postgres
import Sandbox
import Support
import Testing

@Suite("usher index")
struct IndexCommandTests {
  let database: TestDatabase
  let connection: PostgresConnection

  init() throws {
    database = try TestDatabase.make()
    connection = try PostgresConnection(PostgresTarget(database.conninfo))
    try connection.script(
      """
      CREATE TABLE seat (id bigserial PRIMARY KEY, status text NOT NULL, number int NOT NULL);
      INSERT INTO seat (status, number) SELECT 'UNLOCKED', i FROM generate_series(1, 500) i; ANALYZE seat;
      """)
  }

  private var environment: [String: String] {
    ["HOME": "/nonexistent", "USER": "kim", "USHER_POSTGRES": database.conninfo]
  }

  private func usher(_ words: String...) throws -> Binary.Run { try Binary.run(words, environment: environment) }

  private func names() throws -> [String] {
    try connection.query(
      "SELECT relname::text AS name FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    .map { try $0.decode("name") }
  }

  @Test("create shows its plan, builds, and finds nothing to do the second time")
  func create() throws {
    let plan = try usher("index", "create", "seat", "status", "number desc", "--dry-run")
    #expect(plan.status == 0)
    #expect(plan.output.hasPrefix("would create index 'public.seat_status_number_idx' on 'public.seat' ("))
    #expect(plan.output.contains("about 500 rows"))
    #expect(plan.output.contains("estimated time: "))
    #expect(plan.output.hasSuffix("nothing was changed\n"))
    #expect(try names() == ["seat_pkey"])
    let built = try usher("index", "create", "seat", "status", "number desc", "--yes")
    #expect(built.status == 0)
    #expect(
      built.output == """
        created index 'public.seat_status_number_idx' on 'public.seat'; undo with: \
        usher index drop public.seat_status_number_idx\n
        """)
    #expect(try names() == ["seat_pkey", "seat_status_number_idx"])
    let again = try usher("index", "create", "seat", "status", "number desc", "--yes")
    #expect(again.status == 0)
    #expect(again.output.hasPrefix("nothing to do: 'public.seat_status_number_idx' is the same index"))
  }

  @Test("its result is an object that scripts read, with every option in the statement")
  func createAsJSON() throws {
    let run = try usher(
      "index", "create", "public.seat", "number", "--unique", "--include", "status,id", "--where", "number > 0",
      "--name",
      "chosen", "--yes", "-o", "json")
    #expect(run.status == 0)
    for part in [
      "\"planned\": 1", "\"changed\": 1", "\"failed\": 0", "\"dry_run\": false", "\"duration_ms\": ",
      "\"operation\": \"01",
    ] {
      #expect(run.output.contains(part), "\(part) in \(run.output)")
    }
    #expect(
      try connection.query("SELECT pg_get_indexdef('chosen'::regclass) AS d")[0].decode("d")
        == "CREATE UNIQUE INDEX chosen ON public.seat USING btree (number) INCLUDE (status, id) WHERE (number > 0)")
  }

  @Test("drop keeps the definition, and undo builds the index again")
  func dropAndUndo() throws {
    try connection.script("CREATE INDEX victim ON seat (status DESC) WHERE number > 3")
    let before = try connection.query("SELECT pg_get_indexdef('victim'::regclass) AS d")[0].decode("d", as: String.self)
    #expect(try usher("index", "drop", "victim", "--dry-run").output.contains(before))
    let dropped = try usher("index", "drop", "victim", "--yes", "--confirm", "public.victim")
    #expect(dropped.status == 0)
    #expect(dropped.output.hasPrefix("dropped index 'public.victim'; undo with: usher undo 01"))
    #expect(try names() == ["seat_pkey"])
    #expect(try usher("undo", "--last", "--dry-run").output.contains("build index 'public.victim' again"))
    let undone = try usher("undo", "--last", "--yes")
    #expect(undone.status == 0)
    #expect(try connection.query("SELECT pg_get_indexdef('victim'::regclass) AS d")[0].decode("d") == before)
    #expect(try usher("history").output.contains("undone"))
  }

  @Test("a name that needs quotes comes back in the way to undo it, fit for a shell")
  func quotedNames() throws {
    let name = "it's \"odd\""
    let made = try usher("index", "create", "seat", "number", "--name", name, "--yes")
    #expect(made.status == 0)
    let command = try #require(made.output.split(separator: "undo with: usher ").last)
    let undone = try Binary.run(
      program: "/bin/sh", ["-c", "\"$0\" \(command.filter { $0 != "\n" }) --yes", try Binary.path()],
      environment: environment)
    #expect(undone.status == 0, "\(undone.errors)")
    #expect(try names() == ["seat_pkey"])
  }

  @Test("list prints what scripts rely on")
  func list() throws {
    let run = try usher("index", "list", "seat", "-o", "jsonl")
    #expect(run.status == 0)
    #expect(
      run.output.hasPrefix("{\"name\": \"public.seat_pkey\", \"table\": \"seat\", \"bytes\": ")
        || run.output.hasPrefix("{\"name\":\"public.seat_pkey\""))
    #expect(run.output.contains("CREATE UNIQUE INDEX seat_pkey ON public.seat USING btree (id)"))
    #expect(try usher("index", "list", "nowhere").status == 65)
  }

  @Test("mistakes end with their status, and change nothing")
  func mistakes() throws {
    #expect(try usher("index", "create", "seat").status == 64)
    #expect(try usher("index", "create", "seat", "status").status == 77)
    let twice = try usher("index", "create", "seat", "status", "status desc", "--yes")
    #expect(twice.status == 64)
    #expect(twice.errors.contains("column 'status' is given twice"))
    #expect(try usher("index", "create", "pg_class", "relname", "--dry-run").status == 77)
    let column = try usher("index", "create", "seat", "stauts", "--yes")
    #expect(column.status == 65)
    #expect(column.errors.contains("hint: its columns: id, status, number"))
    #expect(try usher("index", "create", "nowhere", "id", "--yes").status == 65)
    let twins = try usher("index", "create", "seat", "status", "--unique", "--yes")
    #expect(twins.status == 65)
    #expect(twins.errors.contains("the unfinished index was dropped"))
    #expect(try usher("index", "drop", "seat_pkey", "--yes", "--confirm", "public.seat_pkey").status == 77)
    #expect(try usher("index", "drop", "nowhere", "--yes").status == 65)
    #expect(try names() == ["seat_pkey"])
  }

  @Test("Ctrl-C cancels a build that waits, names whom it waited for, and leaves nothing")
  func interrupt() throws {
    let old = try holdSnapshot()
    let (child, errors) = try start("index", "create", "seat", "status", "--yes")
    try waitForBuild()
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(130))
    let said = try contents(of: errors)
    #expect(said.contains("waiting for pid \(old.backendPID) ("))
    #expect(said.contains("the unfinished index was dropped"))
    // A file gets no progress: neither phases nor counts.
    let starts = ["  waiting for pid ", "the unfinished index ", "usher: "]
    #expect(said.split(separator: "\n").allSatisfy { line in starts.contains { line.hasPrefix($0) } }, "\(said)")
    #expect(try names() == ["seat_pkey"])
    #expect(try usher("history", "-o", "json").output.contains("\"interrupted\""))
  }

  @Test("on a terminal Ctrl-C is answered at once, also where the drop has to wait in its turn")
  func interruptOnTerminal() throws {
    let old = try holdSnapshot()
    let run = try Binary.runInTerminal(
      ["index", "create", "seat", "status", "--yes"], environment: environment.merging(["TERM": "xterm"]) { $1 },
      script: [
        .init("waiting for pid \(old.backendPID) (", "\u{3}"), .init("ended early: dropping the unfinished index", ""),
      ])
    #expect(run.status == 130, "\(run)")
  }

  @Test("a second build of the same table at the same time is told to try again")
  func twoAtOnce() throws {
    let old = try holdSnapshot()
    let (child, errors) = try start("index", "create", "seat", "status", "--yes")
    defer { unlink(errors) }
    try waitForBuild()
    let second = try usher("index", "create", "seat", "number", "--yes")
    #expect(second.status == 75)
    #expect(second.errors.contains("another usher is changing index public.seat"))
    try old.script("COMMIT")
    #expect(child.wait() == .status(0))
    #expect(try names() == ["seat_pkey", "seat_status_idx"])
  }

  @Test("while a killed usher's build goes on, its index is neither dropped nor built again")
  func killed() throws {
    let old = try holdSnapshot()
    let (child, errors) = try start("index", "create", "seat", "status", "--yes")
    defer { unlink(errors) }
    try waitForBuild()
    kill(child.pid, SIGKILL)
    _ = child.wait()
    for words in [
      ["index", "drop", "seat_status_idx", "--yes", "--confirm", "public.seat_status_idx"],
      ["index", "drop", "seat_status_idx", "--dry-run"], ["index", "create", "seat", "status", "--dry-run"],
    ] {
      let run = try Binary.run(words, environment: environment)
      #expect(run.status == 75)
      #expect(run.errors.contains("cause: by pid "))
      #expect(!run.output.contains("dropped"))
    }
    try old.script("COMMIT")
  }

  // MARK: Builds that wait

  /// A snapshot that any concurrent build in this database waits for.
  private func holdSnapshot() throws -> PostgresConnection {
    let old = try PostgresConnection(PostgresTarget(database.conninfo))
    try old.executeAlone("BEGIN ISOLATION LEVEL REPEATABLE READ")
    try old.script("SELECT count(*) FROM pg_class")
    return old
  }

  private func start(_ words: String...) throws -> (child: ChildProcess, errors: String) {
    let errors = "/tmp/usher-index-\(getpid())-\(connection.backendPID).txt"
    var command = ChildCommand(
      "/bin/sh", ["-c", "exec \"$0\" \"$@\" 2>\(errors)", try Binary.path()] + words, environment: environment)
    command.isSessionLeader = true
    return (try command.spawn(), errors)
  }

  /// Until the build waits for the old snapshot, for at least as long as it takes to be told of.
  private func waitForBuild() throws {
    for _ in 0..<600 {
      let rows = try connection.query(
        """
        SELECT 1 FROM pg_stat_progress_create_index WHERE datname = current_database() AND current_locker_pid > 0
        """)
      if !rows.isEmpty {
        usleep(700_000)
        return
      }
      usleep(25_000)
    }
    Issue.record("the build never waited")
  }

  private func contents(of file: String) throws -> String {
    defer { unlink(file) }
    let stream = try #require(fopen(file, "r"))
    defer { fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, stream)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}

import Glibc
import Postgres
import Sandbox
import Support
import Testing

@Suite("usher index create, while its build waits")
struct IndexCreateWaitTests {
  private let program: IndexProgram

  init() throws { program = try IndexProgram() }

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
    #expect(try program.names() == ["seat_pkey"])
    #expect(try program.usher("history", "-o", "json").output.contains("\"interrupted\""))
  }

  @Test("on a terminal Ctrl-C is answered at once, also where the drop has to wait in its turn")
  func interruptOnTerminal() throws {
    let old = try holdSnapshot()
    let run = try Binary.runInTerminal(
      ["index", "create", "seat", "status", "--yes"],
      environment: program.environment.merging(["TERM": "xterm"]) { $1 },
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
    let second = try program.usher("index", "create", "seat", "number", "--yes")
    #expect(second.status == 75)
    #expect(second.errors.contains("another usher is changing index public.seat"))
    try old.script("COMMIT")
    #expect(child.wait() == .status(0))
    #expect(try program.names() == ["seat_pkey", "seat_status_idx"])
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
      ["index", "drop", "seat_status_idx", "--dry-run"],
    ] {
      let run = try Binary.run(words, environment: program.environment)
      #expect(run.status == 75)
      #expect(run.errors.contains("cause: by pid "))
      #expect(!run.output.contains("dropped"))
    }
    // The next run follows that build instead of starting another.
    let (next, report) = try start("index", "create", "seat", "status", "--yes")
    defer { unlink(report) }
    try waitUntil { try Binary.run(program: "/bin/cat", [report]).output.contains("waiting for pid \(old.backendPID)") }
    try old.script("COMMIT")
    #expect(next.wait() == .status(0))
    #expect(try program.names() == ["seat_pkey", "seat_status_idx"])
  }

  @Test("--give-up-after ends a build that waits, with status 75 and nothing left")
  func giveUp() throws {
    let old = try holdSnapshot()
    let run = try program.usher("index", "create", "seat", "status", "--yes", "--give-up-after", "700ms")
    #expect(run.status == 75)
    #expect(run.errors.contains("the build was ended after 700ms, as --give-up-after asks"), "\(run.errors)")
    #expect(run.errors.contains("the unfinished index was dropped"))
    #expect(try program.names() == ["seat_pkey"])
    #expect(old.isInTransaction)
  }

  @Test("the server's limits for idle sessions end neither the build nor its record")
  func idleLimits() throws {
    let old = try holdSnapshot()
    let role = "impatient_\(program.database.name)"
    try program.connection.script(
      """
      CREATE ROLE \(role) LOGIN SUPERUSER;
      ALTER ROLE \(role) SET idle_session_timeout = '150ms';
      ALTER ROLE \(role) SET idle_in_transaction_session_timeout = '150ms';
      ALTER ROLE \(role) SET statement_timeout = '1s'; ALTER ROLE \(role) SET lock_timeout = '1s'
      """)
    defer { try? program.connection.script("DROP ROLE \(role)") }
    let errors = "/tmp/usher-index-\(getpid())-\(program.connection.backendPID).idle.txt"
    defer { unlink(errors) }
    var command = ChildCommand(
      "/bin/sh",
      ["-c", "exec \"$0\" \"$@\" 2>\(errors)", try Binary.path(), "index", "create", "seat", "status", "--yes"],
      environment: program.environment.merging(["PGUSER": role, "USHER_POSTGRES": address(role)]) { $1 })
    command.isSessionLeader = true
    let child = try command.spawn()
    try waitForBuild()
    // Longer than every limit above.
    usleep(1_500_000)
    try old.script("COMMIT")
    let end = child.wait()
    let said = try Binary.run(program: "/bin/cat", [errors]).output
    #expect(end == .status(0), "\(said)")
    #expect(!said.contains("lost"))
    let record = try program.connection.query("SELECT state, changed FROM usher_history.operation")
    #expect(try record.map { try $0.decode("state", as: String.self) } == ["done"])
  }

  private func address(_ role: String) -> String {
    program.database.conninfo.split(separator: " ").filter { !$0.hasPrefix("user=") }.joined(separator: " ")
      + " user=\(role)"
  }

  /// A snapshot that any concurrent build in this database waits for.
  private func holdSnapshot() throws -> PostgresConnection {
    let old = try PostgresConnection(PostgresTarget(program.database.conninfo))
    try old.executeAlone("BEGIN ISOLATION LEVEL REPEATABLE READ")
    try old.script("SELECT count(*) FROM pg_class")
    return old
  }

  private func start(_ words: String...) throws -> (child: ChildProcess, errors: String) {
    let errors = "/tmp/usher-index-\(getpid())-\(program.connection.backendPID).txt"
    var command = ChildCommand(
      "/bin/sh", ["-c", "exec \"$0\" \"$@\" 2>\(errors)", try Binary.path()] + words, environment: program.environment)
    command.isSessionLeader = true
    return (try command.spawn(), errors)
  }

  /// Until the build waits for the old snapshot, for at least as long as it takes to be told of.
  private func waitForBuild() throws {
    for _ in 0..<600 {
      let rows = try program.connection.query(
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

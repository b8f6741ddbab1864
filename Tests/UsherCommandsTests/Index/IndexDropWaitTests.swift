import Glibc
import Postgres
import Sandbox
import Support
import Testing

@Suite("usher index drop, while it waits for an old transaction")
struct IndexDropWaitTests {
  private let shop: Shop

  init() throws { shop = try Shop() }

  /// A transaction that has read the table, for which a concurrent drop waits.
  private func holdTable() throws -> PostgresConnection {
    let old = try shop.database.connect()
    try old.script("BEGIN; SELECT count(*) FROM seat")
    return old
  }

  private func waitForDrop() throws {
    for _ in 0..<400 {
      let rows = try shop.postgres.query(
        """
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND query ILIKE 'drop index%' AND wait_event_type = 'Lock'
        """)
      if !rows.isEmpty { return }
      usleep(25_000)
    }
    Issue.record("the drop never waited")
  }

  @Test("the drop names the session that it waits for")
  func named() throws {
    let old = try holdTable()
    let errors = "\(shop.home)/err"
    defer { unlink(errors) }
    var command = ChildCommand(
      "/bin/sh",
      [
        "-c", "exec \"$0\" index drop seat_spare --yes --confirm public.seat_spare --reason x 2>\(errors)",
        try Binary.path(),
      ], environment: shop.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    try waitForDrop()
    var said = ""
    for _ in 0..<200 where !said.contains("waiting for pid") {
      usleep(25_000)
      said = try SourceFiles.text(of: errors)
    }
    #expect(said.contains("waiting for pid \(old.backendPID) ("), "\(said)")
    try old.script("COMMIT")
    #expect(child.wait() == .status(0))
  }

  @Test("an unfinished index that is being dropped is not said to be being built, and nobody is told to cancel that")
  func dropped() throws {
    try shop.postgres.script(
      """
      CREATE INDEX seat_status_idx ON seat (status);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'seat_status_idx'::regclass
      """)
    let old = try holdTable()
    let dropper = try shop.database.connect()
    try dropper.start("DROP INDEX CONCURRENTLY seat_status_idx")
    try waitForDrop()
    let run = try shop.usher("index", "create", "seat", "status", "--yes")
    #expect(run.status == 75)
    #expect(run.errors.contains("another session works on table 'public.seat'"), "\(run.errors)")
    #expect(run.errors.contains(": DROP INDEX CONCURRENTLY seat_status_idx"), "\(run.errors)")
    #expect(!run.errors.contains("pg_cancel_backend"), "\(run.errors)")
    try old.script("COMMIT")
    while try dropper.poll(timeout: .milliseconds(200)) == .running {}
  }
}

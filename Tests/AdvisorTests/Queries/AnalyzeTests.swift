import Failures
import Postgres
import Support
import Testing

@testable import Advisor

@Suite("Running a statement to measure it")
struct AnalyzeTests {
  let seats: SeatDatabase

  init() throws { seats = try SeatDatabase() }

  private static let insertion = """
    WITH added AS (INSERT INTO seat (option_id, status, held_at) VALUES (1, 'new', now()) RETURNING id) SELECT * FROM added
    """

  @Test("what each step gave and threw away is measured")
  func measured() throws {
    let explanation = try seats.explain(
      "SELECT * FROM seat WHERE status = 'UNLOCKED'", run: .reading(timeout: .ample))
    #expect(explanation.isAnalyzed)
    #expect(explanation.plan.actual?.rows == 400)
    #expect(explanation.plan.actual?.loops == 1)
    #expect(explanation.plan.removed == [PlanNode.Removal(condition: "filter", rows: 19_600)])
    #expect(explanation.executionMilliseconds != nil)
    #expect(explanation.plan.selfMilliseconds != nil)
    #expect(
      explanation.warnings == [
        "Seq Scan on seat reads 20,000 rows to keep 400; its filter reads: status; no index begins with status"
      ])
  }

  @Test(
    "a function that may change something is refused before it is called, also in a view",
    arguments: [
      ("SELECT pg_terminate_backend(0)", "pg_terminate_backend()"),
      ("SELECT pg_stat_statements_reset()", "pg_stat_statements_reset()"),
      ("SELECT id FROM seat WHERE pg_advisory_lock(id) IS NOT NULL", "pg_advisory_lock()"),
      ("SELECT * FROM sly", "set_config()"),
    ])
  func volatile(sql: String, name: String) throws {
    try seats.connection.script("CREATE VIEW sly AS SELECT set_config('work_mem', '1MB', false) AS s FROM seat")
    let failure = seats.failure { _ = try seats.explain(sql, run: .reading(timeout: .ample)) }
    #expect(failure?.kind == .refused)
    #expect(failure?.message.contains("calls \(name), which may change something") == true, "\(failure?.message ?? "")")
    #expect(failure?.hints.last?.contains("--yes") == true)
  }

  @Test("functions that change nothing run without a question")
  func harmless() throws {
    for sql in [
      "SELECT count(*), random(), clock_timestamp(), gen_random_uuid() FROM seat",
      "SELECT lower(status) FROM seat LIMIT 1",
      "SELECT 'pg_terminate_backend(1)'", "SELECT pg_sleep(0)",
    ] {
      #expect(try seats.explain(sql, run: .reading(timeout: .ample)).isAnalyzed)
    }
  }

  @Test("what changes data is refused, and nothing has changed")
  func refused() throws {
    try seats.connection.execute(
      """
      CREATE FUNCTION add_seat() RETURNS void LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO seat (option_id, status, held_at) VALUES (1, 'sly', now()); END $$
      """)
    for sql in [
      Self.insertion, "DELETE FROM seat", "UPDATE seat SET status = 'x'", "SELECT nextval('seat_id_seq')",
      "SELECT * FROM seat FOR UPDATE", "SELECT add_seat()", "SELECT * INTO copy FROM seat",
    ] {
      let failure = try #require(seats.failure { _ = try seats.explain(sql, run: .reading(timeout: .ample)) }, "\(sql)")
      #expect(failure.kind == .refused)
      #expect(failure.message.hasSuffix(", and `--analyze` would run it"))
      #expect(failure.hints.last?.contains("--yes") == true)
      #expect(!seats.connection.isInTransaction)
    }
    #expect(try seats.seats == 20_000)
    #expect(try seats.connection.query("SELECT FROM pg_class WHERE relname = 'copy'").isEmpty)
    #expect(try seats.connection.query("SELECT FROM seat WHERE status IN ('x', 'sly', 'new')").isEmpty)
    #expect(try seats.connection.query("SELECT last_value FROM seat_id_seq")[0].decode(0) == 20_000)
  }

  @Test("a statement cannot talk itself out of the reading transaction")
  func noEscape() throws {
    let failure = seats.failure {
      _ = try seats.explain(
        "SELECT set_config('transaction_read_only', 'off', true)", run: .reading(timeout: .ample))
    }
    #expect(failure != nil)
  }

  @Test("with consent it is run for real, and rolled back", arguments: [insertion, "DELETE FROM seat WHERE id = 7"])
  func rolledBack(sql: String) throws {
    let explanation = try seats.explain(sql, run: .rolledBack(timeout: .ample))
    let change = try #require(explanation.plan.all.first { $0.type == "Insert" || $0.type == "Delete" })
    #expect(change.actual?.loops == 1)
    #expect(try seats.seats == 20_000)
    #expect(try seats.connection.query("SELECT FROM seat WHERE id = 7").count == 1)
    #expect(!seats.connection.isInTransaction)
  }

  @Test("two statements are one too many, whichever way they come", arguments: [true, false])
  func several(isForReal: Bool) throws {
    let run: Explainer.Run = isForReal ? .rolledBack(timeout: .ample) : .reading(timeout: .ample)
    #expect(throws: Failure.self) { try seats.explain("SELECT 1; DELETE FROM seat", run: run) }
    #expect(throws: Failure.self) { try seats.explain("SELECT 1; COMMIT; DELETE FROM seat", run: run) }
    #expect(try seats.seats == 20_000)
  }

  @Test("a statement with $1 needs values to be run")
  func valuesNeeded() throws {
    let sql = "SELECT * FROM seat WHERE id = $1"
    let failure = try #require(seats.failure { _ = try seats.explain(sql, run: .reading(timeout: .ample)) })
    #expect(failure.kind == .usage)
    #expect(failure.hints.first?.contains("--param VALUE") == true)
    let explanation = try seats.explain(sql, values: ["7"], run: .reading(timeout: .ample))
    #expect(explanation.plan.actual?.rows == 1)
    #expect(!explanation.isGeneric)
  }

  @Test("a normalised statement is run with values in the place of its literals")
  func normalisedWithValues() throws {
    let id = try seats.run(
      "SELECT count(*) AS measured_1 FROM seat WHERE held_at > timestamptz '2023-12-31' - interval '1 day'",
      findBy: "measured_1")
    let text = try SlowQueries(seats.connection).text(of: id)
    let explanation = try seats.explain(text, values: ["2024-01-02", "3 days"], run: .reading(timeout: .ample))
    #expect(explanation.plan.all.contains { $0.relation == "seat" && $0.actual?.rows == 20_000 })
  }

  @Test("a run that takes too long is ended, and the timeouts are as before")
  func timeout() throws {
    let before: String = try seats.connection.query("SHOW statement_timeout")[0].decode(0)
    let failure = seats.failure {
      _ = try seats.explain("SELECT pg_sleep(60)", run: .reading(timeout: .milliseconds(50)))
    }
    #expect(failure?.kind == .tryAgain)
    #expect(failure?.hints.last?.contains("--timeout") == true)
    #expect(try seats.connection.query("SHOW statement_timeout")[0].decode(0) == before)
  }

  @Test("a sort that does not fit into memory is told")
  func spill() throws {
    try seats.connection.execute("SET work_mem = '64kB'")
    let explanation = try seats.explain(
      "SELECT * FROM seat ORDER BY status, held_at, option_id", run: .reading(timeout: .ample))
    let sort = try #require(explanation.plan.all.first { $0.type == "Sort" })
    #expect(sort.sortIsOnDisk)
    #expect(explanation.warnings.contains { $0.hasPrefix("Sort wrote ") })
  }

  @Test("an estimate that is far off is told with the table")
  func estimate() throws {
    try seats.connection.execute("UPDATE seat SET option_id = 7 WHERE id <= 5000")
    let explanation = try seats.explain(
      "SELECT * FROM seat WHERE option_id = 7", run: .reading(timeout: .ample))
    #expect(explanation.warnings.contains { $0.hasPrefix("Seq Scan on seat: ") && $0.contains(" were expected") })
  }
}

import Failures
import Support
import Testing

@testable import Advisor

/// Each finding is made on a real server. Its commands are run there, and after that it is gone.
@Suite("What is wrong with a plan, and what to type")
struct PlanFindingsTests {
  let seats: SeatDatabase

  init() throws { seats = try SeatDatabase() }

  struct Case: Sendable, CustomStringConvertible {
    let kind: PlanFinding.Kind
    var setup = ""
    let sql: String
    let commands: [String]
    var reason: String?
    /// Whether the finding is gone after the commands.
    var helps = true
    var description: String { "\(kind.rawValue): \(sql)" }
  }

  static let cases = [
    Case(
      kind: .filterDiscardsRows, sql: "SELECT * FROM seat WHERE status = 'UNLOCKED' AND held_at > '2023-01-01'",
      commands: ["usher index create seat status held_at"], reason: "no index begins with status or held_at"),
    Case(
      kind: .filterDiscardsRows, setup: "ALTER TABLE seat RENAME status TO \"Order\"",
      sql: "SELECT * FROM seat s WHERE s.\"Order\" = 'UNLOCKED'", commands: ["usher index create seat Order"]),
    Case(
      kind: .filterDiscardsRows, sql: "SELECT * FROM seat WHERE lower(status) = 'unlocked'",
      commands: ["CREATE INDEX CONCURRENTLY ON seat ((lower(status)))", "ANALYZE seat"],
      reason: "the function lower hides the column from its indexes"),
    Case(
      kind: .filterDiscardsRows, sql: "SELECT * FROM seat WHERE date_trunc('day', held_at) = '2025-01-01'",
      commands: [],
      reason: "the function date_trunc hides the column from its indexes", helps: false),
    Case(
      kind: .filterDiscardsRows, sql: "SELECT * FROM seat WHERE id = 7.0::numeric",
      commands: ["CREATE INDEX CONCURRENTLY ON seat (((id)::numeric))"],
      reason: "the cast to numeric hides the column id from its indexes: compare with a value of the column's type"),
    Case(
      kind: .filterDiscardsRows, sql: "SELECT * FROM seat WHERE held_at::date = '2025-01-01'", commands: [],
      reason: "the cast to date hides the column held_at from its indexes: compare with a value of the column's type",
      helps: false),
    Case(
      kind: .filterDiscardsRows, setup: "ALTER TABLE seat ALTER status TYPE varchar(20); ANALYZE seat",
      sql: "SELECT * FROM seat WHERE status = 'UNLOCKED'", commands: ["usher index create seat status"]),
    Case(
      kind: .filterDiscardsRows, sql: "SELECT * FROM seat WHERE status LIKE 'UNL%'",
      commands: ["CREATE INDEX CONCURRENTLY ON seat (status text_pattern_ops)"],
      reason: "an index of the default kind does not serve LIKE unless the collation is C"),
    Case(
      kind: .filterDiscardsRows, sql: "SELECT * FROM seat WHERE status LIKE '%NLOCKEDX%'",
      commands: [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX CONCURRENTLY ON seat USING gin (status gin_trgm_ops)",
      ], reason: "a pattern that begins with a wildcard needs an index of trigrams"),
    Case(
      kind: .foreignKeyWithoutIndex,
      setup: """
        CREATE TABLE hold (id int, place bigint REFERENCES seat); INSERT INTO hold SELECT i, 1 FROM generate_series(1, 300) i;
        INSERT INTO hold SELECT i, 1 + i % 9 FROM generate_series(1, 30000) i
        """, sql: "DELETE FROM seat WHERE id BETWEEN 19900 AND 19999", commands: ["usher index create hold place"],
      reason: "no index has its columns: place"),
    Case(
      kind: .spill, setup: "SET work_mem = '64kB'", sql: "SELECT * FROM seat ORDER BY status, held_at, option_id",
      commands: ["SET work_mem = '4MB'"]),
    Case(
      kind: .spill, setup: "SET work_mem = '64kB'; SET enable_mergejoin = off; SET enable_nestloop = off",
      sql: "SELECT count(*) FROM seat a JOIN seat b USING (id)", commands: ["SET work_mem = '1MB'"]),
    Case(
      kind: .spill, setup: "SET work_mem = '64kB'; SET enable_sort = off",
      sql: "SELECT id, count(*) FROM seat GROUP BY id + 0, id", commands: ["SET work_mem = '2MB'"]),
    Case(
      kind: .wrongEstimate,
      setup: "UPDATE seat SET option_id = 7 WHERE id <= 5000; SELECT pg_stat_force_next_flush()",
      sql: "SELECT * FROM seat WHERE option_id = 7", commands: ["ANALYZE seat"],
      reason: "many rows changed since the statistics were collected"),
    Case(
      kind: .wrongEstimate,
      setup:
        "CREATE TABLE fresh (a int) WITH (autovacuum_enabled = off); INSERT INTO fresh SELECT 1 FROM generate_series(1, 9000)",
      sql: "SELECT * FROM fresh WHERE a = 1", commands: ["ANALYZE fresh"], reason: "the table has no statistics"),
    Case(
      kind: .wrongEstimate,
      setup: "CREATE TABLE pair AS SELECT i % 100 AS a, i % 100 AS b FROM generate_series(1, 9000) i; ANALYZE pair",
      sql: "SELECT * FROM pair WHERE a = 7 AND b = 7",
      commands: ["CREATE STATISTICS \"pair_a_b_stats\" ON a, b FROM pair", "ANALYZE pair"],
      reason: "the planner takes the columns for independent of each other"),
    Case(
      kind: .jit, setup: "SET jit = on; SET jit_above_cost = 0; SET jit_optimize_above_cost = 0",
      sql: "SELECT option_id, count(*) FROM seat WHERE id < 100 GROUP BY 1", commands: ["SET jit = off"]),
    Case(
      kind: .workersNotLaunched,
      setup: """
        SET max_parallel_workers_per_gather = 2; SET max_parallel_workers = 0; SET parallel_setup_cost = 0;
        SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0
        """, sql: "SELECT count(*) FROM seat",
      commands: ["SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker'"], helps: false),
    Case(kind: .offset, sql: "SELECT * FROM seat ORDER BY id LIMIT 10 OFFSET 15000", commands: [], helps: false),
  ]

  @Test("is found with its reason, and its commands remove it", arguments: cases)
  func found(entry: Case) throws {
    if !entry.setup.isEmpty { try seats.connection.script(entry.setup) }
    let before = try seats.explain(entry.sql, run: .rolledBack(timeout: .ample))
    let finding = try #require(
      before.findings.first { $0.kind == entry.kind }, "\(before.findings), \(before.plan.all.map(\.type))")
    let commands = entry.commands.filter { !$0.hasPrefix("ANALYZE") || finding.commands.contains($0) }
    #expect(finding.commands == commands)
    if let reason = entry.reason { #expect(finding.reason == reason) }
    #expect(finding.share > 0 || entry.kind == .wrongEstimate)
    #expect(before.warnings == before.findings.map(\.text))
    for command in entry.commands {
      if command.hasPrefix("usher ") {
        let run = try seats.usher(command: command)
        #expect(run.status == 0, "\(command): \(run.errors)")
      } else {
        try seats.connection.executeAlone(command)
      }
    }
    guard entry.helps else { return }
    let after = try seats.explain(entry.sql, run: .rolledBack(timeout: .ample))
    #expect(!after.findings.contains { $0.kind == entry.kind }, "\(after.findings)")
  }

  @Test(
    "nothing is found where there is nothing wrong",
    arguments: [
      "SELECT * FROM seat WHERE id = 7", "SELECT count(*) FROM seat", "SELECT * FROM seat ORDER BY id LIMIT 5 OFFSET 5",
      "DELETE FROM concert_option WHERE id = 400", "SELECT option_id, count(*) FROM seat GROUP BY option_id",
      "SELECT * FROM seat s WHERE EXISTS (SELECT FROM concert_option o WHERE o.id = s.option_id) AND s.id < 50",
    ])
  func harmless(sql: String) throws {
    let explanation = try seats.explain(sql, run: .rolledBack(timeout: .ample))
    #expect(explanation.findings == [])
  }

  @Test("a role that may only read the table gets the same, and is not told that statistics are missing")
  func ordinaryRole() throws {
    try seats.connection.script(
      """
      UPDATE seat SET option_id = 7 WHERE id <= 5000; GRANT SELECT (id, option_id) ON seat TO pg_signal_backend;
      SET work_mem = '64kB'; SET ROLE pg_signal_backend
      """)
    let explanation = try seats.explain(
      "SELECT id FROM seat WHERE option_id = 7 ORDER BY id % 10, id", run: .reading(timeout: .ample))
    #expect(explanation.findings.contains { $0.kind == .spill })
    #expect(explanation.findings.first { $0.kind == .wrongEstimate }?.reason != "the table has no statistics")
    #expect(try seats.connection.query("SELECT current_user::text")[0].decode(0) == "pg_signal_backend")
  }

  @Test("the most expensive finding is the first")
  func order() throws {
    let explanation = try seats.explain(
      "SELECT * FROM seat WHERE status = 'UNLOCKED' ORDER BY id LIMIT 5 OFFSET 0", run: .no)
    #expect(explanation.findings.map(\.share) == explanation.findings.map(\.share).sorted(by: >))
  }

  @Test("a column of another table is not one for the index")
  func outerColumns() throws {
    try seats.connection.script("SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off")
    let explanation = try seats.explain(
      "SELECT * FROM concert_option o, LATERAL (SELECT * FROM seat s WHERE s.option_id = o.concert_id OFFSET 0) x WHERE o.id = 40",
      run: .reading(timeout: .ample))
    let finding = try #require(explanation.findings.first { $0.kind == .filterDiscardsRows })
    #expect(finding.commands == ["usher index create seat option_id"])
  }
}

extension SeatDatabase {
  /// Runs a command of usher as it is shown. It changes the database, so that consent is added.
  fileprivate func usher(command: String) throws -> Binary.Run {
    try Binary.run(
      command.split(separator: " ").dropFirst().map { String($0) } + ["--yes"],
      environment: ["USHER_POSTGRES": database.conninfo])
  }
}

@Suite("The comparisons of a filter")
struct PlanPredicateTests {
  @Test(
    "are split where all must be true",
    arguments: [
      ("(s.a = 1)", ["s.a = 1"]),
      ("((s.a = 1) AND (s.b > 'x AND y'::text))", ["s.a = 1", "s.b > 'x AND y'::text"]),
      ("((s.a = 1) OR (s.b = 2))", []),
      ("(((s.a = 1) OR (s.b = 2)) AND (s.c = ANY ('{1,2}'::integer[])))", ["s.c = ANY ('{1,2}'::integer[])"]),
      ("(lower((s.name)::text) = 'a)'::text)", ["lower((s.name)::text) = 'a)'::text"]),
      ("s.flag", []), ("(NOT s.flag)", []), ("", []), ("((", []),
    ])
  func split(filter: String, expected: [String]) {
    #expect(PlanPredicate.all(in: filter).map { "\($0.expression) \($0.comparison) \($0.value)" } == expected)
  }

  @Test("know their column, and no column of another table")
  func columns() {
    func column(_ filter: String, _ alias: String = "s") -> String? {
      PlanPredicate.all(in: filter).first?.column(of: alias).map { "\($0.name) \($0.sql) \($0.cast ?? "-")" }
    }
    #expect(column("(s.a = 1)") == "a a -")
    #expect(column("((s.a)::text = 'x'::text)") == "a a text")
    #expect(column("(s.\"Or\"\"der\" = 1)") == "Or\"der \"Or\"\"der\" -")
    #expect(column("(\"S\".a = 1)", "S") == "a a -")
    #expect(column("(o.a = s.b)") == nil)
    #expect(column("((s.a + s.b) = 1)") == nil)
    #expect(column("(lower(s.a) = 'x'::text)") == nil)
  }
}

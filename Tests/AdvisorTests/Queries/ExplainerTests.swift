import Advisor
import Failures
import Postgres
import Support
import Testing

@Suite("Plans from the server")
struct ExplainerTests {
  let seats: SeatDatabase

  init() throws { seats = try SeatDatabase() }

  @Test("the plan of a statement with its values, which is not run")
  func plain() throws {
    let explanation = try seats.explain("SELECT * FROM seat WHERE status = 'UNLOCKED'")
    #expect(explanation.plan.type == "Seq Scan")
    #expect(explanation.plan.relationName == "seat")
    #expect(explanation.plan.conditions.map(\.text) == ["(seat.status = 'UNLOCKED'::text)"])
    #expect(explanation.plan.isCostliest)
    #expect(!explanation.isAnalyzed && !explanation.isGeneric)
    #expect(explanation.plan.actual == nil)
    #expect(explanation.executionMilliseconds == nil)
    #expect(explanation.warnings.count == 1)
    #expect(explanation.warnings[0].hasPrefix("Seq Scan on seat reads about 20,000 rows to keep about "))
    #expect(explanation.warnings[0].hasSuffix("its filter reads: status; no index begins with status"))
  }

  @Test("a normalised statement gets the plan for any values")
  func generic() throws {
    let id = try seats.run(
      "SELECT status AS generic_1 FROM seat WHERE id = 5 AND status = 'LOCKED'", findBy: "generic_1")
    let text = try SlowQueries(seats.connection).text(of: id)
    let explanation = try seats.explain(text)
    #expect(explanation.isGeneric)
    #expect(explanation.plan.type == "Index Scan")
    #expect(explanation.plan.index == "seat_pkey")
    #expect(explanation.plan.conditions.map(\.text) == ["(seat.id = $1)", "(seat.status = $2)"])
  }

  @Test("values make it the plan for exactly them")
  func values() throws {
    let sql = "SELECT * FROM seat WHERE status = $1 AND id < $2"
    let rare = try seats.explain(sql, values: ["UNLOCKED", "100000"])
    let common = try seats.explain(sql, values: ["LOCKED", "100000"])
    #expect(!rare.isGeneric)
    #expect(rare.plan.estimatedRows < 2000)
    #expect(common.plan.estimatedRows > 18_000)
    #expect(rare.plan.all.flatMap(\.conditions).contains { $0.text.contains("'UNLOCKED'::text") })
  }

  @Test("a value cannot become a part of the statement")
  func inertValues() throws {
    let explanation = try seats.explain(
      "SELECT * FROM seat WHERE status = $1", values: ["'; DROP TABLE seat; --"], run: .reading(timeout: .ample))
    #expect(explanation.plan.actual?.rows == 0)
    #expect(try seats.seats == 20_000)
  }

  @Test("data-changing statements are explained without being run, also with $1")
  func writes() throws {
    for sql in [
      "INSERT INTO seat (option_id, status, held_at) VALUES (1, 'x', now())", "DELETE FROM seat WHERE id = $1",
      "UPDATE seat SET status = $1 WHERE id = $2", "WITH gone AS (DELETE FROM seat RETURNING id) SELECT * FROM gone",
    ] {
      let explanation = try seats.explain(sql)
      #expect(explanation.plan.all.contains { ["Insert", "Delete", "Update"].contains($0.type) })
    }
    #expect(try seats.seats == 20_000)
    #expect(!seats.connection.isInTransaction)
  }

  @Test("one connection explains many statements, also after a failure")
  func again() throws {
    for _ in 0..<3 {
      _ = try seats.explain("SELECT * FROM seat WHERE id = $1")
      #expect(throws: Failure.self) { try seats.explain("SELECT * FROM nowhere WHERE id = $1") }
      #expect(throws: Failure.self) { try seats.explain("SELECT lower($1 + date $2)") }
    }
    #expect(try seats.connection.query("SELECT FROM pg_prepared_statements").isEmpty)
    #expect(try seats.connection.query("SHOW plan_cache_mode")[0].decode(0) == "auto")
  }

  @Test("bad SQL is told with its place in what was given")
  func badSQL() throws {
    let failure = try #require(seats.failure { _ = try seats.explain("SELECT * FRON seat") })
    #expect(failure.kind == .badInput)
    #expect(failure.message == "cannot explain the statement: syntax error at or near \"FRON\", at character 10")
    #expect(failure.causes.count == 1)
    #expect(failure.causes[0].hasPrefix("SQLSTATE 42601 from test_"))
    let prepared = try #require(seats.failure { _ = try seats.explain("SELECT * FROM seat WHERE nothing = $1") })
    #expect(prepared.message == "cannot explain the statement: column \"nothing\" does not exist, at character 26")
    let accented = try #require(seats.failure { _ = try seats.explain("SELECT 'é한' FROM nowhere") })
    #expect(accented.message.hasSuffix("relation \"nowhere\" does not exist, at character 18"))
  }

  @Test("parameters whose types nothing tells need real values")
  func unclearTypes() throws {
    let sql = "SELECT lower($1 + date $2), 'it''s'"
    let failure = try #require(seats.failure { _ = try seats.explain(sql) })
    #expect(failure.kind == .badInput)
    #expect(failure.message == "the types of the statement's parameters are unclear without their values")
    // The hint quotes the statement for the shell.
    #expect(failure.hints.last?.hasSuffix(#"--sql 'SELECT lower($1 + date $2), '\''it'\'''\''s'\'''"#) == true)
  }

  @Test("the number of values must fit the parameters")
  func valueCount() throws {
    for (sql, values) in [("SELECT 1", ["1"]), ("SELECT $1::int", ["1", "2"]), ("SELECT $1::int, $2::int", ["1"])] {
      let failure = seats.failure { _ = try seats.explain(sql, values: values) }
      #expect(failure?.kind == .usage)
      #expect(failure?.hints.first?.contains("--param") == true)
    }
    let impossible = seats.failure { _ = try seats.explain("SELECT $65536") }
    #expect(impossible?.kind == .badInput)
  }

  @Test("a value of the wrong type is the server's to refuse, and is not repeated")
  func wrongValue() throws {
    let failure = try #require(
      seats.failure { _ = try seats.explain("SELECT * FROM seat WHERE id = $1", values: ["secret"]) })
    #expect(failure.kind == .badInput)
    #expect(!"\(failure)".contains("secret"))
    #expect(failure.causes.allSatisfy { !$0.contains("near") })
  }

  @Test("a table that is locked is waited for two seconds at most")
  func locked() throws {
    let other = try seats.database.connect()
    try other.script("BEGIN; LOCK TABLE seat")
    let failure = seats.failure { _ = try seats.explain("SELECT * FROM seat") }
    #expect(failure?.kind == .tryAgain)
    try other.script("ROLLBACK")
  }

  @Test("partitions that depend on the value are told")
  func partitions() throws {
    try seats.connection.script(
      """
      CREATE TABLE sale (at date) PARTITION BY RANGE (at);
      CREATE TABLE sale_1 PARTITION OF sale FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
      CREATE TABLE sale_2 PARTITION OF sale FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')
      """)
    let generic = try seats.explain("SELECT * FROM sale WHERE at = $1")
    #expect(generic.context.showsAllPartitions)
    #expect(generic.plan.all.compactMap(\.relation) == ["sale_1", "sale_2"])
    let one = try seats.explain("SELECT * FROM sale WHERE at = $1", values: ["2024-01-05"])
    #expect(one.plan.relationName == "sale_1")
  }
}

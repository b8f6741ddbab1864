import Support
import Testing

@Suite("usher query explain, of what changes data")
struct QueryExplainTests {
  static let statements = [
    "UPDATE seat SET status = 'LOCKED'", "DELETE FROM outbox_event",
    "INSERT INTO concert (name) VALUES ('x') RETURNING id",
    "WITH gone AS (DELETE FROM outbox_event RETURNING id) SELECT count(*) FROM gone",
    "SELECT setval('concert_id_seq', 99)",
  ]

  @Test("is planned and not run, refused with --analyze, and rolled back with --yes", arguments: statements)
  func changes(statement: String) throws {
    let shop = try Shop()
    let before = try shop.state()
    #expect(try shop.usher("query", "explain", "--sql", statement).status == 0)
    let refused = try shop.usher("query", "explain", "--sql", statement, "--analyze")
    #expect(refused.status == 77)
    #expect(refused.output.isEmpty)
    #expect(refused.errors.contains("--yes"), "\(refused.errors)")
    let run = try shop.json(["query", "explain", "--sql", statement, "--analyze", "--yes"])
    #expect(run["analyzed"] == .boolean(true))
    #expect(run["execution_ms"]?.number != nil)
    #expect(try shop.state() == before)
    #expect(try shop.postgres.query("SELECT FROM seat WHERE status = 'LOCKED'").isEmpty)
    #expect(try shop.postgres.query("SELECT FROM concert WHERE name = 'x'").isEmpty)
  }
}

import Support
import Testing

@Suite("usher query slow, its order and its bounds")
struct QuerySlowTests {
  /// A database in which four statements have known calls, rows and times.
  private func shop() throws -> Shop {
    let shop = try Shop()
    _ = try shop.postgres.query(
      "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)")
    for _ in 0..<9 { _ = try shop.postgres.query("SELECT 1 AS often") }
    for _ in 0..<2 { _ = try shop.postgres.query("SELECT id AS many FROM seat WHERE price > 1") }
    _ = try shop.postgres.query("SELECT pg_sleep(0.25), 1 AS slowest")
    for _ in 0..<8 { _ = try shop.postgres.query("SELECT pg_sleep(0.08) AS costliest") }
    return shop
  }

  private func list(_ shop: Shop, _ words: String...) throws -> [JSONValue] {
    try #require(try shop.json(["query", "slow"] + words).list)
  }

  @Test(
    "puts first what is largest in the figure that was asked for",
    arguments: [
      ("total", "costliest"), ("mean", "slowest"), ("calls", "often"), ("rows", "many"),
    ])
  func sorts(figure: String, first: String) throws {
    let shop = try shop()
    let rows = try list(shop, "--sort", figure)
    #expect(rows.first?["query"]?.text?.contains(first) == true, "\(rows.first.map { "\($0)" } ?? "nothing")")
    let name = ["total": "total_ms", "mean": "mean_ms"][figure] ?? figure
    let values = rows.compactMap { $0[name]?.number }
    #expect(values == values.sorted(by: >))
    #expect(rows.count >= 4)
  }

  @Test("sorts by the total time where nothing is said")
  func usual() throws {
    let shop = try shop()
    #expect(try list(shop).first?["query"]?.text?.contains("costliest") == true)
  }

  @Test("lists no more than the limit, the same ones that stand first without it")
  func limit() throws {
    let shop = try shop()
    let all = try list(shop, "--sort", "calls").map { $0["queryid"] }
    for limit in [1, 2, 3] {
      #expect(
        try list(shop, "--sort", "calls", "--limit", "\(limit)").map { $0["queryid"] } == Array(all.prefix(limit)))
    }
  }

  @Test("leaves out what is quicker on average than the bound")
  func minimumMean() throws {
    let shop = try shop()
    let slow = try list(shop, "--min-mean", "50ms").compactMap { $0["query"]?.text }
    #expect(slow.count == 2)
    #expect(slow.allSatisfy { $0.contains("pg_sleep") })
    #expect(try list(shop, "--min-mean", "200ms", "--sort", "calls").count == 1)
    #expect(try list(shop, "--min-mean", "1h").isEmpty)
  }

  @Test("leaves usher's own statements out, however often it looks")
  func ownStatements() throws {
    let shop = try shop()
    for _ in 0..<3 { _ = try list(shop) }
    #expect(try shop.usher("outbox", "status").status == 0)
    let texts = try list(shop, "--limit", "1000").compactMap { $0["query"]?.text }
    #expect(
      texts.allSatisfy { !$0.contains("pg_stat_statements(") && !$0.contains("usher") && !$0.hasPrefix("SET ") },
      "\(texts)")
  }

  @Test("shows a role what is its own, and says how many lines it may not see")
  func hidden() throws {
    let shop = try shop()
    let role = "poor_\(shop.database.name)"
    try shop.postgres.script("CREATE ROLE \(role) LOGIN")
    defer { _ = try? shop.postgres.script("DROP ROLE \(role)") }
    let variables = ["USHER_POSTGRES": shop.database.conninfo.replacing("user=usher", with: "user=\(role)")]
    let run = try shop.run(["query", "slow"], also: variables)
    #expect(run.status == 0)
    #expect(run.errors.contains("1 line belongs to other roles; a superuser can GRANT pg_read_all_stats to see them"))
    #expect(!run.output.contains("costliest"))
    #expect(try shop.run(["query", "slow", "-q"], also: variables).errors.isEmpty)
  }

  @Test("leads to the plan: the id of a line is what query explain takes")
  func leadsOn() throws {
    let shop = try shop()
    let id = try #require(try list(shop, "--sort", "rows").first?["queryid"]?.text)
    let plan = try shop.json(["query", "explain", id])
    #expect(plan["queryid"]?.text == id)
    #expect(plan["plan"]?["node"]?.text == "Seq Scan")
    #expect(plan["generic"] == .boolean(true))
  }
}

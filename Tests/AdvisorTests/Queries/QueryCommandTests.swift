import Support
import Testing

@Suite("usher query slow and usher query explain")
struct QueryCommandTests {
  let seats: SeatDatabase

  init() throws { seats = try SeatDatabase() }

  /// Costs and times differ from machine to machine and version to version; what is left is the tree.
  private func match(_ run: Binary.Run, _ name: String) throws {
    let output = run.output
      .replacing(#/cost [\d,.]+/#, with: "cost <cost>")
      .replacing(#/[\d,.]+ ms/#, with: "<time> ms")
      // Which step took the most time may differ from run to run.
      .replacing(#/  ← \d+% of the time/#, with: "")
      .replacing(#/← \d+% of/#, with: "← <share>% of")
      .replacing(#/blocks: [^\n]+/#, with: "blocks: <blocks>")
      .replacing(#/[\d,]+ rows? estimated/#, with: "<rows> estimated")
      .replacing(#/, [\d,.]+ estimated/#, with: ", <rows> estimated")
      .replacing(#/keep about [\d,]+/#, with: "keep about <rows>")
      .replacing(#/sort method: [^,]+, [\d,]+ kB/#, with: "sort method: <method>, <size> kB")
    try Snapshot.match(text: "status \(run.status)\n--- stdout\n\(output)--- stderr\n\(run.errors)", name)
  }

  // MARK: query slow

  @Test("the fields that scripts rely on")
  func slowJSON() throws {
    _ = try seats.run("SELECT count(*)\n  AS json_1 FROM seat WHERE status = 'LOCKED'", findBy: "json_1")
    let run = try seats.usher("query", "slow", "--limit", "1000", "-o", "json")
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    let rows = try #require(try JSONValue(parsing: run.output).list)
    let row = try #require(rows.first { $0["query"]?.text?.contains("json_1") == true })
    #expect(row.names == ["calls", "hit_ratio", "mean_ms", "query", "queryid", "rows", "total_ms"])
    #expect(Int(row["queryid"]?.text ?? "") != nil)
    #expect(row["calls"]?.number == 1)
    #expect(row["rows"]?.number == 1)
    #expect((row["total_ms"]?.number ?? 0) > 0)
    #expect(row["mean_ms"]?.number == row["total_ms"]?.number)
    // A program gets the statement as it is.
    #expect(row["query"]?.text == "SELECT count(*)\n  AS json_1 FROM seat WHERE status = $1")
  }

  @Test("a table has each statement whole in one line, and cut on a terminal")
  func slowTable() throws {
    let sql =
      "SELECT count(*),\n\t'\(String(repeating: "x", count: 90))'\n  AS table_1 FROM seat WHERE status = 'LOCKED'"
    _ = try seats.run(sql, findBy: "table_1")
    let folded = "SELECT count(*), $1 AS table_1 FROM seat WHERE status = $2"
    let run = try seats.usher("query", "slow", "--sort", "mean", "--limit", "1000")
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.first?.split(separator: " ", omittingEmptySubsequences: true).first == "query")
    #expect(lines.count { $0.hasSuffix(folded) } == 1)
    let narrow = try Binary.runInTerminal(
      ["query", "slow", "--limit", "1000"], environment: ["TERM": "xterm", "USHER_POSTGRES": seats.database.conninfo],
      columns: 90)
    #expect(narrow.status == 0)
    #expect(!narrow.output.contains(folded))
    #expect(narrow.output.contains("…"))
  }

  @Test("sort, limit and smallest mean")
  func slowOptions() throws {
    for _ in 0..<40 { _ = try seats.connection.query("SELECT 1 AS options_1") }
    let calls = try JSONValue(
      parsing: try seats.usher("query", "slow", "--sort", "calls", "--limit", "1", "-o", "json").output
    )
    .list
    #expect(calls?.count == 1)
    #expect(calls?.first?["query"]?.text == "SELECT $1 AS options_1")
    let none = try seats.usher("query", "slow", "--min-mean", "1h", "-o", "json")
    #expect(none.output == "[]\n")
    #expect(none.status == 0)
  }

  @Test("wrong options are refused before anything is connected to")
  func slowUsage() throws {
    for words in [["--sort", "size"], ["--limit", "0"], ["--min-mean", "5"], ["extra"]] {
      let run = try Binary.run(["query", "slow"] + words)
      #expect(run.status == 64, "\(words)")
      #expect(run.output.isEmpty)
    }
  }

  @Test("a database without the extension")
  func missingExtension() throws {
    try seats.connection.execute("DROP EXTENSION pg_stat_statements")
    try match(try seats.usher("query", "slow"), "slow-missing-extension")
    let explained = try seats.usher("query", "explain", "42")
    #expect(explained.status == 1)
    // A statement that is given needs no statistics.
    #expect(try seats.usher("query", "explain", "--sql", "SELECT 1").status == 0)
  }

  // MARK: query explain

  private static let join = """
    SELECT s.id, s.status FROM seat s JOIN concert_option o ON o.id = s.option_id
    WHERE o.concert_id = 4 AND s.status = 'UNLOCKED' -- the slow one
    ORDER BY s.held_at LIMIT 5
    """

  @Test("the tree of a join, with the costliest step marked and the scan warned of")
  func tree() throws {
    try match(try seats.usher("query", "explain", "--sql", Self.join), "explain-join")
  }

  @Test("the same as it was measured")
  func measuredTree() throws {
    try match(try seats.usher("query", "explain", "--sql", Self.join, "--analyze"), "explain-join-analyzed")
  }

  @Test("from the list of slow statements to a plan, by the id")
  func byID() throws {
    _ = try seats.run(
      "SELECT count(*) AS by_id_1 FROM seat WHERE held_at > now() - interval '1 day' AND id = 9", findBy: "by_id_1")
    let list =
      try JSONValue(parsing: try seats.usher("query", "slow", "--limit", "1000", "-o", "json").output).list ?? []
    let id = try #require(list.first { $0["query"]?.text?.contains("by_id_1") == true }?["queryid"]?.text)
    try match(try seats.usher("query", "explain", id), "explain-normalised")
    let measured = try seats.usher("query", "explain", id, "--analyze", "--param", "1 day", "--param", "9")
    #expect(measured.status == 0)
    #expect(measured.output.contains("execution "))
    let refused = try seats.usher("query", "explain", id, "--analyze")
    try match(refused, "explain-values-missing")
  }

  @Test("the statement in a file, and on standard input")
  func files() throws {
    let piped = try seats.usher("query", "explain", "--file", "-", stdin: "SELECT 1 -- one\n;\n")
    try match(piped, "explain-standard-input")
    let missing = try seats.usher("query", "explain", "--file", "/nonexistent/slow.sql")
    #expect(missing.status == 66)
    #expect(missing.errors == "usher: there is no file '/nonexistent/slow.sql'\n")
    #expect(try seats.usher("query", "explain", "--file", "/").status == 66)
    #expect(try seats.usher("query", "explain", "--file", "-").status == 65)
  }

  @Test("a plan as JSON holds its steps in each other")
  func explainJSON() throws {
    let run = try seats.usher("query", "explain", "--sql", Self.join, "--analyze", "-o", "json")
    #expect(run.status == 0)
    let answer = try JSONValue(parsing: run.output)
    #expect(
      answer.names
        == [
          "all_partitions", "analyzed", "assumed_types", "execution_ms", "findings", "generic", "jit", "plan",
          "planning_ms",
          "query",
          "query_in", "queryid", "search_path", "triggers", "values", "warnings",
        ])
    #expect(answer["analyzed"]?.boolean == true)
    #expect(answer["generic"]?.boolean == false)
    #expect(answer["warnings"]?.list?.count == 1)
    let plan = try #require(answer["plan"])
    #expect(plan["node"]?.text == "Limit")
    let steps = plan.steps
    #expect(steps.count >= 5)
    #expect(steps.count { $0["costliest"]?.boolean == true } == 1)
    let scan = try #require(steps.first { $0["relation"]?.text == "seat" })
    #expect(scan["actual_rows"]?.number == 400)
    #expect(scan["removed"]?.list?.first?["rows"]?.number == 19_600)
    #expect(scan["conditions"]?.list?.first?["kind"]?.text == "filter")
  }

  @Test("bad SQL is told with its place")
  func badSQL() throws {
    try match(try seats.usher("query", "explain", "--sql", "SELECT * FRON seat"), "explain-bad-sql")
    try match(try seats.usher("query", "explain", "--sql", "SELECT 1; SELECT 2"), "explain-several")
    try match(try seats.usher("query", "explain", "--sql", "VACUUM seat"), "explain-utility")
    try match(try seats.usher("query", "explain", "--sql", "SELECT lower($1 + date $2)"), "explain-unclear-types")
    try match(try seats.usher("query", "explain", "--sql", "SELECT $1 + $2"), "explain-assumed-types")
    try match(
      try seats.usher("query", "explain", "--sql", "SELECT * FROM seat WHERE id = ? AND x = ?"), "explain-placeholders")
    try match(try seats.usher("query", "explain", "--sql", "SELECT * FROM seat WHERE (id = 1"), "explain-cut")
  }

  @Test("an id that nobody has")
  func unknownID() throws {
    try match(try seats.usher("query", "explain", "-12"), "explain-unknown-id")
  }

  @Test("what would change data is refused, and with --yes rolled back")
  func writes() throws {
    let sql = """
      WITH added AS (INSERT INTO seat (option_id, status, held_at) VALUES (1, 'new', now()) RETURNING id)
      SELECT * FROM added
      """
    try match(try seats.usher("query", "explain", "--sql", sql, "--analyze"), "explain-write-refused")
    #expect(try seats.seats == 20_000)
    try match(try seats.usher("query", "explain", "--sql", sql, "--analyze", "--yes"), "explain-write-rolled-back")
    #expect(try seats.seats == 20_000)
  }

  @Test("a run is ended after --timeout")
  func timeout() throws {
    let run = try seats.usher("query", "explain", "--sql", "SELECT pg_sleep(60)", "--analyze", "--timeout", "50ms")
    #expect(run.status == 75)
    #expect(run.errors.contains("--timeout"))
  }

  @Test("exactly one statement is to be named, and options that mean nothing here are refused")
  func usage() throws {
    for words in [
      [], ["1", "--sql", "SELECT 1"], ["--sql", "SELECT 1", "--file", "-"], ["one"], ["--sql", "SELECT 1", "--yes"],
      ["--sql", "SELECT 1", "--analyze", "--timeout", "0s"], ["--sql", "SELECT 1", "--param", "1"],
    ] {
      let run = try Binary.run(
        ["query", "explain"] + words, environment: ["USHER_POSTGRES": seats.database.conninfo])
      #expect(run.status == 64, "\(words)")
      #expect(run.output.isEmpty)
    }
  }

  @Test("control characters in a statement never reach the terminal")
  func controls() throws {
    let run = try seats.usher(
      "query", "explain", "--sql", "SELECT '\u{1b}[31m'::text AS x FROM seat WHERE status = '\u{1b}]0;'")
    #expect(run.status == 0)
    #expect(!run.output.contains("\u{1b}"))
  }
}

extension JSONValue {
  /// A plan's step and all below it.
  fileprivate var steps: [JSONValue] { [self] + (self["children"]?.list ?? []).flatMap(\.steps) }
}

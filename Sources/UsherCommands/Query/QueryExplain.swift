import Advisor
import Arguments
import Configuration
import Failures
import Glibc
import Terminal

/// `usher query explain`: how the server runs a statement.
enum QueryExplain: Command {
  static let queryID = OptionalOperand(
    "QUERYID", .integer.completing(.statements), help: "The statement's id, from usher query slow")
  static let sql = Option("sql", .text, placeholder: "SQL", help: "Explain this statement")
  static let file = Option("file", .path, help: "Explain the statement in this file; - is standard input")
  static let analyze = Toggle("analyze", help: "Run the statement and measure each step")
  static let parameter = ListOption(
    "param", .text, placeholder: "VALUE", help: "Value of $1, $2 and so on; \\N is NULL")
  static let choice = Option(
    "values", .choice(of: ValueChoice.self), placeholder: "KIND", help: "Choose the values")
  static let searchPath = Option(
    "search-path", .text, placeholder: "SCHEMAS", help: "Look for tables in these schemas")
  static let timeout = DefaultedOption(
    "timeout", .duration(.milliseconds(1)...), default: .seconds(30), help: "Stop --analyze after this time")
  static let yes = Toggle(
    "yes", short: "y", help: "With --analyze, run changes too, and roll back")

  static let html = Option(
    "html", .path, help: "Also write the plan to this file as HTML")

  static let specification = CommandSpecification(
    "explain", summary: "Show how the server runs a statement",
    discussion: """
      Prints the plan as a tree, marks the most expensive step (by estimated cost, or by time with --analyze), and warns of \
      common causes of slow statements, with the reason and a command where there is one.

      The statement is only run with --analyze, in a read-only transaction: a statement that would change data is refused. \
      With --yes, it is run and rolled back.
      """,
    details: """
      A statement from usher query slow has $1 and so on instead of its constants. Without --param the generic plan for any \
      values is shown. --values common takes the values that most rows have (from pg_stats), rare those that few rows have, and \
      sample those of one row; the output names each. As in COPY, \\N is NULL; any other text, also NULL, is a value.

      PostgreSQL cannot always tell a parameter's type without its value. usher then tries the usual types, and prints those that \
      it has assumed. An id is explained with the search_path of the role that ran the statement, which --search-path overrides.

      CREATE TABLE AS, CREATE VIEW, DECLARE, PREPARE, COPY, EXPLAIN and REFRESH MATERIALIZED VIEW have the plan of their query.

      A statement that is run with --yes holds its locks until it is rolled back. Numbers that it takes from sequences \
      remain used, and effects of its functions outside the database remain.

      The time of a node is measured by the server with that of the nodes below it. usher calculates the time that each node \
      took itself: an InitPlan counts where it ran, below a Gather the slowest process counts, and the time of triggers \
      before the rows and of JIT compilation is taken out of the nodes. These times add up to the whole. Where the server's \
      rounding matters, the error is shown.

      A long plan is shortened on a terminal around its expensive nodes. A node that was never run is shown without those \
      below it. The page of --html needs no other files and no network. An existing file is replaced in one step.

      In JSON, each node has self_ms, the time that it took itself, self_error_ms, how much that can be wrong, and \
      actual_ms, its time with the nodes below. Further members are workers_planned and workers_launched; sort_kb, \
      hash_batches and disk_kb for what did not fit into memory; remote_sql, the query that a foreign server got; and \
      resources, which has blocks of 8 kB (hit_blocks, read_blocks, dirtied_blocks, written_blocks, temp_read_blocks, \
      temp_written_blocks, lossy_blocks, exact_blocks), read_ms and write_ms where track_io_timing is on, peak_memory_kb, \
      heap_fetches, and cache_hits, cache_misses, cache_evictions and cache_overflows of a Memoize node. Blocks contain \
      those of the nodes below. A trigger has inside_node: whether it ran before the rows, or instead of them. jit has \
      functions, the times generation_ms, inlining_ms, optimization_ms, emission_ms and total_ms of all processes, and \
      in_nodes_ms, the elapsed part that was taken out of the nodes. What was not measured is null. findings has the warnings with kind, problem, reason, commands and share, \
      the share of the time or cost from 0 to 1.
      """,
    effect: .reads,
    examples: [
      Example("usher query explain 4711471147114711", "Show the plan of a statement from usher query slow"),
      Example(
        "usher query explain --sql \"SELECT * FROM seat WHERE status = 'LOCKED'\" --analyze",
        "Run a statement and show where the time goes"),
      Example("usher query explain 4711471147114711 --analyze --param 42", "Run it with a value for $1"),
      Example(
        "usher query explain --file slow.sql --analyze --html plan.html", "Also write the plan as a page for a browser"),
    ],
    operands: [queryID], options: [sql, file, analyze, parameter, choice, searchPath, timeout, yes, html],
    groups: [.oneOf("QUERYID", "--sql", "--file"), .exclusive("--param", "--values")],
    exitStatuses: [
      ExitStatus(65, "the statement is wrong, or has no plan"),
      ExitStatus(73, "the page of --html cannot be written"),
      ExitStatus(75, "the run took longer than --timeout"),
      ExitStatus(77, "--analyze would have changed data"),
    ],
    seeAlso: ["query slow"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    if values[yes], !values[analyze] {
      throw Failure(.usage, "--yes is for --analyze, which is not given", hints: ["nothing is run without --analyze"])
    }
    allowDeepPlans()
    // A wrong statement needs no connection to be found wrong.
    let given = try text(values).map { text throws(Failure) in try Statement(text) }
    let page = values[html]
    if let page { try writing(page) { () throws(FileProblem) in try Files.requireReplaceable(page) } }
    let connection = try session.postgres()
    let statement = try given ?? Statement(SlowQueries(connection).text(of: values[queryID] ?? 0))
    let timeout = values[timeout]
    let run: Explainer.Run =
      !values[analyze] ? .no : values[yes] ? .rolledBack(timeout: timeout) : .reading(timeout: timeout)
    let path =
      try values[searchPath].map { StatementPath($0, source: "--search-path") }
      ?? values[queryID].flatMap { try StatementPath.find(queryID: $0, on: connection) }
    let explanation = try Explainer(connection).explain(
      statement, values: values[parameter].map { $0 == #"\N"# ? nil : $0 }, choosing: values[choice], path: path,
      run: run)
    if let page {
      try writing(page) { () throws(FileProblem) in
        try Files.replace(page, with: Array(PlanPage(explanation).html.utf8))
      }
    }
    if session.format == .table {
      for line in PlanText.lines(of: explanation, on: session.output) { try session.output.writeLine(line) }
    } else {
      try session.print(object: explanation, PlanFields.fields(queryID: values[queryID]))
    }
  }

  private static func writing(_ page: String, _ body: () throws(FileProblem) -> Void) throws(Failure) {
    do { try body() } catch {
      throw Failure(.cannotCreate, "cannot write the page '\(page)'", causes: [error.reason])
    }
  }

  /// Lets the stack grow to what a plan of 2,000 nested queries takes, where the limit allows it.
  private static func allowDeepPlans() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 120 << 20))
    setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit)
  }

  /// The statement from `--sql` or `--file`; nil where an id was given.
  private static func text(_ values: ParsedValues) throws -> String? {
    if let text = values[sql] { return text }
    guard let path = values[file] else { return nil }
    let name = path == "-" ? "standard input" : "'\(path)'"
    let bytes: [UInt8]?
    do {
      bytes = try Files.read(path == "-" ? "/dev/stdin" : path)
    } catch {
      throw Failure(.noInput, "cannot read \(name) (\(error.reason))")
    }
    guard let bytes else { throw Failure(.noInput, "there is no file \(name)") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badInput, "\(name) is not text in UTF-8")
    }
    return text
  }
}

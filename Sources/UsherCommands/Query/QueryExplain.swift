import Advisor
import Arguments
import Configuration
import Failures
import Terminal

/// `usher query explain`: how the server runs a statement.
enum QueryExplain: Command {
  static let queryID = OptionalOperand(
    "QUERYID", .integer.completing(.statements), help: "The statement's id, from usher query slow")
  static let sql = Option("sql", .text, placeholder: "SQL", help: "Explain this statement")
  static let file = Option("file", .path, help: "Explain the statement in this file; - is standard input")
  static let analyze = Toggle("analyze", help: "Run the statement and measure each step")
  static let parameter = ListOption(
    "param", .text, placeholder: "VALUE", help: "Value of $1, $2 and so on; repeat in this order")
  static let timeout = DefaultedOption(
    "timeout", .duration(.milliseconds(1)...), default: .seconds(30), help: "Stop --analyze after this time")
  static let yes = Toggle(
    "yes", short: "y", help: "With --analyze, also run statements that change data, and roll back")

  static let specification = CommandSpecification(
    "explain", summary: "Show how the server runs a statement",
    discussion: """
      Prints the plan of a statement as a tree, marks the most expensive step (by estimated cost, or by time with \
      --analyze), and warns of common causes of slow \
      statements: scans that discard most rows, estimates that are far off, sorts that use the disk.

      The statement is only run with --analyze, in a read-only transaction: a statement that would change data is refused. \
      With --yes, it is run and rolled back.
      """,
    details: """
      A statement from usher query slow has $1 and so on instead of its constants. Without --param the generic plan for any \
      values is shown.

      A statement that is run with --yes holds its locks until it is rolled back. Numbers that it takes from sequences \
      remain used, and effects of its functions outside the database remain.
      """,
    effect: .reads,
    examples: [
      Example("usher query explain 4711471147114711", "Show the plan of a statement from usher query slow"),
      Example(
        "usher query explain --sql \"SELECT * FROM seat WHERE status = 'LOCKED'\" --analyze",
        "Run a statement and show where the time goes"),
      Example("usher query explain 4711471147114711 --analyze --param 42", "Run it with a value for $1"),
    ],
    operands: [queryID], options: [sql, file, analyze, parameter, timeout, yes],
    groups: [.oneOf("QUERYID", "--sql", "--file")],
    exitStatuses: [
      ExitStatus(65, "the statement is wrong, or has no plan"),
      ExitStatus(75, "the run took longer than --timeout"),
      ExitStatus(77, "--analyze would have changed data"),
    ],
    seeAlso: ["query slow"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    if values[yes], !values[analyze] {
      throw Failure(.usage, "--yes is for --analyze, which is not given", hints: ["nothing is run without --analyze"])
    }
    // A wrong statement needs no connection to be found wrong.
    let given = try text(values).map { text throws(Failure) in try Statement(text) }
    let connection = try session.postgres()
    let statement = try given ?? Statement(SlowQueries(connection).text(of: values[queryID] ?? 0))
    let timeout = values[timeout]
    let run: Explainer.Run =
      !values[analyze] ? .no : values[yes] ? .rolledBack(timeout: timeout) : .reading(timeout: timeout)
    let explanation = try Explainer(connection).explain(statement, values: values[parameter], run: run)
    if session.format == .table {
      for line in PlanText.lines(of: explanation, on: session.output) { try session.output.writeLine(line) }
    } else {
      try session.print(object: explanation, PlanFields.fields(queryID: values[queryID]))
    }
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

import Failures
import Postgres
import Text

/// Gets plans from the server, always in a transaction that is rolled back.
public struct Explainer {
  private let connection: PostgresConnection
  /// As short as on any connection, because a plan is not worth a long wait for a lock.
  private static let lockTimeout = Duration.seconds(2)

  public init(_ connection: PostgresConnection) { self.connection = connection }

  /// Whether a statement is run to measure it.
  public enum Run: Equatable, Sendable {
    /// Not run: the plan has the server's estimates.
    case no
    /// Run in a read-only transaction.
    case reading(timeout: Duration)
    /// Run and rolled back. Sequences stay advanced, and effects outside of the transaction remain.
    case rolledBack(timeout: Duration)
  }

  /// Explains one statement.
  ///
  /// - Parameters:
  ///   - values: the values of `$1`, `$2`, … as text that the server parses, nil for NULL; empty for the generic plan.
  ///   - choice: takes the values from the statistics or a row of the tables.
  ///   - path: the search path for the statement; nil for the connection's.
  public func explain(
    _ given: Statement, values: [String?] = [], choosing choice: ValueChoice? = nil, path: StatementPath? = nil,
    run: Run = .no
  ) throws -> Explanation {
    try check(given, values, choice, run)
    return try inTransaction(run) {
      var context = ExplanationContext()
      if let path {
        _ = try connection.query(
          "SELECT \(SlowQueries.mark) set_config('search_path', $1, true)", [PostgresValue(path.text)])
        (context.searchPath, context.searchPathSource) = (path.text, path.source)
      }
      let statement = try refreshed(given)
      context.wrapper = statement.wrapping?.name
      let isGeneric = statement.parameterCount > 0 && values.isEmpty && choice == nil
      // A read-only transaction refuses statements that write, but not functions with effects elsewhere.
      if case .reading = run {
        var estimated = context
        try VolatileCalls.refuse(in: plan(statement, values, choice, .no, &estimated), on: connection)
      }
      let json = try plan(statement, values, choice, run, &context)
      var explanation = try Explanation(
        reading: json, of: statement.text, isAnalyzed: run != .no, isGeneric: isGeneric, on: connection)
      explanation.context = context
      return explanation
    }
  }

  private func check(_ statement: Statement, _ values: [String?], _ choice: ValueChoice?, _ run: Run) throws {
    let needed = statement.parameterCount
    // 65535 is the protocol's limit.
    guard needed <= 65_535 else {
      throw Failure(
        .badInput, "the statement has a parameter $\(needed), and the highest number of a parameter is $65535")
    }
    let parameters = needed.counted("parameter")
    if !values.isEmpty, values.count != needed {
      throw Failure(
        .usage,
        "the statement has \(needed == 0 ? "no parameters" : parameters), and \(values.count.counted("value")) \(values.count == 1 ? "is" : "are") given",
        hints: ["give one `--param` for each of $1, $2 and so on, in this order"])
    }
    if case .reading = run, statement.createsTable, needed == 0 {
      throw ExplainedText.changesData("SELECT INTO creates a table, \(connection.target)")
    }
    if needed > 0, values.isEmpty, choice == nil, run != .no {
      throw Failure(
        .usage, "the statement has \(parameters), and it cannot be run without values",
        hints: [
          "add `--param VALUE` for each of $1, $2 and so on, in this order",
          "or let usher choose them: `--values common`",
          "or omit `--analyze` for the plan that does not depend on values",
        ])
    }
  }

  private func inTransaction<T>(_ run: Run, _ body: () throws -> T) throws -> T {
    switch run {
    case .no: return try connection.rolledBackTransaction(readOnly: true, body)
    case .reading(let timeout):
      return try connection.withTimeouts(statement: timeout, lock: Self.lockTimeout) {
        try connection.rolledBackTransaction(readOnly: true, body)
      }
    case .rolledBack(let timeout):
      return try connection.withTimeouts(statement: timeout, lock: Self.lockTimeout) {
        try connection.rolledBackTransaction(body)
      }
    }
  }

  /// The statement, with the query of the materialized view that it refreshes.
  private func refreshed(_ statement: Statement) throws -> Statement {
    guard let wrapping = statement.wrapping, let view = wrapping.refreshedView else { return statement }
    let rows = try ExplainedText(original: statement, sent: statement.text, hasValues: false).explaining(isRun: false) {
      try connection.query(
        """
        SELECT \(SlowQueries.mark) pg_get_viewdef(oid) AS query FROM pg_class WHERE oid = to_regclass($1) AND relkind = 'm'
        """, [PostgresValue(view)])
    }
    guard let row = rows.first else {
      throw Failure(
        .badInput, "there is no materialized view '\(view)'", causes: ["\(connection.target)"],
        hints: ["if it is in another schema, add `--search-path SCHEMA`"])
    }
    return try Statement(refreshing: wrapping, text: statement.text, query: row.decode("query"))
  }

  private func plan(
    _ statement: Statement, _ values: [String?], _ choice: ValueChoice?, _ run: Run, _ context: inout ExplanationContext
  ) throws -> String {
    let options = run == .no ? "VERBOSE, FORMAT JSON" : "ANALYZE, BUFFERS, VERBOSE, FORMAT JSON"
    var text = ExplainedText(
      original: statement, sent: StatementRepair.text(of: statement, serverVersion: connection.serverVersion),
      hasValues: !values.isEmpty)
    guard statement.parameterCount > 0 else {
      let prefix = "EXPLAIN \(SlowQueries.mark) (\(options)) "
      return try text.explaining(prefix: prefix, isRun: run != .no) {
        try connection.query(prefix + text.sent).first?.decode(0) ?? "[]"
      }
    }
    if statement.createsTable {
      text.sent = try StatementRepair.text(
        of: Statement(statement.queryWithoutInto), serverVersion: connection.serverVersion)
      context.wrapper = context.wrapper ?? "SELECT INTO"
    }
    return try PreparedStatement.with(text, values: values, on: connection) { prepared in
      context.assumedTypes = prepared.assumed.sorted { $0.key < $1.key }.map { .init(number: $0.key, type: $0.value) }
      if !values.isEmpty {
        context.values = zip(prepared.types, values).enumerated().map {
          .init(number: $0.offset + 1, type: $0.element.0, value: $0.element.1)
        }
        return try prepared.plan(values, options: options, isRun: run != .no)
      }
      let generic = try prepared.genericPlan()
      guard let choice else {
        context.showsAllPartitions = generic.showsAllPartitions
        return generic.json
      }
      let chosen = try StatementValues(connection, choice).values(for: generic.json, types: prepared.types)
      context.values = chosen
      return try prepared.plan(chosen.map(\.value), options: options, isRun: run != .no)
    }
  }
}

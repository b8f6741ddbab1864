import Failures
import Postgres
import Text

/// Gets plans from the server, always in a transaction that is rolled back.
public struct Explainer {
  private let connection: PostgresConnection
  private static let prepared = "usher_explain"
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
  /// - Parameter values: the values of `$1`, `$2`, … as text that the server parses; empty for the generic plan.
  public func explain(_ statement: Statement, values: [String] = [], run: Run = .no) throws -> Explanation {
    try check(statement, values, run)
    let sql = StatementRepair.text(of: statement, serverVersion: connection.serverVersion)
    let text = ExplainedText(original: statement, sent: sql, hasValues: !values.isEmpty)
    let isGeneric = statement.parameterCount > 0 && values.isEmpty
    return try inTransaction(run) {
      let json = try isGeneric ? genericPlan(text) : plan(text, values, run)
      return try Explanation(
        reading: json, of: statement.text, isAnalyzed: run != .no, isGeneric: isGeneric, on: connection)
    }
  }

  private func check(_ statement: Statement, _ values: [String], _ run: Run) throws {
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
    if case .reading = run, statement.createsTable {
      throw ExplainedText.changesData("SELECT INTO creates a table, \(connection.target)")
    }
    if needed > 0, values.isEmpty, run != .no {
      throw Failure(
        .usage, "the statement has \(parameters), and it cannot be run without values",
        hints: [
          "add `--param VALUE` for each of $1, $2 and so on, in this order",
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

  /// Values are sent as parameters of EXPLAIN, which plans for exactly these values.
  private func plan(_ text: ExplainedText, _ values: [String], _ run: Run) throws -> String {
    let options = run == .no ? "VERBOSE, FORMAT JSON" : "ANALYZE, BUFFERS, VERBOSE, FORMAT JSON"
    let prefix = "EXPLAIN \(SlowQueries.mark) (\(options)) "
    return try text.explaining(prefix: prefix, isRun: run != .no) {
      try document(prefix + text.sent, values.map { PostgresValue($0) })
    }
  }

  /// The generic plan. A prepared statement has one in every version from 12 on, and does not use the NULLs.
  ///
  /// Source: https://www.postgresql.org/docs/current/sql-prepare.html
  private func genericPlan(_ text: ExplainedText) throws -> String {
    let name = Self.prepared
    let prefix = "PREPARE \(name) AS "
    try text.explaining(prefix: prefix, isRun: false) { _ = try connection.execute(prefix + text.sent) }
    try connection.execute("SAVEPOINT \(name)")
    defer {
      // A prepared statement outlives its transaction, and would stay on the session of a pooler.
      connection.ignoringInterrupts {
        _ = try? connection.execute("ROLLBACK TO SAVEPOINT \(name)")
        _ = try? connection.execute("DEALLOCATE \(name)")
      }
    }
    try connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    let row = try connection.query(
      "SELECT \(SlowQueries.mark) cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = $1",
      [PostgresValue(name)]
    ).first
    let count: Int = try row?.decode("count") ?? 0
    let nulls = count == 0 ? "" : "(" + Array(repeating: "NULL", count: count).joined(separator: ", ") + ")"
    return try text.explaining(prefix: "", isRun: false) {
      try document("EXPLAIN \(SlowQueries.mark) (VERBOSE, FORMAT JSON) EXECUTE \(name)\(nulls)", [])
    }
  }

  private func document(_ sql: String, _ values: [PostgresValue]) throws -> String {
    try connection.query(sql, values).first?.decode(0) ?? "[]"
  }
}

import Failures
import Postgres

// How the server reads a request, on an empty table with the same columns.

extension IndexPlanner {
  struct Probe {
    var signature: String
    var keys: [String]
    /// The condition as the server writes it.
    var condition: String?
  }

  /// Lets the server check and normalise the request, on an empty table with the same columns.
  func probe(_ request: IndexRequest, _ table: TableFacts) throws -> Probe {
    do {
      return try connection.rolledBackTransaction {
        try connection.execute("CREATE TEMP TABLE usher_probe (LIKE \(table.quoted)) ON COMMIT DROP")
        try connection.execute(
          """
          CREATE \(request.isUnique ? "UNIQUE " : "")INDEX usher_probe_idx ON pg_temp.usher_probe \
          \(Self.body(request, condition: request.condition))
          """)
        let row = try connection.query(
          """
          SELECT \(IndexDescription.selectSignature(of: "pg_get_indexdef(i.indexrelid)")) AS signature, \(IndexDescription.selectKeys) AS keys,
            pg_get_expr(i.indpred, i.indrelid) AS condition
          FROM pg_index i WHERE i.indexrelid = 'pg_temp.usher_probe_idx'::regclass
          """)[0]
        return Probe(
          signature: try row.decode("signature"), keys: try row.decode("keys"), condition: try row.decode("condition"))
      }
    } catch let error as PostgresError where error.problem == .statement {
      throw try explain(error, request, table)
    }
  }

  private func explain(_ error: PostgresError, _ request: IndexRequest, _ table: TableFacts) throws -> Failure {
    var failure = error.failure
    failure.message = "PostgreSQL cannot create such an index on '\(table.title)': \(error.message)"
    if error.isUndefinedColumn {
      failure.hints = ["its columns: \(try table.columns(connection).joined(separator: ", "))"]
      if request.columns.contains(where: { $0.name.contains("(") }) {
        failure.hints.append(
          "COLUMN is the name of a column; for an index on an expression, run CREATE INDEX CONCURRENTLY in psql")
      }
    }
    if error.isInsufficientPrivilege {
      failure.hints = ["usher creates the index on an empty temporary table first: GRANT TEMPORARY ON DATABASE … TO …"]
    }
    if failure.kind == .failed { failure.kind = .badInput }
    return failure
  }

  /// Method, columns, included columns and condition.
  static func body(_ request: IndexRequest, condition: String?) -> String {
    let quote = PostgresConnection.quoteIdentifier(_:)
    let keys = request.columns.map { quote($0.name) + ($0.isDescending ? " DESC" : "") }
    var text = "USING btree (\(keys.joined(separator: ", ")))"
    if !request.included.isEmpty { text += " INCLUDE (\(request.included.map(quote).joined(separator: ", ")))" }
    if let condition { text += " WHERE (\(condition))" }
    return text
  }

  static func statement(_ request: IndexRequest, _ table: TableFacts, name: String, condition: String?) -> String {
    """
    CREATE \(request.isUnique ? "UNIQUE " : "")INDEX \(table.isPartitioned ? "" : "CONCURRENTLY ")\
    \(PostgresConnection.quoteIdentifier(name)) ON \(table.isPartitioned ? "ONLY " : "")\(table.quoted) \
    \(body(request, condition: condition))
    """
  }
}

import Failures
import Postgres

/// Plans the creation of an index. It only reads, apart from a temporary table that is rolled back.
struct IndexPlanner {
  let connection: PostgresConnection

  func plan(_ request: IndexRequest) throws -> IndexCreationPlan {
    try connection.refuseStandby()
    try connection.refusePooler(for: "an index build")
    let table = try TableFacts.find(request.table, on: connection)
    try refuseSystem(table)
    try refuseStranger(table)
    let probe = try probe(request, table)
    let existing = try IndexDescription.all(of: table.oid, on: connection)
    let same = existing.filter { $0.signature == probe.signature }
    let equal = same.first { $0.isValid }
    let leftovers = equal == nil ? same : []
    try refuseTwins(leftovers, table)
    let name = try name(request, table, equal: equal, freed: leftovers.map(\.name))
    return IndexCreationPlan(
      table: table, name: name, statement: Self.statement(request, table, name: name, condition: probe.condition),
      equal: equal, leftovers: leftovers, existing: existing, estimate: try estimate(request, table),
      blockers: try blockers(table), warnings: try warnings(table, probe, existing, leftovers),
      signature: probe.signature)
  }

  /// The plan to create an index again from a stored definition.
  func plan(
    definition: String, signature: String, name: String, schema: String, table: String
  ) throws -> IndexCreationPlan {
    try connection.refuseStandby()
    try connection.refusePooler(for: "an index build")
    let quote = PostgresConnection.quoteIdentifier(_:)
    let table = try TableFacts.find("\(quote(schema)).\(quote(table))", on: connection)
    try refuseStranger(table)
    let existing = try IndexDescription.all(of: table.oid, on: connection)
    let same = existing.filter { $0.signature == signature }
    let equal = same.first { $0.isValid }
    let leftovers = equal == nil ? same : []
    try refuseTwins(leftovers, table)
    if try equal == nil && isTaken(name, table, leftovers.map(\.name)) {
      throw Failure(.refused, "'\(schema).\(name)' exists already, with another definition")
    }
    guard let words = definition.firstRange(of: "INDEX ") else {
      throw Failure(
        .failed, "the stored definition of '\(schema).\(name)' is not a CREATE INDEX statement", causes: [definition])
    }
    return IndexCreationPlan(
      table: table, name: equal?.name ?? name,
      statement: definition.replacingCharacters(in: words, with: "INDEX CONCURRENTLY "), equal: equal,
      leftovers: leftovers, existing: existing, estimate: nil, blockers: try blockers(table),
      warnings: leftovers.map(Self.leftoverWarning), signature: signature)
  }

  private static func leftoverWarning(_ index: IndexDescription) -> String {
    "'\(index.title)' is an unfinished build of the same index and will be dropped first"
  }

  /// Throws `tryAgain` where somebody is still building one of the unfinished indexes.
  private func refuseTwins(_ leftovers: [IndexDescription], _ table: TableFacts) throws {
    for index in leftovers {
      guard let builder = try IndexBuilder.of(index, on: connection) else { continue }
      throw builder.failure(twinOf: index, on: table)
    }
  }

  /// Throws `refused` for the server's own tables, on which not even a superuser may create an index.
  private func refuseSystem(_ table: TableFacts) throws {
    guard table.oid < 16384 || ["pg_catalog", "pg_toast"].contains(table.schema) else { return }
    throw Failure(.refused, "'\(table.title)' is the server's own table, on which no index can be created")
  }

  private func refuseStranger(_ table: TableFacts) throws {
    let row = try connection.query(
      """
      SELECT pg_has_role(relowner, 'USAGE') AND has_schema_privilege(relnamespace, 'CREATE') AS may,
        pg_get_userbyid(relowner) AS owner, current_user::text AS me
      FROM pg_class WHERE oid = $1::bigint
      """, [PostgresValue(table.oid)]
    ).first
    guard let row, try !row.decode("may", as: Bool.self) else { return }
    let owner: String = try row.decode("owner")
    throw Failure(
      .refused, "only the owner of '\(table.title)' may create an index on it",
      causes: ["it belongs to \(owner), and usher connects as \(try row.decode("me", as: String.self))"],
      hints: ["connect as \(owner), or as a member of that role with CREATE on schema \(table.schema)"])
  }

  // MARK: The server's reading of the request

  struct Probe {
    var signature: String
    var keys: [String]
    /// The condition as the server writes it.
    var condition: String?
  }

  /// Lets the server check and normalise the request, on an empty table with the same columns.
  private func probe(_ request: IndexRequest, _ table: TableFacts) throws -> Probe {
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
          SELECT \(IndexDescription.selectSignature) AS signature, \(IndexDescription.selectKeys) AS keys,
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
  private static func body(_ request: IndexRequest, condition: String?) -> String {
    let quote = PostgresConnection.quoteIdentifier(_:)
    let keys = request.columns.map { quote($0.name) + ($0.isDescending ? " DESC" : "") }
    var text = "USING btree (\(keys.joined(separator: ", ")))"
    if !request.included.isEmpty { text += " INCLUDE (\(request.included.map(quote).joined(separator: ", ")))" }
    if let condition { text += " WHERE (\(condition))" }
    return text
  }

  static func statement(_ request: IndexRequest, _ table: TableFacts, name: String, condition: String?) -> String {
    """
    CREATE \(request.isUnique ? "UNIQUE " : "")INDEX CONCURRENTLY \(PostgresConnection.quoteIdentifier(name)) \
    ON \(table.quoted) \(body(request, condition: condition))
    """
  }

  // MARK: The name

  private func name(
    _ request: IndexRequest, _ table: TableFacts, equal: IndexDescription?, freed: [String]
  ) throws -> String {
    if let equal { return equal.name }
    if let name = request.name {
      guard try !isTaken(name, table, freed) else {
        throw Failure(
          .refused, "'\(table.schema).\(name)' exists already, with another definition",
          hints: ["choose another --name, or see the existing index with `usher index list`"])
      }
      return name
    }
    let columns = request.columns.map(\.name) + request.included
    var attempt = 0
    while true {
      let name = IndexName.choose(table: table.name, columns: columns, attempt: attempt)
      if try !isTaken(name, table, freed) { return name }
      attempt += 1
    }
  }

  private func isTaken(_ name: String, _ table: TableFacts, _ freed: [String]) throws -> Bool {
    if freed.contains(name) { return false }
    return try !connection.query(
      """
      SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = left($2, 63)
      """, [PostgresValue(table.schema), PostgresValue(name)]
    ).isEmpty
  }

  // MARK: Estimate and warnings

  private func estimate(_ request: IndexRequest, _ table: TableFacts) throws -> IndexEstimate? {
    guard let rows = table.estimatedRows, request.condition == nil else { return nil }
    let width = try connection.query(
      """
      SELECT coalesce(sum(coalesce(s.avg_width, greatest(a.attlen, 8))), 8)::bigint AS width
      FROM pg_attribute a LEFT JOIN pg_stats s ON s.schemaname = $2 AND s.tablename = $3 AND s.attname = a.attname
      WHERE a.attrelid = $1::bigint AND a.attname = ANY ($4::text[])
      """,
      [
        PostgresValue(table.oid), PostgresValue(table.schema), PostgresValue(table.name),
        .array(request.columns.map(\.name) + request.included),
      ]
    ).first?.decode("width", as: Int.self)
    return IndexEstimate(rows: rows, tableBytes: table.bytes, keyBytes: width ?? 8)
  }

  /// Sessions that hold a snapshot, or write to the table, in a transaction of more than two seconds.
  func blockers(_ table: TableFacts) throws -> [OpenTransaction] {
    try connection.query(
      """
      SELECT a.pid, coalesce(a.usename::text, '?') AS role, coalesce(a.application_name, '') AS application,
        coalesce(a.state, '?') AS state, (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint AS age
      FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
        AND a.xact_start < clock_timestamp() - interval '2 seconds'
        AND (a.backend_xmin IS NOT NULL OR EXISTS (
          SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.relation = $1::bigint AND l.mode LIKE 'Row%'))
      ORDER BY a.xact_start LIMIT 20
      """, [PostgresValue(table.oid)]
    ).map { row in
      OpenTransaction(
        pid: try row.decode("pid"), role: try row.decode("role"), application: try row.decode("application"),
        state: try row.decode("state"), ageMilliseconds: try row.decode("age"))
    }
  }

  private func warnings(
    _ table: TableFacts, _ probe: Probe, _ existing: [IndexDescription], _ leftovers: [IndexDescription]
  ) throws -> [String] {
    var warnings = leftovers.map(Self.leftoverWarning)
    let longer = existing.filter { $0.isValid && !$0.isPartial && $0.keys.starts(with: probe.keys) }
    for index in longer where index.signature != probe.signature {
      warnings.append("'\(index.title)' starts with the same columns and may be sufficient: \(index.definition)")
    }
    let broken = existing.filter { index in !index.isValid && !leftovers.contains { $0.oid == index.oid } }
    for index in broken {
      let builder = try IndexBuilder.of(index, on: connection)
      warnings.append(
        builder.map { "'\(index.title)' is being built by \($0.description)" }
          ?? "'\(index.title)' is not valid: it slows writes and serves no query; drop it with `usher index drop`")
    }
    if table.estimatedRows == nil { warnings.append("'\(table.title)' was never analyzed, so there is no estimate") }
    return warnings
  }
}

extension String {
  fileprivate func firstRange(of needle: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(needle) }.map { $0..<index($0, offsetBy: needle.count) }
  }

  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}

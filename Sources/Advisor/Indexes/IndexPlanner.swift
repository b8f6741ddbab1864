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
    // The index of a partitioned table is never built itself, but completed.
    let (twin, leftovers) = try unfinished(equal == nil && !table.isPartitioned ? same : [])
    let name =
      try table.isPartitioned && equal == nil && same.first != nil
      ? same[0].name : self.name(request, table, equal: equal, freed: (equal == nil ? same : []).map(\.name))
    let tree =
      try table.isPartitioned
      ? tree(
        table, request.columns.map(\.name), included: request.included, name, isUnique: request.isUnique,
        Self.body(request, condition: probe.condition), probe.signature) : nil
    let duplicates = try equal == nil && request.isUnique ? duplicates(request, table, probe, name) : nil
    let traffic = TableTraffic(table: table.oid, connection: connection)
    return IndexCreationPlan(
      table: table.summed(over: tree), name: name,
      statement: Self.statement(request, table, name: name, condition: probe.condition),
      equal: equal, leftovers: leftovers, twin: twin, existing: existing,
      estimate: try estimate(request, table.summed(over: tree)), blockers: try traffic.blockers(),
      warnings: try warnings(table, probe, existing, leftovers, twin) + occupied(twin, traffic)
        + (duplicates?.isUnknown == true
          ? ["the search for duplicate keys did not end in time, so the build may still find some"] : []),
      duplicates: duplicates, signature: probe.signature, tree: tree)
  }

  private func tree(
    _ table: TableFacts, _ columns: [String], included: [String] = [], _ name: String, isUnique: Bool, _ body: String,
    _ signature: String
  ) throws -> PartitionTree {
    let tree = try PartitionTree.read(
      of: table, signature: signature, name: name, columns: columns + included, isUnique: isUnique, body: body,
      on: connection)
    try tree.refuseUnkeyed(columns, on: connection)
    return tree
  }

  /// Throws `badInput` where rows have the same key, before a build that must fail.
  private func duplicates(
    _ request: IndexRequest, _ table: TableFacts, _ probe: Probe, _ name: String
  ) throws -> DuplicateKeys {
    let found = try DuplicateKeys.find(
      request.columns.map(\.name), of: table, where: probe.condition, on: connection)
    if found.keys.isEmpty { return found }
    var failure = DuplicateKeys.failure("'\(table.schema).\(name)'", table)
    failure.causes = found.keys
    failure.hints = ["find all: \(found.statement)"]
    throw failure
  }

  /// The warning about another session's work on the table, which the build will wait for.
  ///
  /// - Parameter twin: the session that builds the same index, which another warning names.
  private func occupied(_ twin: IndexBuilder?, _ traffic: TableTraffic) throws -> [String] {
    try traffic.maintenance().filter { $0.pid != twin?.pid }.map {
      "the build cannot start beside \($0.description), which works on the table"
    }
  }

  /// Of unfinished indexes, the session that builds one of them now, and those that nobody builds.
  private func unfinished(_ indexes: [IndexDescription]) throws -> (IndexBuilder?, [IndexDescription]) {
    var twin: IndexBuilder?
    var leftovers: [IndexDescription] = []
    for index in indexes {
      if let builder = try IndexBuilder.of(index, on: connection) { twin = builder } else { leftovers.append(index) }
    }
    return (twin, leftovers)
  }

  /// The plan to create an index again that was dropped.
  func plan(_ image: IndexImage) throws -> IndexCreationPlan {
    try connection.refuseStandby()
    try connection.refusePooler(for: "an index build")
    let quote = PostgresConnection.quoteIdentifier(_:)
    let table = try TableFacts.find("\(quote(image.schema)).\(quote(image.table))", on: connection)
    try refuseStranger(table)
    let existing = try IndexDescription.all(of: table.oid, on: connection)
    let same = existing.filter { $0.signature == image.signature }
    let equal = same.first { $0.isValid }
    let (twin, leftovers) = try unfinished(equal == nil && !table.isPartitioned ? same : [])
    let title = "'\(image.schema).\(image.name)'"
    if try equal == nil && isTaken(image.name, table, same.map(\.name)) {
      throw Failure(.refused, "\(title) exists already, with another definition")
    }
    guard let words = image.definition.firstRange(of: "INDEX ") else {
      throw Failure(
        .failed, "the stored definition of \(title) is not a CREATE INDEX statement", causes: [image.definition])
    }
    let traffic = TableTraffic(table: table.oid, connection: connection)
    let isUnique = image.definition.hasPrefix("CREATE UNIQUE ")
    let body = image.definition.firstRange(of: "USING ").map { String(image.definition[$0.lowerBound...]) } ?? ""
    let tree =
      try table.isPartitioned
      ? PartitionTree.read(
        of: table, signature: image.signature, name: image.name, columns: ["restored"], names: image.names,
        isUnique: isUnique, body: body,
        on: connection) : nil
    return IndexCreationPlan(
      table: table, name: equal?.name ?? image.name,
      statement: image.definition.replacingCharacters(in: words, with: "INDEX CONCURRENTLY "), equal: equal,
      leftovers: leftovers, twin: twin, existing: existing, estimate: nil, blockers: try traffic.blockers(),
      warnings: try leftovers.map(Self.leftoverWarning) + occupied(twin, traffic) + missing(image.tablespace),
      duplicates: nil, signature: image.signature, tablespace: image.tablespace ?? "", afterwards: image.afterwards,
      tree: tree)
  }

  private func missing(_ tablespace: String?) throws -> [String] {
    guard let tablespace else { return [] }
    let found = try connection.query("SELECT FROM pg_tablespace WHERE spcname = $1", [PostgresValue(tablespace)])
    return found.isEmpty ? ["tablespace '\(tablespace)' is gone: the index goes into the database's own"] : []
  }

  private static func leftoverWarning(_ index: IndexDescription) -> String {
    "'\(index.title)' is an unfinished build of the same index and will be dropped first"
  }

  /// Throws `refused` for the server's own tables, on which not even a superuser may create an index.
  private func refuseSystem(_ table: TableFacts) throws {
    guard table.oid < 16384 || ["pg_catalog", "pg_toast"].contains(table.schema) else { return }
    throw Failure(.refused, "'\(table.title)' is the server's own table, on which no index can be created")
  }

  /// Throws `refused` where the role lacks what the server demands: the table's owner, and CREATE on its schema.
  private func refuseStranger(_ table: TableFacts) throws {
    let row = try connection.query(
      """
      SELECT pg_has_role(relowner, 'USAGE') AS owns, has_schema_privilege(relnamespace, 'CREATE') AS creates,
        pg_get_userbyid(relowner)::text AS owner, current_user::text AS me,
        format('GRANT CREATE ON SCHEMA %s TO %I', relnamespace::regnamespace, current_user) AS remedy
      FROM pg_class WHERE oid = $1::bigint
      """, [PostgresValue(table.oid)]
    ).first
    guard let row else { return }
    let me: String = try row.decode("me")
    if try !row.decode("owns", as: Bool.self) {
      let owner: String = try row.decode("owner")
      throw Failure(
        .refused, "only the owner of '\(table.title)' may create an index on it",
        causes: ["it belongs to \(owner), and usher connects as \(me)"],
        hints: ["connect as \(owner), or as a member of that role"])
    }
    if try !row.decode("creates", as: Bool.self) {
      throw Failure(
        .refused, "\(me) may not create an index on '\(table.title)'",
        causes: ["it owns the table, and lacks CREATE on schema \(table.schema)"],
        hints: ["let the schema's owner run: \(try row.decode("remedy", as: String.self))"])
    }
  }

  // MARK: The name

  private func name(
    _ request: IndexRequest, _ table: TableFacts, equal: IndexDescription?, freed: [String]
  ) throws -> String {
    if let equal { return equal.name }
    if let word = request.name {
      let name = try IndexName.parse(word, for: table, on: connection)
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
    // Values of varying length are rounded up one by one, which adds half an alignment of 8 bytes on average.
    let width = try connection.query(
      """
      SELECT coalesce(sum(coalesce(s.avg_width, greatest(a.attlen, 8)) + CASE WHEN a.attlen < 0 THEN 4 ELSE 0 END), 8)::bigint
        AS width
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

  private func warnings(
    _ table: TableFacts, _ probe: Probe, _ existing: [IndexDescription], _ leftovers: [IndexDescription],
    _ twin: IndexBuilder?
  ) throws -> [String] {
    var warnings = leftovers.map(Self.leftoverWarning)
    if let twin {
      warnings.append("\(twin.description) builds the same index: this run waits for its end")
    }
    let longer = existing.filter { $0.isValid && !$0.isPartial && $0.keys.starts(with: probe.keys) }
    for index in longer where index.signature != probe.signature {
      warnings.append("'\(index.title)' starts with the same columns and may be sufficient: \(index.definition)")
    }
    let broken = existing.filter { index in
      !index.isValid && index.signature != probe.signature && !index.isPartitioned
        && !leftovers.contains { $0.oid == index.oid }
    }
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

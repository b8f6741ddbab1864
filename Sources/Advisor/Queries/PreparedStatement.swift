import Failures
import Postgres

/// A statement with parameters, prepared in the open transaction, with the types that had to be assumed.
struct PreparedStatement {
  private static let name = "usher_explain"

  private let connection: PostgresConnection
  /// The text that was prepared, which differs from the original where it had to be repaired.
  private(set) var text: ExplainedText
  /// The types of all parameters.
  private(set) var types: [String] = []
  /// The types that were assumed, by the number of the parameter.
  private(set) var assumed: [Int: String] = [:]
  private let declared: [Int: String]
  private let count: Int

  /// Prepares the statement, runs `body` with it, and removes it again. The open transaction must end with a rollback.
  static func with<T>(
    _ text: ExplainedText, values: [String?], on connection: PostgresConnection,
    _ body: (inout PreparedStatement) throws -> T
  ) throws -> T {
    var statement = PreparedStatement(text, connection)
    try connection.execute("SAVEPOINT \(name)")
    defer {
      // A prepared statement outlives its transaction, and would stay on the session of a pooler.
      connection.ignoringInterrupts {
        _ = try? connection.execute("ROLLBACK TO SAVEPOINT \(name)")
        _ = try? connection.execute("DEALLOCATE \(name)")
      }
    }
    try statement.prepare(values)
    return try body(&statement)
  }

  private init(_ text: ExplainedText, _ connection: PostgresConnection) {
    (self.text, self.connection) = (text, connection)
    count = text.original.parameterCount
    declared = Self.types(in: text.original.wrapping?.parameterTypes ?? "")
  }

  /// `int, numeric(10,2)` by number.
  private static func types(in list: String) -> [Int: String] {
    var types: [Int: String] = [:]
    var (depth, number, type) = (0, 1, "")
    for character in list {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 {
        number += 1
      } else {
        type = (types[number] ?? "") + String(character)
        types[number] = type
      }
    }
    return types
  }

  // MARK: Preparing

  private mutating func prepare(_ values: [String?]) throws {
    guard let first = try attempt(text.sent, declared) else { return try readTypes() }
    var error = first
    var sent = text.sent
    if ["42803", "42P10"].contains(first.sqlState), let unified = RepeatedExpressions.unified(sent) {
      sent = unified
      guard let next = try attempt(sent, declared) else {
        text.sent = sent
        return try readTypes()
      }
      error = next
    }
    for _ in 0..<2 {
      if let types = try solved(error, sent, values) {
        text.sent = sent
        assumed = types.filter { declared[$0.key] == nil }
        return try readTypes()
      }
      guard sent == text.sent, let unified = RepeatedExpressions.unified(sent) else { break }
      sent = unified
      guard let next = try attempt(sent, declared) else {
        text.sent = sent
        return try readTypes()
      }
      error = next
    }
    throw text.failure(first, isRun: false)
  }

  private func solved(_ error: PostgresError, _ sent: String, _ values: [String?]) throws -> [Int: String]? {
    var search = ParameterTypes(sent, values: values, catalog: argumentTypes) { try attempt(sent, $0) }
    return try search.solve(error, known: declared)
  }

  /// Tries to prepare the text with these types. Positions of an error count in `sent`.
  private func attempt(_ sent: String, _ types: [Int: String]) throws -> PostgresError? {
    let list =
      types.isEmpty
      ? "" : "(" + (1...max(count, types.keys.max() ?? 1)).map { types[$0] ?? "unknown" }.joined(separator: ", ") + ")"
    let prefix = "PREPARE \(Self.name)\(list) AS "
    guard var error = try failure(of: prefix + sent) else { return nil }
    error.position = error.position.map { $0 - prefix.unicodeScalars.count }
    return error
  }

  /// The server's error, after which the transaction goes on from the savepoint; nil where the statement succeeds.
  private func failure(of sql: String) throws -> PostgresError? {
    do {
      try connection.execute(sql)
      return nil
    } catch {
      if error.problem != .statement { throw error }
      try connection.execute("ROLLBACK TO SAVEPOINT \(Self.name)")
      return error
    }
  }

  private func argumentTypes(of name: String) throws -> [String] {
    try connection.query(
      """
      SELECT \(SlowQueries.mark) DISTINCT format_type(argument, NULL) AS type FROM (
        SELECT unnest(proargtypes) AS argument FROM pg_proc WHERE proname = $1
        UNION ALL SELECT unnest(ARRAY[oprleft, oprright]) FROM pg_operator WHERE oprname = $1
      ) AS arguments JOIN pg_type t ON t.oid = argument AND t.typtype <> 'p' LIMIT 60
      """, [PostgresValue(name)]
    ).map { try $0.decode("type") }
  }

  private mutating func readTypes() throws {
    types = try connection.query(
      """
      SELECT \(SlowQueries.mark) type::text AS type
      FROM pg_prepared_statements p, unnest(p.parameter_types) WITH ORDINALITY AS parameter(type, number)
      WHERE p.name = $1 ORDER BY number
      """, [PostgresValue(Self.name)]
    ).map { try $0.decode("type") }
  }

  // MARK: Explaining

  /// The generic plan, and whether it shows partitions that no value has excluded.
  ///
  /// The executor excludes partitions by the parameters' values, which would be NULL and exclude all. Where that happens, the statement is
  /// planned again without exclusion. Source: https://www.postgresql.org/docs/current/sql-prepare.html
  mutating func genericPlan() throws -> (json: String, showsAllPartitions: Bool) {
    try connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    let json = try explain(options: "VERBOSE, FORMAT JSON", Array(repeating: nil, count: types.count), isRun: false)
    guard json.contains("\"Subplans Removed\": "),
      try PlanDocument.read(json)?.root.all.contains(where: { $0.subplansRemoved ?? 0 > 0 }) == true
    else { return (json, false) }
    try connection.execute("DEALLOCATE \(Self.name)")
    try connection.execute("SET LOCAL enable_partition_pruning = off")
    let known = declared.merging(assumed) { first, _ in first }
    if let error = try attempt(text.sent, known) { throw text.failure(error, isRun: false) }
    let whole = try explain(options: "VERBOSE, FORMAT JSON", Array(repeating: nil, count: types.count), isRun: false)
    try connection.execute("SET LOCAL enable_partition_pruning = on")
    return (whole, true)
  }

  /// The plan for exactly these values.
  func plan(_ values: [String?], options: String, isRun: Bool) throws -> String {
    try connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    return try explain(options: options, values, isRun: isRun)
  }

  private func explain(options: String, _ values: [String?], isRun: Bool) throws -> String {
    let list =
      values.isEmpty
      ? "" : "(" + values.map { $0.map(PostgresConnection.quoteLiteral) ?? "NULL" }.joined(separator: ", ") + ")"
    let sql = "EXPLAIN \(SlowQueries.mark) (\(options)) EXECUTE \(Self.name)\(list)"
    do {
      return try connection.query(sql).first?.decode(0) ?? "[]"
    } catch {
      throw error.problem == .statement ? text.failure(Self.withoutPlace(error), isRun: isRun) : error
    }
  }

  /// The error without its place in a text that has the values in it, which are not repeated.
  private static func withoutPlace(_ error: PostgresError) -> PostgresError {
    var error = error
    (error.position, error.near) = (nil, nil)
    return error
  }
}

import Postgres

/// From where the values of a statement's parameters are taken.
public enum ValueChoice: String, CaseIterable, Sendable {
  /// The values that most rows have.
  case common
  /// Values that few rows have.
  case rare
  /// The values of one row.
  case sample
}

/// Chooses values for parameters by the columns with which a plan compares them.
struct StatementValues {
  private let connection: PostgresConnection
  private let choice: ValueChoice
  /// Chooses the rows of a sample, the same for all columns.
  private let seed = Int.random(in: 0..<1_000_000)

  init(_ connection: PostgresConnection, _ choice: ValueChoice) {
    (self.connection, self.choice) = (connection, choice)
  }

  /// A column with which a parameter is compared.
  private struct Comparison {
    let schema: String
    let relation: String
    let column: String
    /// Whether rows below the value, or above it, are wanted; neither for equality.
    let isBelow: Bool
    let isAbove: Bool

    var name: String { (schema == "public" ? "" : "\(schema).") + "\(relation).\(column)" }
  }

  /// A value for each parameter of the generic plan.
  func values(for json: String, types: [String]) throws -> [ExplanationContext.Parameter] {
    guard let root = try PlanDocument.read(json)?.root else { return [] }
    let comparisons = comparisons(root)
    return try types.enumerated().map { index, type in
      let comparison = comparisons[index + 1]
      if let comparison, let (value, source) = try value(for: comparison) {
        return .init(number: index + 1, type: type, value: value, source: source)
      }
      let reason = comparison.map { "\($0.name) has no values" } ?? "not compared with a column"
      return .init(
        number: index + 1, type: type, value: Self.usual(type), source: "\(reason), so usher chose it")
    }
  }

  // MARK: Columns

  private func comparisons(_ root: PlanNode) -> [Int: Comparison] {
    var relations: [String: (String, String)] = [:]
    for node in root.all {
      guard let relation = node.relation, let schema = node.schema else { continue }
      relations[node.alias ?? relation] = (schema, relation)
    }
    var comparisons: [Int: Comparison] = [:]
    for condition in root.all.flatMap(\.conditions) {
      let reader = ConditionReader(condition.text)
      for (number, place) in reader.parameters where comparisons[number] == nil {
        guard let found = reader.comparison(at: place), let (schema, relation) = relations[found.alias] else {
          continue
        }
        comparisons[number] = Comparison(
          schema: schema, relation: relation, column: found.column, isBelow: found.isBelow, isAbove: found.isAbove)
      }
    }
    return comparisons
  }

  // MARK: Values

  private func value(for comparison: Comparison) throws -> (String?, String)? {
    if choice != .sample, let found = try statistic(comparison) { return found }
    let column = connection.quoteIdentifier(comparison.column)
    let table = "\(connection.quoteIdentifier(comparison.schema)).\(connection.quoteIdentifier(comparison.relation))"
    let samples = choice == .sample ? [try sampling(comparison), ""] : [""]
    for sample in samples {
      let row = try connection.query(
        """
        SELECT \(SlowQueries.mark) \(column)::text AS value FROM \(table) \(sample)
        \(sample.isEmpty ? "WHERE \(column) IS NOT NULL" : "") LIMIT 1
        """
      ).first
      if let value: String = try row?.decode("value", as: String?.self) {
        return (value, "of a row of \(comparison.name)")
      }
    }
    return nil
  }

  /// A clause that chooses the same few pages of a table for all of its columns; empty where a table cannot be sampled.
  private func sampling(_ comparison: Comparison) throws -> String {
    let rows = try connection.query(
      """
      SELECT \(SlowQueries.mark) least(100, 300.0 / greatest(c.relpages, 1))::float8 AS percent
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'm', 'p')
      """, [comparison.schema, comparison.relation].map { PostgresValue($0) })
    guard let percent: Double = try rows.first?.decode("percent") else { return "" }
    return "TABLESAMPLE SYSTEM (\(percent)) REPEATABLE (\(seed))"
  }

  private func statistic(_ comparison: Comparison) throws -> (String?, String)? {
    let rows = try connection.query(
      """
      SELECT \(SlowQueries.mark) common[1] AS first, common[array_length(common, 1)] AS last, bounds[1] AS low,
        bounds[array_length(bounds, 1)] AS high, bounds[(array_length(bounds, 1) + 1) / 2] AS middle
      FROM (
        SELECT most_common_vals::text::text[] AS common, histogram_bounds::text::text[] AS bounds FROM pg_stats
        WHERE schemaname = $1 AND tablename = $2 AND attname = $3 ORDER BY inherited LIMIT 1
      ) AS statistics
      """, [comparison.schema, comparison.relation, comparison.column].map { PostgresValue($0) })
    guard let row = rows.first else { return nil }
    func value(_ name: String) throws -> String? { try row.decode(name) }
    let name = comparison.name
    let isCommon = choice == .common
    if comparison.isBelow || comparison.isAbove {
      let isHigh = comparison.isBelow == isCommon
      let bound = try value(isHigh ? "high" : "low") ?? value("first")
      return bound.map { ($0, "the \(isHigh ? "highest" : "lowest") value of \(name)") }
    }
    if isCommon {
      if let first = try value("first") { return (first, "the most common value of \(name)") }
      return try value("middle").map { ($0, "a value of \(name), none of which is common") }
    }
    if let middle = try value("middle") { return (middle, "a rare value of \(name)") }
    return try value("last").map { ($0, "the rarest of the common values of \(name)") }
  }

  /// A value for a parameter that no column is compared with, such as LIMIT's or a period.
  private static func usual(_ type: String) -> String? {
    switch type {
    case "smallint", "integer", "bigint", "numeric", "real", "double precision": "10"
    case "text", "character varying", "character": "a"
    case "interval": "1 day"
    case "boolean": "true"
    case "date", "timestamp with time zone", "timestamp without time zone": "now"
    default: nil
    }
  }
}

/// Finds in a condition, as EXPLAIN writes it, the column that a parameter is compared with.
private struct ConditionReader {
  private let tokens: [SQLToken]
  private let bytes: [UInt8]

  init(_ text: String) {
    tokens = SQLLexer.tokens(of: text)
    bytes = Array(text.utf8)
  }

  /// The number and the place of each parameter.
  var parameters: [(Int, Int)] {
    tokens.indices.compactMap { index in
      if case .parameter(let number) = tokens[index].kind { (number, index) } else { nil }
    }
  }

  /// Reads `(seat.status = $1)`, `((seat.status)::text = ANY ($1))` and `(seat.at < ($1)::date)`.
  func comparison(at index: Int) -> (alias: String, column: String, isBelow: Bool, isAbove: Bool)? {
    var place = listStart(index) - 1
    while place >= 0, tokens[place].isSign("(") || tokens[place].isWord("any") || tokens[place].isWord("all") {
      place -= 1
    }
    var signs: [UInt8] = []
    while place >= 0, case .sign(let sign) = tokens[place].kind, "=<>~!*".utf8.contains(sign) {
      signs.append(sign)
      place -= 1
    }
    guard !signs.isEmpty else { return nil }
    place = skipCasts(place)
    guard place >= 2, tokens[place - 1].isSign("."), let column = name(place), let alias = name(place - 2) else {
      return nil
    }
    let isInequality = signs.contains(UInt8(ascii: "<")) != signs.contains(UInt8(ascii: ">"))
    return (
      alias, column, isInequality && signs.contains(UInt8(ascii: "<")),
      isInequality && signs.contains(UInt8(ascii: ">"))
    )
  }

  /// The place of ARRAY in `ARRAY[($1)::text, $2]`; the parameter's own where it is in no list.
  private func listStart(_ index: Int) -> Int {
    for place in (0..<index).reversed() {
      switch tokens[place].kind {
      case .word("array"): return place
      case .word, .number, .parameter: continue
      case .sign(let sign) where "[](),:".utf8.contains(sign): continue
      default: return index
      }
    }
    return index
  }

  /// The place before `)::character varying`.
  private func skipCasts(_ start: Int) -> Int {
    var place = start
    var end = start
    while end >= 1 {
      switch tokens[end].kind {
      case .word, .number, .quotedName: end -= 1
      case .sign(UInt8(ascii: ":")) where tokens[end - 1].isSign(":"):
        place = end - 2
        end = -1
      default: end = -1
      }
    }
    while place >= 0, tokens[place].isSign(")") { place -= 1 }
    return place
  }

  private func name(_ index: Int) -> String? {
    let text = String(decoding: bytes[tokens[index].range], as: UTF8.self)
    switch tokens[index].kind {
    case .word: return text
    case .quotedName:
      return String(text.dropFirst().dropLast()).split(separator: "\"\"", omittingEmptySubsequences: false).joined(
        separator: "\"")
    default: return nil
    }
  }
}

import FoundationEssentials

/// The output of `EXPLAIN (FORMAT JSON)`.
///
/// Source: https://www.postgresql.org/docs/current/sql-explain.html
struct PlanDocument: Decodable {
  let root: PlanNode
  let planningMilliseconds: Double?
  let executionMilliseconds: Double?
  let triggers: [PlanTrigger]

  /// Reads the document, which is an array of one.
  static func read(_ json: String) throws -> PlanDocument? {
    try JSONDecoder().decode([PlanDocument].self, from: Data(json.utf8)).first
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    root = try values.decode(PlanNode.self, forKey: "Plan")
    planningMilliseconds = try values.decodeIfPresent(Double.self, forKey: "Planning Time")
    executionMilliseconds = try values.decodeIfPresent(Double.self, forKey: "Execution Time")
    triggers = try values.decodeIfPresent([PlanTrigger].self, forKey: "Triggers") ?? []
  }

  /// EXPLAIN's own names.
  struct Key: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringLiteral value: String) { stringValue = value }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension PlanNode: Decodable {
  private typealias Values = KeyedDecodingContainer<PlanDocument.Key>

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: PlanDocument.Key.self)
    func text(_ key: PlanDocument.Key) throws -> String? { try values.decodeIfPresent(String.self, forKey: key) }
    func number(_ key: PlanDocument.Key) throws -> Double? { try values.decodeIfPresent(Double.self, forKey: key) }
    func integer(_ key: PlanDocument.Key) throws -> Int? { try values.decodeIfPresent(Int.self, forKey: key) }
    type = try Self.type(values)
    relationship = try text("Parent Relationship")
    subplan = try text("Subplan Name")
    schema = try text("Schema")
    relation = try text("Relation Name")
    alias = try text("Alias")
    index = try text("Index Name")
    source = try text("CTE Name") ?? text("Function Name")
    totalCost = try number("Total Cost") ?? 0
    estimatedRows = try number("Plan Rows") ?? 0
    if let loops = try integer("Actual Loops") {
      // Rows have decimals since version 18.
      actual = Actual(
        rows: try number("Actual Rows") ?? 0, loops: loops, milliseconds: try number("Actual Total Time") ?? 0)
    }
    conditions = try Self.conditions.compactMap { key, name in try text(key).map { Condition(name: name, text: $0) } }
    keys = try Self.keys.compactMap { key, name in
      try values.decodeIfPresent([String].self, forKey: key)
        .map { Condition(name: name, text: $0.joined(separator: ", ")) }
    }
    let loops = Double(actual?.loops ?? 0)
    removed = try Self.removals.compactMap { key, name in
      guard let rows = try number(key), rows * loops > 0 else { return nil }
      return Removal(condition: name, rows: Int(clamping: rows * loops))
    }
    sortMethod = try text("Sort Method")
    sortKilobytes = try integer("Sort Space Used")
    sortIsOnDisk = try text("Sort Space Type") == "Disk"
    hashBatches = try integer("Hash Batches")
    diskKilobytes = try integer("Disk Usage")
    workersPlanned = try integer("Workers Planned")
    subplansRemoved = try integer("Subplans Removed")
    children = try values.decodeIfPresent([PlanNode].self, forKey: "Plans") ?? []
  }

  /// The name in EXPLAIN's text form: `Aggregate` with the strategy `Hashed` is `HashAggregate`, and so on.
  private static func type(_ values: Values) throws -> String {
    func text(_ key: PlanDocument.Key) throws -> String? { try values.decodeIfPresent(String.self, forKey: key) }
    var type = try values.decode(String.self, forKey: "Node Type")
    switch (type, try text("Strategy")) {
    case ("Aggregate", "Hashed"): type = "HashAggregate"
    case ("Aggregate", "Sorted"): type = "GroupAggregate"
    case ("Aggregate", "Mixed"): type = "MixedAggregate"
    default: break
    }
    if type == "ModifyTable", let operation = try text("Operation") { type = operation }
    if let join = try text("Join Type"), join != "Inner" {
      type =
        type == "Nested Loop"
        ? "Nested Loop \(join) Join" : type.hasSuffix(" Join") ? "\(type.dropLast(5)) \(join) Join" : type
    }
    if try text("Scan Direction") == "Backward" { type += " Backward" }
    if let part = try text("Partial Mode"), part != "Simple" { type = "\(part) \(type)" }
    return try values.decodeIfPresent(Bool.self, forKey: "Parallel Aware") == true ? "Parallel \(type)" : type
  }

  private static let conditions: [(PlanDocument.Key, String)] = [
    ("Index Cond", "index condition"), ("Recheck Cond", "recheck condition"), ("TID Cond", "tid condition"),
    ("Hash Cond", "hash condition"), ("Merge Cond", "merge condition"), ("Join Filter", "join filter"),
    ("Filter", "filter"), ("One-Time Filter", "one-time filter"),
  ]

  private static let keys: [(PlanDocument.Key, String)] = [
    ("Sort Key", "sort key"), ("Group Key", "group key"),
  ]

  private static let removals: [(PlanDocument.Key, String)] = [
    ("Rows Removed by Filter", "filter"), ("Rows Removed by Join Filter", "join filter"),
    ("Rows Removed by Index Recheck", "index recheck"),
  ]
}

extension Int {
  /// The nearest whole number; the ends of `Int` for what does not fit, 0 for what is no number.
  init(clamping number: Double) {
    let rounded = number.rounded()
    self = Int(exactly: rounded) ?? (rounded.isNaN ? 0 : rounded < 0 ? .min : .max)
  }
}

import Failures
import Text

/// The output of `EXPLAIN (FORMAT JSON)`.
///
/// Source: https://www.postgresql.org/docs/current/sql-explain.html
struct PlanDocument {
  let root: PlanNode
  let planningMilliseconds: Double?
  let executionMilliseconds: Double?
  let triggers: [PlanTrigger]

  /// Reads the document, which is a list of one; nil for an empty list.
  static func read(_ json: String) throws -> PlanDocument? {
    let answer: JSON
    do throws(JSONMistake) {
      answer = try JSON(parsing: json)
    } catch {
      throw Failure(
        .failed, "cannot read the plan that the server sent", causes: ["\(error.reason), at byte \(error.offset)"])
    }
    guard let documents = answer.list else { throw PlanMismatch(name: "the answer") }
    return try documents.first.map { try PlanDocument(PlanObject($0)) }
  }

  private init(_ values: PlanObject) throws(PlanMismatch) {
    root = try PlanNode(try values.required("Plan", try values.object("Plan")))
    planningMilliseconds = try values.number("Planning Time")
    executionMilliseconds = try values.number("Execution Time")
    triggers = try values.objects("Triggers").map { trigger throws(PlanMismatch) in try PlanTrigger(trigger) }
  }
}

extension PlanNode {
  init(_ values: PlanObject) throws(PlanMismatch) {
    type = try Self.type(values)
    relationship = try values.text("Parent Relationship")
    subplan = try values.text("Subplan Name")
    schema = try values.text("Schema")
    relation = try values.text("Relation Name")
    alias = try values.text("Alias")
    index = try values.text("Index Name")
    let (commonTable, function) = (try values.text("CTE Name"), try values.text("Function Name"))
    source = commonTable ?? function
    totalCost = try values.number("Total Cost") ?? 0
    estimatedRows = try values.number("Plan Rows") ?? 0
    if let loops = try values.integer("Actual Loops") {
      // Rows have decimals since version 18.
      actual = Actual(
        rows: try values.number("Actual Rows") ?? 0, loops: loops,
        milliseconds: try values.number("Actual Total Time") ?? 0)
    }
    conditions = []
    for (key, name) in Self.conditions {
      if let text = try values.text(key) { conditions.append(Condition(name: name, text: text)) }
    }
    keys = []
    for (key, name) in Self.keys {
      guard let texts = try values.texts(key) else { continue }
      keys.append(Condition(name: name, text: texts.joined(separator: ", ")))
    }
    let loops = Double(actual?.loops ?? 0)
    removed = []
    for (key, name) in Self.removals {
      guard let rows = try values.number(key), rows * loops > 0 else { continue }
      removed.append(Removal(condition: name, rows: Int(clamping: rows * loops)))
    }
    sortMethod = try values.text("Sort Method")
    sortKilobytes = try values.integer("Sort Space Used")
    sortIsOnDisk = try values.text("Sort Space Type") == "Disk"
    hashBatches = try values.integer("Hash Batches")
    diskKilobytes = try values.integer("Disk Usage")
    workersPlanned = try values.integer("Workers Planned")
    subplansRemoved = try values.integer("Subplans Removed")
    children = try values.objects("Plans").map { child throws(PlanMismatch) in try PlanNode(child) }
  }

  /// The name of the step in EXPLAIN's text format: `HashAggregate` for an `Aggregate` with the strategy `Hashed`, and so on.
  private static func type(_ values: PlanObject) throws(PlanMismatch) -> String {
    var type = try values.required("Node Type", try values.text("Node Type"))
    switch (type, try values.text("Strategy")) {
    case ("Aggregate", "Hashed"): type = "HashAggregate"
    case ("Aggregate", "Sorted"): type = "GroupAggregate"
    case ("Aggregate", "Mixed"): type = "MixedAggregate"
    default: break
    }
    if type == "ModifyTable", let operation = try values.text("Operation") { type = operation }
    if let join = try values.text("Join Type"), join != "Inner" {
      type =
        type == "Nested Loop"
        ? "Nested Loop \(join) Join" : type.hasSuffix(" Join") ? "\(type.dropLast(5)) \(join) Join" : type
    }
    if try values.text("Scan Direction") == "Backward" { type += " Backward" }
    if let part = try values.text("Partial Mode"), part != "Simple" { type = "\(part) \(type)" }
    return try values.boolean("Parallel Aware") == true ? "Parallel \(type)" : type
  }

  private static let conditions: [(String, String)] = [
    ("Index Cond", "index condition"), ("Recheck Cond", "recheck condition"), ("TID Cond", "tid condition"),
    ("Hash Cond", "hash condition"), ("Merge Cond", "merge condition"), ("Join Filter", "join filter"),
    ("Filter", "filter"), ("One-Time Filter", "one-time filter"),
  ]

  private static let keys: [(String, String)] = [
    ("Sort Key", "sort key"), ("Group Key", "group key"),
  ]

  private static let removals: [(String, String)] = [
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

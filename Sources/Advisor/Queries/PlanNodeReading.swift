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
    workersLaunched = try values.integer("Workers Launched")
    isParallelAware = try values.boolean("Parallel Aware") == true
    isInnerUnique = try values.boolean("Inner Unique") == true
    workers = []
    for worker in try values.objects("Workers") {
      if let worker = try Worker(worker) { workers.append(worker) }
    }
    resources = try PlanResources(values)
    expressions = values.allTexts(except: Self.names)
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

  /// Members that hold names and no expressions.
  private static let names: Set<String> = [
    "Node Type", "Parent Relationship", "Subplan Name", "Schema", "Relation Name", "Alias", "Index Name", "CTE Name",
    "Strategy", "Operation", "Join Type", "Partial Mode", "Remote SQL",
  ]

  private static let conditions: [(String, String)] = [
    ("Index Cond", "index condition"), ("Recheck Cond", "recheck condition"), ("TID Cond", "tid condition"),
    ("Hash Cond", "hash condition"), ("Merge Cond", "merge condition"), ("Join Filter", "join filter"),
    ("Filter", "filter"), ("One-Time Filter", "one-time filter"), ("Cache Key", "cache key"),
  ]

  private static let keys: [(String, String)] = [
    ("Sort Key", "sort key"), ("Presorted Key", "presorted key"), ("Group Key", "group key"),
  ]

  private static let removals: [(String, String)] = [
    ("Rows Removed by Filter", "filter"), ("Rows Removed by Join Filter", "join filter"),
    ("Rows Removed by Index Recheck", "index recheck"),
  ]
}

extension PlanNode.Worker {
  /// Nil for a worker that did not reach the node.
  fileprivate init?(_ values: PlanObject) throws(PlanMismatch) {
    guard let number = try values.integer("Worker Number") else { return nil }
    let loops = try values.integer("Actual Loops") ?? 0
    let jit = try values.object("JIT").map { jit throws(PlanMismatch) in try PlanJIT(jit) }
    self.init(
      number: number, loops: loops, milliseconds: (try values.number("Actual Total Time") ?? 0) * Double(loops),
      jitMilliseconds: jit?.compilingMilliseconds ?? 0)
  }
}

extension Int {
  /// The nearest whole number; the ends of `Int` for what does not fit, 0 for what is no number.
  init(clamping number: Double) {
    let rounded = number.rounded()
    self = Int(exactly: rounded) ?? (rounded.isNaN ? 0 : rounded < 0 ? .min : .max)
  }
}

import Text

/// What to type against a finding, where the plan and the catalogs tell it for sure.
struct PlanAdvice {
  let catalog: PlanCatalog

  /// The reason and the commands for a scan that discards most rows.
  func filter(_ node: PlanNode) -> (reason: String?, commands: [String]) {
    guard let filter = node.filter, let relation = node.relation, let alias = node.alias else { return (nil, []) }
    let key = PlanCatalog.key(node.schema, relation)
    guard let table = catalog.names[key] else { return (nil, []) }
    let predicates = PlanPredicate.all(in: filter)
    var (equal, other): ([String], [String]) = ([], [])
    for predicate in predicates {
      guard let (column, _, cast) = predicate.column(of: alias) else { continue }
      guard cast == nil || catalog.casts["\(key).\(column) \(cast ?? "")"] == .sameBytes else { continue }
      if predicate.comparison == "=" { equal.append(column) }
      if ["<", ">", "<=", ">="].contains(predicate.comparison) { other.append(column) }
    }
    // An index serves all equal columns and then one range.
    let columns = (equal + other.prefix(1)).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    if !columns.isEmpty {
      guard !columns.contains(where: { catalog.indexed[key]?.contains($0) == true }) else { return (nil, []) }
      return (
        "no index begins with \(columns.joined(separator: " or "))",
        [ShellWords.line(["usher", "index", "create", node.relationName ?? relation] + columns)]
      )
    }
    for predicate in predicates {
      if let found = pattern(predicate, alias, table) ?? hidden(predicate, alias, table, key) { return found }
    }
    return (nil, [])
  }

  private func pattern(_ predicate: PlanPredicate, _ alias: String, _ table: String) -> (String?, [String])? {
    guard predicate.comparison == "~~", let (_, name, _) = predicate.column(of: alias),
      predicate.value.hasPrefix("'")
    else { return nil }
    if !predicate.value.hasPrefix("'%"), !predicate.value.hasPrefix("'_") {
      return (
        "an index of the default kind does not serve LIKE unless the collation is C",
        ["CREATE INDEX CONCURRENTLY ON \(table) (\(name) text_pattern_ops)"]
      )
    }
    guard catalog.hasTrigrams else { return nil }
    return (
      "a pattern that begins with a wildcard needs an index of trigrams",
      [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX CONCURRENTLY ON \(table) USING gin (\(name) gin_trgm_ops)",
      ]
    )
  }

  private func hidden(
    _ predicate: PlanPredicate, _ alias: String, _ table: String, _ key: String
  ) -> (String?, [String])? {
    if let (function, expression) = predicate.call(on: alias) {
      let reason = "the function \(function) hides the column from its indexes"
      guard catalog.immutable.contains(function), predicate.comparison == "=" else { return (reason, []) }
      return (reason, ["CREATE INDEX CONCURRENTLY ON \(table) ((\(expression)))"])
    }
    guard let (column, name, cast) = predicate.column(of: alias), let cast else { return nil }
    let reason =
      "the cast to \(cast) hides the column \(column) from its indexes: compare with a value of the column's type"
    guard catalog.casts["\(key).\(column) \(cast)"] == .immutable else { return (reason, []) }
    return (reason, ["CREATE INDEX CONCURRENTLY ON \(table) (((\(name))::\(cast)))"])
  }

  /// The setting with which a node would have done its work in memory; none above a gigabyte, where memory is not the remedy.
  func memory(_ node: PlanNode) -> [String] {
    var needed = 0.0
    let loops = max(1, Double(node.actual?.loops ?? 1))
    if node.sortIsOnDisk, let disk = node.sortKilobytes, let actual = node.actual {
      // In memory a row takes 24 bytes in the array, which doubles when it is full, and about 40 more than on disk.
      needed = Double(disk) + actual.rows * (48 + 40) / 1024
    } else if let batches = node.hashBatches, batches > 1 {
      needed = Double(node.resources.peakKilobytes ?? 0) * Double(batches) / catalog.hashFactor
    } else if let disk = node.diskKilobytes, disk > 0 {
      // What is on disk are rows; the groups of them take no more than twice that in memory.
      needed = (Double(node.resources.peakKilobytes ?? 0) + 2 * Double(disk) / loops) / catalog.hashFactor
    }
    var megabytes = 1.0
    while megabytes * 1024 < max(needed * 1.2, catalog.memoryKilobytes + 1) { megabytes *= 2 }
    return needed > 0 && megabytes <= 1024 ? ["SET work_mem = '\(Int(megabytes))MB'"] : []
  }

  /// A column's name as the server wrote it in `alias.name`: with quotes where SQL needs them.
  static func quoted(_ name: String, as text: String) -> String {
    text.hasSuffix(".\(name)") ? name : "\"\(name.replacing("\"", with: "\"\""))\""
  }
}

import Text

/// Warnings about a plan.
struct PlanWarnings {
  /// The estimated rows of each table, by schema and name.
  let tableRows: [String: Double]
  /// A smaller table is read in milliseconds in any way.
  private static let largeTable = 10_000.0
  /// A scan that discards this share of its rows would benefit from an index.
  private static let wastefulShare = 0.9

  func warnings(of root: PlanNode) -> [String] {
    root.all.flatMap { sequentialScan($0) + spills($0) + partitions($0) } + estimates(root)
  }

  // MARK: Sequential scans

  private func sequentialScan(_ node: PlanNode) -> [String] {
    guard node.type.hasSuffix("Seq Scan"), let name = node.relationName, let relation = node.relation,
      let filter = node.conditions.first(where: { $0.name == "filter" })
    else { return [] }
    let read: Double
    let kept: Double
    let isMeasured = node.actual.map { $0.loops > 0 } == true
    if isMeasured, let actual = node.actual {
      kept = actual.rows * Double(actual.loops)
      read = kept + Double(node.removed.first { $0.condition == "filter" }?.rows ?? 0)
    } else {
      guard let rows = tableRows[PlanCatalog.key(node.schema, relation)] else { return [] }
      (read, kept) = (rows, node.estimatedRows)
    }
    guard read >= Self.largeTable, kept <= read * (1 - Self.wastefulShare) else { return [] }
    let about = isMeasured ? "" : "about "
    let columns = Self.columns(of: filter.text)
    let reading = columns.isEmpty ? filter.text : columns.joined(separator: ", ")
    return [
      "\(node.type) on \(name) reads \(about)\(Self.count(read)) rows to keep \(about)\(Self.count(kept)); "
        + "its filter reads: \(reading)"
    ]
  }

  /// The columns that a condition names, in order. VERBOSE writes each as `alias.column`.
  static func columns(of condition: String) -> [String] {
    let bytes = Array(condition.utf8)
    let tokens = SQLLexer.tokens(of: condition)
    var columns: [String] = []
    for index in tokens.indices.dropFirst(2) where tokens[index - 1].isSign(".") {
      switch (tokens[index - 2].kind, tokens[index].kind) {
      case (.word, .word), (.word, .quotedName), (.quotedName, .word), (.quotedName, .quotedName): break
      default: continue
      }
      // `schema.function(` is not a column, and neither is the type of a cast.
      if index + 1 < tokens.count, tokens[index + 1].isSign("(") { continue }
      if index >= 3, tokens[index - 3].isSign(":") { continue }
      let name = String(decoding: bytes[tokens[index].range], as: UTF8.self)
      if !columns.contains(name) { columns.append(name) }
    }
    return columns
  }

  // MARK: Disk

  private func spills(_ node: PlanNode) -> [String] {
    var found: [String] = []
    if node.sortIsOnDisk {
      let size = node.sortKilobytes.map { "\(Self.count(Double($0))) kB " } ?? ""
      found.append("\(node.type) wrote \(size)to disk (\(node.sortMethod ?? "external")): it did not fit into work_mem")
    }
    if let batches = node.hashBatches, batches > 1 {
      found.append("\(node.type) used the disk, in \(batches) batches: it did not fit into work_mem")
    }
    if let size = node.diskKilobytes, size > 0 {
      found.append("\(node.type) wrote \(Self.count(Double(size))) kB to disk: it did not fit into work_mem")
    }
    return found
  }

  private func partitions(_ node: PlanNode) -> [String] {
    guard let count = node.subplansRemoved, count > 0, node.actual == nil else { return [] }
    return [
      "\(count.counted("partition")) \(count == 1 ? "is" : "are") not shown below \(node.type): the values decide which partitions are read"
    ]
  }

  // MARK: Estimates

  private func estimates(_ root: PlanNode) -> [String] {
    PlanEstimates.wrong(in: root).map { node in
      let place = node.relationName.map { " on \($0)" } ?? ""
      let advice = node.relationName.map { "; update the statistics with `ANALYZE \($0)`" } ?? ""
      let (found, expected) = (Self.count(node.actual?.rows ?? 0), Self.count(node.estimatedRows))
      return "\(node.type)\(place): \(found) rows where \(expected) were expected\(advice)"
    }
  }

  /// `18,204`.
  private static func count(_ number: Double) -> String {
    let digits = String(Int(clamping: number))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}

import Text

/// Finds what is wrong with a plan, each with its evidence in that plan.
struct PlanWarnings {
  let catalog: PlanCatalog
  /// A smaller table is read in milliseconds in any way.
  private static let largeTable = 10_000.0
  /// A scan that discards this share of its rows would benefit from an index.
  private static let wastefulShare = 0.9

  init(catalog: PlanCatalog) { self.catalog = catalog }

  init(tableRows: [String: Double]) {
    var catalog = PlanCatalog()
    catalog.rows = tableRows
    self.catalog = catalog
  }

  func warnings(of root: PlanNode) -> [String] {
    (root.all.flatMap(self.findings) + estimates(root)).map(\.problem)
  }

  /// All findings about an explained statement, the most expensive first.
  func findings(of explanation: Explanation) -> [PlanFinding] {
    let inNodes = explanation.plan.all.flatMap { node in
      findings(node).map { finding in
        var finding = finding
        finding.share = explanation.share(of: node)
        return finding
      }
    }
    let found = inNodes + estimates(explanation.plan) + statement(explanation)
    // Those of one share stay in the order of the plan.
    return found.enumerated().sorted {
      $0.element.share != $1.element.share ? $0.element.share > $1.element.share : $0.offset < $1.offset
    }.map(\.element)
  }

  private func findings(_ node: PlanNode) -> [PlanFinding] {
    sequentialScan(node) + spills(node) + partitions(node) + workers(node) + offset(node)
  }

  // MARK: Sequential scans

  private func sequentialScan(_ node: PlanNode) -> [PlanFinding] {
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
      guard let rows = catalog.rows[PlanCatalog.key(node.schema, relation)] else { return [] }
      (read, kept) = (rows, node.estimatedRows)
    }
    guard read >= Self.largeTable, kept <= read * (1 - Self.wastefulShare) else { return [] }
    let about = isMeasured ? "" : "about "
    let columns = Self.columns(of: filter.text)
    let reading = columns.isEmpty ? filter.text : columns.joined(separator: ", ")
    let advice = PlanAdvice(catalog: catalog).filter(node)
    return [
      PlanFinding(
        kind: .filterDiscardsRows,
        problem: "\(node.type) on \(name) reads \(about)\(Self.count(read)) rows to keep \(about)\(Self.count(kept)); "
          + "its filter reads: \(reading)", reason: advice.reason, commands: advice.commands)
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

  private func spills(_ node: PlanNode) -> [PlanFinding] {
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
    let commands = PlanAdvice(catalog: catalog).memory(node)
    return found.map { PlanFinding(kind: .spill, problem: $0, commands: commands) }
  }

  private func partitions(_ node: PlanNode) -> [PlanFinding] {
    guard let count = node.subplansRemoved, count > 0, node.actual == nil else { return [] }
    let problem =
      "\(count.counted("partition")) \(count == 1 ? "is" : "are") not shown below \(node.type): the values decide which partitions are read"
    return [PlanFinding(kind: .partitionsLeftOut, problem: problem)]
  }

  // MARK: Parallel queries and paging

  private func workers(_ node: PlanNode) -> [PlanFinding] {
    guard let planned = node.workersPlanned, let launched = node.workersLaunched, node.actual?.loops == 1,
      launched < planned
    else { return [] }
    return [
      PlanFinding(
        kind: .workersNotLaunched, problem: "\(node.type) got \(launched) of \(planned.counted("planned worker"))",
        reason: "other queries use the workers, or max_parallel_workers and max_worker_processes allow no more",
        commands: ["SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker'"])
    ]
  }

  /// More rows come from below than a LIMIT returns only where OFFSET skips them.
  private func offset(_ node: PlanNode) -> [PlanFinding] {
    guard node.type == "Limit", let actual = node.actual, actual.loops == 1,
      let below = node.children.first(where: { $0.relationship == "Outer" })?.actual, below.loops == 1,
      below.rows - actual.rows >= Self.manySkipped
    else { return [] }
    return [
      PlanFinding(
        kind: .offset, problem: "OFFSET reads and discards \(Self.count(below.rows - actual.rows)) rows",
        reason:
          "a page that begins after the last key of the page before, with WHERE and an index on the key, reads none of them"
      )
    ]
  }

  // MARK: The statement as a whole

  private func statement(_ explanation: Explanation) -> [PlanFinding] {
    var found: [PlanFinding] = []
    for key in catalog.foreignKeys {
      guard let trigger = explanation.triggers.first(where: { $0.constraint == key.name }),
        trigger.milliseconds >= 1, explanation.share(of: trigger) >= Self.largeShare
      else { continue }
      let command = ShellWords.line(["usher", "index", "create", key.table] + key.columns)
      found.append(
        PlanFinding(
          kind: .foreignKeyWithoutIndex,
          problem:
            "the foreign key \(key.name) took \(Self.tenths(trigger.milliseconds)) ms to look for rows in \(key.table)",
          reason: "no index has its columns: \(key.columns.joined(separator: ", "))", commands: [command],
          share: explanation.share(of: trigger)))
    }
    if let jit = explanation.jit, explanation.share(of: jit) >= Self.largeShare {
      let share = explanation.share(of: jit)
      found.append(
        PlanFinding(
          kind: .jit,
          problem:
            "JIT compilation of \(jit.functions.counted("function")) took \(Int((share * 100).rounded()))% of the time",
          reason: "the statement is too short to benefit from it; jit_above_cost is low for it",
          commands: ["SET jit = off"],
          share: share))
    }
    return found
  }

  /// A smaller part of the time is not worth a finding.
  private static let largeShare = 0.2
  /// Skipping fewer rows takes about a millisecond.
  private static let manySkipped = 1000.0

  private static func tenths(_ number: Double) -> String { Figures.number(number, decimals: 1) }

  // MARK: Estimates

  private func estimates(_ root: PlanNode) -> [PlanFinding] {
    PlanEstimates.wrong(in: root).map { node in
      let place = node.relationName.map { " on \($0)" } ?? ""
      let (found, expected) = (Self.count(node.actual?.rows ?? 0), Self.count(node.estimatedRows))
      var finding = PlanFinding(
        kind: .wrongEstimate, problem: "\(node.type)\(place): \(found) rows where \(expected) were expected")
      guard let relation = node.relation else { return finding }
      let key = PlanCatalog.key(node.schema, relation)
      let analyze = "ANALYZE \(catalog.names[key] ?? relation)"
      if catalog.unanalyzed.contains(key) {
        (finding.reason, finding.commands) = ("the table has no statistics", [analyze])
      } else if catalog.stale.contains(key) {
        (finding.reason, finding.commands) = ("many rows changed since the statistics were collected", [analyze])
      } else {
        correlated(node, key, &finding)
      }
      return finding
    }
  }

  /// The planner takes equal columns for independent of each other, and expects too few rows where they are not.
  private func correlated(_ node: PlanNode, _ key: String, _ finding: inout PlanFinding) {
    guard let alias = node.alias, let relation = node.relation, let table = catalog.names[key],
      (node.actual?.rows ?? 0) > node.estimatedRows
    else { return }
    let predicates = node.conditions.filter { ["filter", "index condition"].contains($0.name) }
      .flatMap { PlanPredicate.all(in: $0.text) }
    let columns = predicates.filter { $0.comparison == "=" }.compactMap { $0.column(of: alias)?.sql }
      .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    guard columns.count >= 2, columns.count <= 8 else { return }
    let name = String(
      "\(relation)_\(columns.joined(separator: "_"))_stats".filter { $0.isLetter || $0.isNumber || $0 == "_" })
    finding.reason = "the planner takes the columns for independent of each other"
    finding.commands = [
      "CREATE STATISTICS \"\(name.prefix(63))\" ON \(columns.joined(separator: ", ")) FROM \(table)",
      "ANALYZE \(table)",
    ]
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

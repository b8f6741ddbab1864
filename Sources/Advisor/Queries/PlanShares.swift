/// Assigns a plan's cost and time to its nodes, and marks the most expensive node.
enum PlanShares {
  /// - Parameter tableRows: the estimated rows of tables, by `PlanCatalog.key`; a table that was never analyzed is missing.
  static func mark(_ document: inout PlanDocument, tableRows: [String: Double] = [:]) {
    mark(&document.root, tableRows: tableRows)
    guard document.root.actual != nil else { return }
    var times = PlanTimes(document.root)
    for trigger in document.triggers where trigger.isInsideNode { times.take(trigger) }
    if let jit = document.jit { document.jit?.insideMilliseconds = times.take(jit) }
    var place = 0
    document.root.assign(times, &place)
    document.root.markCostliest()
  }

  static func mark(_ root: inout PlanNode, tableRows: [String: Double] = [:]) {
    root.allot(cost: root.totalCost, tableRows)
    if root.actual != nil {
      var place = 0
      root.assign(PlanTimes(root), &place)
    }
    root.markCostliest()
  }
}

extension PlanTimes {
  /// Takes the time of a trigger out of the node that changed the rows.
  fileprivate mutating func take(_ trigger: PlanTrigger) {
    let changes = nodes.indices.filter { nodes[$0].changesRows }
    let onTable = changes.filter { nodes[$0].relation == trigger.relation }
    outside += charge(trigger.milliseconds, to: onTable + changes)
  }

  /// Takes the time of JIT out of the nodes, and gives how much that was.
  ///
  /// Each process compiles all functions when it evaluates the first expression: in the first node that has that much time of its own.
  fileprivate mutating func take(_ jit: PlanJIT) -> Double {
    let workers = nodes.flatMap(\.workers).reduce(0) { $0 + $1.jitMilliseconds }
    let inWorkers = nodes.indices.filter { nodes[$0].workers.contains { $0.jitMilliseconds > 0 } }
    var taken = 0.0
    for place in inWorkers {
      let amount = nodes[place].workers.reduce(0) { $0 + $1.jitMilliseconds } * scale[place]
      taken += amount - charge(amount, to: nodes.indices.reversed().filter { isBelow($0, place) })
    }
    let leader = max(0, jit.compilingMilliseconds - workers)
    // The leader may share the work of a Gather, where its time counts in part.
    let parts = nodes.indices.reversed().filter { own[$0] + error($0) >= leader * scale[$0] * 0.999 }
    let factor = parts.first.map { scale[$0] } ?? 1
    taken += leader * factor - charge(leader * factor, to: parts + nodes.indices.reversed())
    return taken
  }
}

extension PlanNode {
  /// The figure by which the most expensive node is chosen.
  private var weight: Double { selfMilliseconds ?? selfCost }

  fileprivate mutating func markCostliest() {
    let most = all.map(\.weight).max() ?? 0
    var isMarked = most <= 0
    mark(most, &isMarked)
  }

  private mutating func mark(_ most: Double, _ isMarked: inout Bool) {
    isCostliest = !isMarked && weight == most
    if isCostliest { isMarked = true }
    for index in children.indices { children[index].mark(most, &isMarked) }
  }

  /// Copies the times of the nodes, which are in the order of `all`.
  fileprivate mutating func assign(_ times: PlanTimes, _ place: inout Int) {
    elapsedMilliseconds = times.inclusive(place)
    selfMilliseconds = max(0, times.own[place])
    selfErrorMilliseconds = times.error(place)
    place += 1
    for index in children.indices { children[index].assign(times, &place) }
  }

  /// Divides a part of the plan's cost between this node and those below it.
  ///
  /// EXPLAIN's figure is for one execution, and below a nested loop it is multiplied by the estimated executions. A node never gets
  /// more than what is left, because a LIMIT stops early, and later executions may cost less than the first.
  fileprivate mutating func allot(cost share: Double, _ tableRows: [String: Double]) {
    let scale = totalCost > 0 ? share / totalCost : 0
    var rest = share
    for index in children.indices {
      let part = min(rest, children[index].totalCost * scale * repetitions(of: children[index], tableRows))
      children[index].allot(cost: part, tableRows)
      rest -= part
    }
    selfCost = rest
  }

  private func repetitions(of child: PlanNode, _ tableRows: [String: Double]) -> Double {
    // A materialized result is computed once, and reading it again costs almost nothing.
    if child.type == "Materialize" { return 1 }
    switch child.relationship {
    case "Inner" where type.hasPrefix("Nested Loop"):
      return max(1, children.first { $0.relationship == "Outer" }?.estimatedRows ?? 1)
    case "SubPlan": return subplanRuns(child, tableRows)
    default: return 1
    }
  }

  /// A SubPlan in a filter runs for each row that is read, and one in the output for each row that is returned.
  private func subplanRuns(_ child: PlanNode, _ tableRows: [String: Double]) -> Double {
    let name = child.subplan ?? ""
    func mentions(_ text: String) -> Bool { PlanReaders.contains(text, name) }
    if expressions.contains(where: { $0.contains("hashed \(name)") }) { return 1 }
    guard let filter = conditions.first(where: { $0.name.hasSuffix("ilter") && mentions($0.text) }) else {
      return max(1, estimatedRows)
    }
    if filter.name == "one-time filter" { return 1 }
    let inputs = children.filter { $0.relationship == "Outer" || $0.relationship == "Inner" }
    if let input = inputs.map(\.estimatedRows).max() { return max(1, input) }
    if let relation, type.hasSuffix("Seq Scan"), let rows = tableRows[PlanCatalog.key(schema, relation)] {
      return max(1, rows)
    }
    // The rows that an index finds are not in the plan. With the cost of a row about that of two operators, the rest is the SubPlan's.
    return max(1, estimatedRows, totalCost / (child.totalCost + 0.02))
  }
}

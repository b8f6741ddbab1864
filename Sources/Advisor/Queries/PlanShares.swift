/// Assigns a plan's cost and time to its steps, and marks the costliest step.
enum PlanShares {
  static func mark(_ root: inout PlanNode) {
    root.allot(cost: root.totalCost)
    var commonTables: [String: Double] = [:]
    root.collectCommonTables(into: &commonTables, processes: 1)
    if root.actual != nil { root.allotTime(commonTables, processes: 1) }
    let most = root.all.map(\.weight).max() ?? 0
    var isMarked = most <= 0
    root.markCostliest(most, &isMarked)
  }
}

extension PlanNode {
  /// The figure by which the costliest step is chosen.
  fileprivate var weight: Double { selfMilliseconds ?? selfCost }

  fileprivate mutating func markCostliest(_ most: Double, _ isMarked: inout Bool) {
    if !isMarked, weight == most { (isCostliest, isMarked) = (true, true) }
    for index in children.indices { children[index].markCostliest(most, &isMarked) }
  }

  /// Divides a part of the plan's cost between this step and those below it.
  ///
  /// EXPLAIN's figure is for one execution, and below a nested loop it is multiplied by the estimated executions. A step never gets
  /// more than what is left, because a LIMIT stops early, and later executions may cost less than the first.
  fileprivate mutating func allot(cost share: Double) {
    let scale = totalCost > 0 ? share / totalCost : 0
    var rest = share
    for index in children.indices {
      let part = min(rest, children[index].totalCost * scale * repetitions(of: children[index]))
      children[index].allot(cost: part)
      rest -= part
    }
    selfCost = rest
  }

  private func repetitions(of child: PlanNode) -> Double {
    switch child.relationship {
    // A materialised inner side is computed once, and reading it again costs almost nothing.
    case "Inner" where type.hasPrefix("Nested Loop") && child.type != "Materialize":
      max(1, children.first { $0.relationship == "Outer" }?.estimatedRows ?? 1)
    case "SubPlan": max(1, estimatedRows)
    default: 1
    }
  }

  /// The elapsed time of this step and those below. Parallel processes work at the same time.
  private func elapsed(processes: Double) -> Double {
    actual.map { $0.milliseconds * Double($0.loops) / processes } ?? 0
  }

  /// Below a Gather, each process counts as one execution.
  private func processesBelow(_ processes: Double) -> Double {
    type.hasPrefix("Gather") ? max(1, Double(children.first?.actual?.loops ?? 1)) : processes
  }

  fileprivate func collectCommonTables(into times: inout [String: Double], processes: Double) {
    if let name = commonTable { times[name] = elapsed(processes: processes) }
    for child in children { child.collectCommonTables(into: &times, processes: processesBelow(processes)) }
  }

  /// The name of the CTE that this step computes. Its time belongs to the first step that reads the CTE, not to the step above.
  private var commonTable: String? {
    guard let subplan, subplan.hasPrefix("CTE ") else { return nil }
    return String(subplan.dropFirst(4))
  }

  fileprivate mutating func allotTime(_ commonTables: [String: Double], processes: Double) {
    let below = processesBelow(processes)
    var own = elapsed(processes: processes)
    elapsedMilliseconds = own
    for index in children.indices {
      children[index].allotTime(commonTables, processes: below)
      if children[index].commonTable == nil { own -= children[index].elapsed(processes: below) }
    }
    if type == "CTE Scan", let source { own -= commonTables[source] ?? 0 }
    selfMilliseconds = max(0, own)
  }
}

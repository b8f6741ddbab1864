/// Tells how much of a plan's cost and time belongs to each step itself, and marks the costliest.
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
  /// What the costliest is decided by.
  fileprivate var weight: Double { selfMilliseconds ?? selfCost }

  fileprivate mutating func markCostliest(_ most: Double, _ isMarked: inout Bool) {
    if !isMarked, weight == most { (isCostliest, isMarked) = (true, true) }
    for index in children.indices { children[index].markCostliest(most, &isMarked) }
  }

  /// Splits a share of the whole plan's cost between this step and those below.
  ///
  /// A step's own figure is for one time through; below a nested loop it counts as often as it is estimated to run. It
  /// never gets more than is left, since a LIMIT stops early, and repeats can be cheaper than the first time.
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
    // A materialised inner side is computed once, and read again for next to nothing.
    case "Inner" where type.hasPrefix("Nested Loop") && child.type != "Materialize":
      max(1, children.first { $0.relationship == "Outer" }?.estimatedRows ?? 1)
    case "SubPlan": max(1, estimatedRows)
    default: 1
    }
  }

  /// The time that passed here and below, by the wall clock: parallel processes work at the same time.
  private func elapsed(processes: Double) -> Double {
    actual.map { $0.milliseconds * Double($0.loops) / processes } ?? 0
  }

  /// Below a Gather, each process counts as one time through.
  private func processesBelow(_ processes: Double) -> Double {
    type.hasPrefix("Gather") ? max(1, Double(children.first?.actual?.loops ?? 1)) : processes
  }

  fileprivate func collectCommonTables(into times: inout [String: Double], processes: Double) {
    if let name = commonTable { times[name] = elapsed(processes: processes) }
    for child in children { child.collectCommonTables(into: &times, processes: processesBelow(processes)) }
  }

  /// The name of the CTE that this step computes. Its time is that of whoever reads it first, not of the step above.
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

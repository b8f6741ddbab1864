/// Finds the nodes whose rows were estimated wrongly.
enum PlanEstimates {
  /// A smaller error is usual, and rarely changes the plan.
  private static let usualError = 10.0

  /// The nodes in which an error begins, because nodes above inherit it.
  static func wrong(in root: PlanNode) -> [PlanNode] { search(root, Reading()).found }

  /// How the node above reads.
  private struct Reading {
    /// It may stop before the end, so that fewer rows are no error.
    var endsEarly = false
    /// It may read rows again, which are counted again.
    var repeats = false
  }

  private struct Result {
    var found: [PlanNode] = []
    /// Partitions were left out while the statement ran, so that fewer rows are no error here or above.
    var isPruned = false
  }

  private static func search(_ node: PlanNode, _ reading: Reading) -> Result {
    var result = Result()
    for child in node.children {
      let below = search(child, self.reading(child, of: node, reading))
      result.found += below.found
      result.isPruned = result.isPruned || below.isPruned
    }
    if isPruning(node) { result.isPruned = true }
    if result.found.isEmpty, isWrong(node, reading, isPruned: result.isPruned) { result.found = [node] }
    return result
  }

  private static func isWrong(_ node: PlanNode, _ reading: Reading, isPruned: Bool) -> Bool {
    guard let actual = node.actual, actual.loops > 0, !isWithoutRows(node) else { return false }
    let (found, expected) = (max(actual.rows, 1), max(node.estimatedRows, 1))
    if found > expected * usualError { return !reading.repeats }
    return expected > found * usualError && !reading.endsEarly && !isPruned
  }

  /// A bitmap of several has no rows, and the planner has no statistics of what a recursion adds.
  private static func isWithoutRows(_ node: PlanNode) -> Bool {
    ["BitmapAnd", "BitmapOr", "WorkTable Scan", "Recursive Union"].contains(node.type)
  }

  private static func isPruning(_ node: PlanNode) -> Bool {
    guard node.type.hasSuffix("Append") else { return false }
    return (node.subplansRemoved ?? 0) > 0 || node.children.contains { $0.actual?.loops == 0 }
  }

  private static func reading(_ child: PlanNode, of node: PlanNode, _ above: Reading) -> Reading {
    // An EXISTS ends at the first row, and a common table where its readers end.
    if child.relationship == "SubPlan" || child.relationship == "InitPlan" { return Reading(endsEarly: true) }
    if node.type == "Recursive Union", child.relationship == "Inner" { return Reading(endsEarly: true, repeats: true) }
    if node.type == "Limit" { return Reading(endsEarly: true, repeats: above.repeats) }
    // A merge join ends with the shorter input, and reads equal rows of the inner one again.
    if node.type.hasPrefix("Merge") && node.type.hasSuffix("Join") {
      return Reading(endsEarly: true, repeats: child.relationship == "Inner" || above.repeats)
    }
    if node.type.hasPrefix("Nested Loop"), child.relationship == "Inner" {
      let stops = node.isInnerUnique || node.type.contains("Semi") || node.type.contains("Anti")
      return Reading(endsEarly: stops || above.endsEarly)
    }
    // These read all of their input once, whatever is read of them.
    let readsAll = ["Sort", "Hash", "Aggregate", "HashAggregate"].contains {
      node.type == $0 || node.type.hasSuffix(" \($0)")
    }
    return readsAll && node.type != "Incremental Sort" ? Reading() : above
  }
}

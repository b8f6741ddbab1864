/// What is wrong with a plan, with the evidence in that plan, and what to do about it.
public struct PlanFinding: Equatable, Sendable {
  /// What kind it is, for programs.
  public enum Kind: String, Sendable {
    case filterDiscardsRows = "filter_discards_rows"
    case foreignKeyWithoutIndex = "foreign_key_without_index"
    case spill
    case wrongEstimate = "wrong_estimate"
    case jit
    case workersNotLaunched = "workers_not_launched"
    case offset
    case partitionsLeftOut = "partitions_left_out"
  }

  public var kind: Kind
  /// What was observed, beginning with the node.
  public var problem: String
  /// Why that is slow, or what prevents a better plan.
  public var reason: String?
  /// What to type: a command of usher, or SQL.
  public var commands: [String] = []
  /// The share of the time, or of the cost, from 0 to 1, by which findings are sorted.
  public var share = 0.0

  /// The problem with its reason.
  public var text: String { problem + (reason.map { "; \($0)" } ?? "") }
}

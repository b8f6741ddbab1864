/// The plan of one statement, with warnings about it.
public struct Explanation: Equatable, Sendable {
  /// The statement that was explained.
  public var statement: String
  public var plan: PlanNode
  /// Whether the statement was run.
  public var isAnalyzed: Bool
  /// Whether the plan is the generic one, which does not depend on the values of `$1` and so on.
  public var isGeneric: Bool
  public var planningMilliseconds: Double?
  public var executionMilliseconds: Double?
  /// The triggers that fired while the statement ran; empty where it did not run.
  public var triggers: [PlanTrigger] = []
  /// Warnings, the most certain first.
  public var warnings: [String]

  /// The share of a trigger in the time of all steps and triggers, from 0 to 1.
  public func share(of trigger: PlanTrigger) -> Double {
    let whole = plan.all.reduce(triggerMilliseconds) { $0 + ($1.selfMilliseconds ?? 0) }
    return whole > 0 ? trigger.milliseconds / whole : 0
  }

  private var triggerMilliseconds: Double { triggers.reduce(0) { $0 + $1.milliseconds } }

  /// The share of the costliest step, from 0 to 1: of the time where the statement was run, else of the cost.
  public func share(of node: PlanNode) -> Double {
    let whole = plan.all.reduce(triggerMilliseconds) { $0 + ($1.selfMilliseconds ?? $1.selfCost) }
    return whole > 0 ? (node.selfMilliseconds ?? node.selfCost) / whole : 0
  }
}

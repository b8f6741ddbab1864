/// The plan of one statement, and what deserves a look in it.
public struct Explanation: Equatable, Sendable {
  /// The statement as it was explained.
  public var statement: String
  public var plan: PlanNode
  /// Whether the statement was run.
  public var isAnalyzed: Bool
  /// Whether the plan is the one for any values of `$1` and so on.
  public var isGeneric: Bool
  public var planningMilliseconds: Double?
  public var executionMilliseconds: Double?
  /// What fired while the statement was run; empty where it was not.
  public var triggers: [PlanTrigger] = []
  /// Sentences, the most certain first; an empty list is good news.
  public var warnings: [String]

  /// The share of a trigger in the time of all steps and triggers, from 0 to 1.
  public func share(of trigger: PlanTrigger) -> Double {
    let whole = plan.all.reduce(triggerMilliseconds) { $0 + ($1.selfMilliseconds ?? 0) }
    return whole > 0 ? trigger.milliseconds / whole : 0
  }

  private var triggerMilliseconds: Double { triggers.reduce(0) { $0 + $1.milliseconds } }

  /// The share of the costliest step in the whole, from 0 to 1: of the time where the statement was run, of the cost else.
  public func share(of node: PlanNode) -> Double {
    let whole = plan.all.reduce(triggerMilliseconds) { $0 + ($1.selfMilliseconds ?? $1.selfCost) }
    return whole > 0 ? (node.selfMilliseconds ?? node.selfCost) / whole : 0
  }
}

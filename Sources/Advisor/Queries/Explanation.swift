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
  /// Warnings, the most expensive first.
  public var warnings: [String]
  /// What was assumed to get the plan.
  public var context = ExplanationContext()

  /// What was compiled; nil where JIT was not used.
  public var jit: PlanJIT?
  /// What is wrong, the most expensive first; `warnings` has their texts.
  public var findings: [PlanFinding] = []

  /// The share of a trigger in the time of all nodes, triggers and JIT, from 0 to 1.
  public func share(of trigger: PlanTrigger) -> Double { part(trigger.milliseconds) }

  /// The share of JIT in the same time.
  public func share(of jit: PlanJIT) -> Double { part(jit.insideMilliseconds) }

  /// The share of a node, from 0 to 1: of the time where the statement was run, else of the cost.
  public func share(of node: PlanNode) -> Double { part(node.selfMilliseconds ?? node.selfCost) }

  /// The time of all nodes, triggers and JIT; without a run, the cost of all nodes.
  public var whole: Double {
    plan.all.reduce(triggers.reduce(jit?.insideMilliseconds ?? 0) { $0 + $1.milliseconds }) {
      $0 + ($1.selfMilliseconds ?? $1.selfCost)
    }
  }

  private func part(_ amount: Double) -> Double {
    let whole = whole
    return whole > 0 ? amount / whole : 0
  }
}

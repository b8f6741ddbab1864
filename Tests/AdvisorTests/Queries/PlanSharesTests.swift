import Testing

@testable import Advisor

@Suite("Which step costs the most")
struct PlanSharesTests {
  /// A step as JSON; `rows` and `cost` are estimates, `run` is (milliseconds, loops).
  private func step(
    _ type: String, cost: Double = 0, rows: Double = 1, run: (Double, Int)? = nil, as part: String = "Outer",
    more: String = "", _ children: String...
  ) -> String {
    let run = run.map { #", "Actual Rows": 1, "Actual Total Time": \#($0.0), "Actual Loops": \#($0.1)"# } ?? ""
    return #"""
      {"Node Type": "\#(type)", "Total Cost": \#(cost), "Plan Rows": \#(rows), "Parent Relationship": "\#(part)"\#(run)\#(more),
       "Plans": [\#(children.joined(separator: ","))]}
      """#
  }

  private func marked(_ json: String) throws -> PlanNode {
    var plan = try PlanDocumentTests.plan(json)
    PlanShares.mark(&plan)
    return plan
  }

  private func costliest(_ plan: PlanNode) -> [String] { plan.all.filter(\.isCostliest).map(\.type) }

  @Test("a step's own cost is what its children do not cost")
  func ownCost() throws {
    let plan = try marked(step("Sort", cost: 100, step("Seq Scan", cost: 70)))
    #expect(plan.selfCost == 30)
    #expect(plan.children[0].selfCost == 70)
    #expect(costliest(plan) == ["Seq Scan"])
  }

  @Test("the inner side of a nested loop counts as often as it is run")
  func nestedLoop() throws {
    let plan = try marked(
      step(
        "Nested Loop", cost: 1000, step("Seq Scan", cost: 100, rows: 100),
        step("Index Scan", cost: 8, rows: 1, as: "Inner")))
    #expect(plan.children.map(\.selfCost) == [100, 800])
    #expect(plan.selfCost == 100)
    #expect(costliest(plan) == ["Index Scan"])
  }

  @Test("repeats that come cheaper never count for more than the whole")
  func cheapRepeats() throws {
    let plan = try marked(
      step(
        "Nested Loop", cost: 500, step("Seq Scan", cost: 100, rows: 1000), step("Memoize", cost: 8, as: "Inner")))
    #expect(plan.children.map(\.selfCost) == [100, 400])
    #expect(plan.selfCost == 0)
  }

  @Test("a materialised inner side is paid for once, and the loop pays for its comparisons")
  func materialised() throws {
    let plan = try marked(
      step(
        "Nested Loop", cost: 10_000, step("Seq Scan", cost: 100, rows: 1000),
        step("Materialize", cost: 50, as: "Inner")))
    #expect(plan.selfCost == 9850)
    #expect(costliest(plan) == ["Nested Loop"])
  }

  @Test("below a limit only a part of the cost is spent")
  func limit() throws {
    let plan = try marked(step("Limit", cost: 10, step("Sort", cost: 1000, step("Seq Scan", cost: 600))))
    #expect(plan.selfCost == 0)
    #expect(plan.children[0].selfCost == 4)
    #expect(plan.children[0].children[0].selfCost == 6)
  }

  @Test("a subplan is run for each row")
  func subplan() throws {
    let plan = try marked(
      step("Seq Scan", cost: 1100, rows: 100, step("Index Scan", cost: 10, as: "SubPlan")))
    #expect(plan.children[0].selfCost == 1000)
    #expect(costliest(plan) == ["Index Scan"])
  }

  @Test("where the statement was run, time decides and not cost")
  func time() throws {
    let plan = try marked(
      step("Sort", cost: 100, run: (10, 1), step("Seq Scan", cost: 90, run: (2, 1))))
    #expect(plan.selfMilliseconds == 8)
    #expect(plan.children[0].selfMilliseconds == 2)
    #expect(costliest(plan) == ["Sort"])
  }

  @Test("the time of a repeated step is that of all its times")
  func repeated() throws {
    let plan = try marked(
      step(
        "Nested Loop", run: (100, 1), step("Seq Scan", run: (10, 1)), step("Index Scan", run: (0.5, 160), as: "Inner")))
    #expect(plan.children[1].selfMilliseconds == 80)
    #expect(plan.children[1].elapsedMilliseconds == 80)
    #expect(plan.selfMilliseconds == 10)
  }

  @Test("processes that work at the same time take their time once")
  func parallel() throws {
    let plan = try marked(step("Gather", run: (120, 1), step("Seq Scan", run: (100, 3))))
    #expect(plan.children[0].selfMilliseconds == 100)
    #expect(plan.children[0].elapsedMilliseconds == 100)
    #expect(plan.selfMilliseconds == 20)
  }

  @Test("the time of a common table is its reader's, not its owner's")
  func commonTable() throws {
    let plan = try marked(
      step(
        "Aggregate", run: (100, 1),
        step("Seq Scan", run: (70, 1), as: "InitPlan", more: #", "Subplan Name": "CTE recent""#),
        step("CTE Scan", run: (80, 1), more: #", "CTE Name": "recent""#)))
    #expect(plan.selfMilliseconds == 20)
    #expect(plan.children.map(\.selfMilliseconds) == [70, 10])
  }

  @Test("a step that was never run took no time")
  func neverRun() throws {
    let plan = try marked(step("Append", run: (5, 1), step("Seq Scan", cost: 99, run: (0, 0))))
    #expect(plan.children[0].selfMilliseconds == 0)
    #expect(costliest(plan) == ["Append"])
  }

  @Test("one step is marked, the first where several cost the same, and none where nothing costs")
  func ties() throws {
    let plan = try marked(step("Append", cost: 20, step("Seq Scan", cost: 10), step("Index Scan", cost: 10)))
    #expect(costliest(plan) == ["Seq Scan"])
    #expect(costliest(try marked(step("Result", cost: 0))) == [])
  }

  @Test("shares add up to the whole")
  func shares() throws {
    let plan = try marked(step("Sort", cost: 100, step("Seq Scan", cost: 70)))
    let explanation = Explanation(
      statement: "", plan: plan, isAnalyzed: false, isGeneric: false, planningMilliseconds: nil,
      executionMilliseconds: nil, warnings: [])
    #expect(plan.all.map(explanation.share(of:)) == [0.3, 0.7])
  }
}

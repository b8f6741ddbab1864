import Testing

@testable import Advisor

@Suite("Reading EXPLAIN's answer")
struct PlanDocumentTests {
  /// A document around one step.
  static func plan(_ json: String) throws -> PlanNode {
    try #require(try PlanDocument.read(#"[{"Plan": \#(json), "Planning Time": 0.5}]"#)).root
  }

  @Test("the figures of a step that was run")
  func figures() throws {
    let node = try Self.plan(
      #"""
      {"Node Type": "Index Scan", "Schema": "sale", "Relation Name": "seat", "Alias": "s", "Index Name": "seat_pkey",
       "Total Cost": 8.31, "Plan Rows": 4, "Actual Rows": 2.5, "Actual Loops": 4, "Actual Total Time": 0.25,
       "Index Cond": "(s.id = 1)", "Filter": "(s.x > 2)", "Rows Removed by Filter": 3, "Unknown Key": {"a": [1]}}
      """#)
    #expect(node.relationName == "sale.seat")
    #expect(node.alias == "s")
    #expect(node.index == "seat_pkey")
    #expect(node.totalCost == 8.31)
    #expect(node.estimatedRows == 4)
    #expect(node.actual == PlanNode.Actual(rows: 2.5, loops: 4, milliseconds: 0.25))
    #expect(node.conditions.map(\.name) == ["index condition", "filter"])
    #expect(node.removed == [PlanNode.Removal(condition: "filter", rows: 12)])
    #expect(node.children.isEmpty)
  }

  @Test("a table in the schema public needs no schema in its name")
  func publicSchema() throws {
    let node = try Self.plan(#"{"Node Type": "Seq Scan", "Schema": "public", "Relation Name": "seat"}"#)
    #expect(node.relationName == "seat")
    #expect(try Self.plan(#"{"Node Type": "Seq Scan", "Relation Name": "seat"}"#).relationName == "seat")
    #expect(try Self.plan(#"{"Node Type": "Result"}"#).relationName == nil)
  }

  @Test(
    "a step is named as EXPLAIN's text form names it",
    arguments: [
      (#""Node Type": "Aggregate", "Strategy": "Hashed""#, "HashAggregate"),
      (#""Node Type": "Aggregate", "Strategy": "Sorted", "Partial Mode": "Partial""#, "Partial GroupAggregate"),
      (#""Node Type": "Aggregate", "Strategy": "Plain", "Partial Mode": "Simple""#, "Aggregate"),
      (#""Node Type": "Hash Join", "Join Type": "Left""#, "Hash Left Join"),
      (#""Node Type": "Hash Join", "Join Type": "Inner""#, "Hash Join"),
      (#""Node Type": "Nested Loop", "Join Type": "Anti""#, "Nested Loop Anti Join"),
      (#""Node Type": "ModifyTable", "Operation": "Delete""#, "Delete"),
      (#""Node Type": "Seq Scan", "Parallel Aware": true"#, "Parallel Seq Scan"),
      (#""Node Type": "Index Scan", "Scan Direction": "Backward""#, "Index Scan Backward"),
      (#""Node Type": "Index Scan", "Scan Direction": "Forward""#, "Index Scan"),
    ])
  func names(members: String, type: String) throws {
    #expect(try Self.plan("{\(members)}").type == type)
  }

  @Test("sorts and hashes tell where they did their work")
  func memory() throws {
    let sort = try Self.plan(
      #"""
      {"Node Type": "Sort", "Sort Key": ["a", "b DESC"], "Sort Method": "external merge", "Sort Space Used": 2064,
       "Sort Space Type": "Disk"}
      """#)
    #expect(sort.keys == [PlanNode.Condition(name: "sort key", text: "a, b DESC")])
    #expect(sort.sortIsOnDisk)
    #expect(sort.sortKilobytes == 2064)
    #expect(try Self.plan(#"{"Node Type": "Hash", "Hash Batches": 4}"#).hashBatches == 4)
  }

  @Test("steps below others keep their order and their part")
  func children() throws {
    let node = try Self.plan(
      #"""
      {"Node Type": "Nested Loop", "Plans": [
        {"Node Type": "Seq Scan", "Parent Relationship": "Outer"},
        {"Node Type": "Limit", "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1", "Plans": [
          {"Node Type": "Result"}]}]}
      """#)
    #expect(node.all.map(\.type) == ["Nested Loop", "Seq Scan", "Limit", "Result"])
    #expect(node.children.map(\.relationship) == ["Outer", "SubPlan"])
    #expect(node.children[1].subplan == "SubPlan 1")
  }

  @Test("an answer without a plan is no plan", arguments: ["[]", "{}", "[{}]", "not json", ""])
  func noPlan(json: String) {
    #expect((try? PlanDocument.read(json)).flatMap { $0 } == nil)
  }

  @Test(
    "a member of another kind is named",
    arguments: [
      (#"{"Node Type": 1}"#, "Node Type"), (#"{}"#, "Node Type"),
      (#"{"Node Type": "Sort", "Sort Key": "a"}"#, "Sort Key"),
      (#"{"Node Type": "Sort", "Sort Key": [1]}"#, "Sort Key"),
      (#"{"Node Type": "Sort", "Actual Loops": 1.5}"#, "Actual Loops"),
      (#"{"Node Type": "Sort", "Plans": [1]}"#, "the answer"),
    ])
  func mismatch(json: String, name: String) {
    let error = #expect(throws: PlanMismatch.self) { try Self.plan(json) }
    #expect(error?.name == name)
    #expect(error?.failure.causes == ["'\(name)' is absent or not of the expected kind"])
  }

  @Test("figures are exact, however many digits they have")
  func exact() throws {
    let node = try Self.plan(
      #"{"Node Type": "Sort", "Sort Space Used": 9223372036854775807, "Plan Rows": 1234567890123456, "Total Cost": 0.1}"#
    )
    #expect(node.sortKilobytes == .max && node.estimatedRows == 1_234_567_890_123_456 && node.totalCost == 0.1)
    #expect(try Self.plan(#"{"Node Type": "Sort", "Alias": null, "Plans": null}"#).alias == nil)
  }

  @Test("a figure beyond all bounds is cut, not a crash")
  func extremes() throws {
    let node = try Self.plan(
      #"{"Node Type": "Seq Scan", "Actual Loops": 9, "Actual Rows": 1, "Rows Removed by Filter": 1e300}"#)
    #expect(node.removed.first?.rows == .max)
    #expect(Int(clamping: -1e300) == .min)
    #expect(Int(clamping: .nan) == 0)
    #expect(Int(clamping: 2.5) == 3)
  }

  @Test("the triggers of a statement that was run are read, and their time is part of the whole")
  func triggers() throws {
    let json = """
      [{"Plan": {"Node Type": "Result", "Total Cost": 1, "Plan Rows": 1, "Actual Loops": 1, "Actual Rows": 1,
        "Actual Total Time": 20.0}, "Execution Time": 97.41, "Triggers": [
        {"Trigger Name": "RI_ConstraintTrigger_a_1", "Constraint Name": "reservation_seat_id_fkey", "Relation": "seat",
         "Time": 60.0, "Calls": 1}, {"Trigger Name": "audit", "Relation": "seat", "Time": 0.0, "Calls": 2}]}]
      """
    let document = try #require(try PlanDocument.read(json))
    #expect(
      document.triggers == [
        PlanTrigger(
          name: "RI_ConstraintTrigger_a_1", constraint: "reservation_seat_id_fkey", relation: "seat", calls: 1,
          milliseconds: 60),
        PlanTrigger(name: "audit", constraint: nil, relation: "seat", calls: 2, milliseconds: 0),
      ])
    var root = document.root
    PlanShares.mark(&root)
    let explanation = Explanation(
      statement: "", plan: root, isAnalyzed: true, isGeneric: false, executionMilliseconds: 97.41,
      triggers: document.triggers, warnings: [])
    #expect(explanation.share(of: document.triggers[0]) == 0.75)
    #expect(explanation.share(of: root) == 0.25)
  }
}

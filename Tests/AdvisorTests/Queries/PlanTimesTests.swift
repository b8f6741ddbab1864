import Support
import Testing

@testable import Advisor

@Suite("Whose time it was")
struct PlanTimesTests {
  @Test("own times, triggers and JIT add up to the time of the root", arguments: PlanLibrary.entries)
  func sums(entry: PlanLibrary.Entry) throws {
    let library = try PlanLibrary()
    let document = try library.document(entry)
    let nodes = document.root.all
    for word in entry.has {
      #expect(
        nodes.contains {
          $0.type.contains(word) || $0.subplan?.contains(word) == true || $0.expressions.joined().contains(word)
        },
        "the plan has no \(word): \(nodes.map(\.type))")
    }
    let times = PlanTimes(document.root)
    #expect(
      times.unexplained < 0.001,
      "\(nodes.map { "\($0.type) \($0.actual?.milliseconds ?? 0) \($0.selfMilliseconds ?? 0)" })")
    #expect(
      entry.outside ? times.outside > 0 : times.outside <= nodes.reduce(0) { $0 + ($1.selfErrorMilliseconds ?? 0) })
    let own = nodes.reduce(0) { $0 + ($1.selfMilliseconds ?? 0) }
    let inside = document.triggers.filter(\.isInsideNode).reduce(0) { $0 + $1.milliseconds }
    let root = try #require(document.root.elapsedMilliseconds)
    let sum = own + inside + (document.jit?.insideMilliseconds ?? 0)
    let outside = times.outside
    #expect(
      abs(sum - root - outside) < 0.01,
      "\(entry.name): \(sum) of \(root) + \(outside); \(nodes.map { ($0.type, $0.selfMilliseconds ?? 0) }), \(document.triggers)"
    )
  }
}

/// Plans as the server gave them, reduced to the members that matter, in which the node to blame is known.
@Suite("Which node is to blame")
struct PlanBlameTests {
  private func document(_ plan: String, _ more: String = "") throws -> PlanDocument {
    var document = try #require(try PlanDocument.read("[{\"Plan\": \(plan)\(more)}]"))
    for index in document.triggers.indices {
      document.triggers[index].isInsideNode = document.triggers[index].name == "before"
    }
    PlanShares.mark(&document)
    return document
  }

  /// A node; `workers` are the milliseconds of each worker, in one execution.
  private func node(
    _ type: String, _ milliseconds: Double, loops: Int = 1, as part: String = "Outer", workers: [Double] = [],
    more: String = "", _ children: String...
  ) -> String {
    let workers = workers.enumerated().map {
      #"{"Worker Number": \#($0.offset), "Actual Total Time": \#($0.element), "Actual Loops": 1}"#
    }
    return #"""
      {"Node Type": "\#(type)", "Parent Relationship": "\#(part)", "Plan Rows": 1, "Total Cost": 1, "Actual Rows": 1,
       "Actual Total Time": \#(milliseconds), "Actual Loops": \#(loops), "Workers": [\#(workers.joined(separator: ","))]
       \#(more), "Plans": [\#(children.joined(separator: ","))]}
      """#
  }

  private func own(_ document: PlanDocument) -> [Double] {
    document.root.all.map { (($0.selfMilliseconds ?? -1) * 1000).rounded() / 1000 }
  }

  @Test(
    "an InitPlan is paid for by the node that reads it, and once", arguments: ["InitPlan 1 (returns $0)", "InitPlan 1"])
  func initPlan(name: String) throws {
    let reference = name.hasSuffix(")") ? "$0" : "(InitPlan 1).col1"
    let document = try document(
      node(
        "Sort", 157, more: #", "Output": ["($0)"]"#,
        node("Aggregate", 150, as: "InitPlan", more: #", "Subplan Name": "\#(name)""#, node("Seq Scan", 145)),
        node("Seq Scan", 155, more: #", "Filter": "(small.k = \#(reference))""#)))
    #expect(own(document) == [2, 5, 145, 5])
  }

  @Test("$1 is not $10")
  func words() {
    #expect(PlanReaders.contains("(a = $1)", "$1"))
    #expect(!PlanReaders.contains("(a = $10)", "$1"))
    #expect(PlanReaders.contains("($10 = $1)", "$1"))
    #expect(PlanReaders.words(of: "InitPlan 2 (returns $3,$4)") == ["$3", "$4"])
  }

  @Test("a Gather in a nested loop is divided by its processes, not by their executions")
  func repeatedGather() throws {
    let document = try document(
      node("Gather", 10, loops: 3, node("Seq Scan", 8, loops: 9, workers: [24, 24])))
    #expect(own(document) == [6, 24])
  }

  @Test("a bitmap that one process makes takes its whole time, and a waiting scan does not")
  func bitmap() throws {
    let document = try document(
      node(
        "Gather", 110,
        node(
          "Bitmap Heap Scan", 100, loops: 3, workers: [100, 100], more: #", "Parallel Aware": true"#,
          node("Bitmap Index Scan", 90))))
    #expect(own(document) == [10, 10, 90])
  }

  @Test("what one process does while the others are done is its own time, not the Gather's")
  func subquery() throws {
    let document = try document(
      node(
        "Gather", 310,
        node(
          "Append", 100, loops: 3, workers: [0, 0], more: #", "Parallel Aware": true"#,
          node("Subquery Scan", 300, loops: 1))))
    #expect(own(document) == [10, 0, 300])
  }

  @Test("a common table that two scans read is counted once, and what runs after the plan is not taken out of it")
  func commonTables() throws {
    let twice = try document(
      node(
        "Hash Join", 100, node("Seq Scan", 60, as: "InitPlan", more: #", "Subplan Name": "CTE a""#),
        node("CTE Scan", 70, more: #", "CTE Name": "a""#),
        node("CTE Scan", 20, as: "Inner", more: #", "CTE Name": "a""#)))
    #expect(own(twice) == [10, 60, 10, 20])
    let after = try document(
      node(
        "Result", 1,
        node("ModifyTable", 60, as: "InitPlan", more: #", "Subplan Name": "CTE a", "Operation": "Insert""#)))
    #expect(own(after) == [1, 60])
    #expect(PlanTimes(after.root).outside == 60)
  }

  @Test("a trigger before the rows is taken out of the node that changes them, and one after is in no node")
  func triggers() throws {
    let document = try document(
      node("ModifyTable", 100, more: #", "Operation": "Update", "Relation Name": "seat""#, node("Seq Scan", 10)),
      #"""
      , "Triggers": [{"Trigger Name": "before", "Relation": "seat", "Time": 80, "Calls": 1},
                     {"Trigger Name": "after", "Relation": "seat", "Time": 50, "Calls": 1}]
      """#)
    #expect(own(document) == [10, 10])
  }

  @Test("JIT is taken out of the node that compiled", arguments: ["30", #"{"Deform": 1, "Total": 30}"#])
  func jit(generation: String) throws {
    let document = try document(
      node("Aggregate", 100, node("Seq Scan", 90)),
      #"""
      , "JIT": {"Functions": 7, "Timing": {"Generation": \#(generation), "Inlining": 0, "Optimization": 50, "Emission": 20,
       "Total": 100}}
      """#)
    #expect(own(document) == [10, 20])
    let jit = try #require(document.jit)
    #expect(jit.insideMilliseconds == 70 && jit.totalMilliseconds == 100 && jit.functions == 7)
  }

  @Test("where rounding makes the parts larger than the whole, the error is told and no time is negative")
  func rounding() throws {
    let document = try document(
      node("Nested Loop", 900, node("Seq Scan", 200), node("Index Scan", 0.001, loops: 1_000_000, as: "Inner")))
    #expect(own(document) == [0, 200, 700])
    #expect(document.root.children[1].selfErrorMilliseconds == 500)
    #expect(PlanTimes(document.root).unexplained == 0)
    let strange = try self.document(node("Limit", 10, node("Seq Scan", 20)))
    #expect(PlanTimes(strange.root).unexplained > 9)
  }

  @Test("by estimate, a SubPlan in a filter runs for each row that is read")
  func estimatedSubplan() throws {
    let json = #"""
      {"Node Type": "Seq Scan", "Schema": "s", "Relation Name": "seat", "Total Cost": 1000, "Plan Rows": 3,
       "Filter": "((SubPlan 1) > 5)", "Plans": [
       {"Node Type": "Aggregate", "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1", "Total Cost": 9, "Plan Rows": 1}]}
      """#
    var plan = try PlanDocumentTests.plan(json)
    PlanShares.mark(&plan, tableRows: ["s.seat": 100])
    #expect(plan.selfCost == 100)
    PlanShares.mark(&plan)
    #expect(plan.children[0].isCostliest)
    let hashed = json.replacing("(SubPlan 1)", with: "hashed SubPlan 1")
    plan = try PlanDocumentTests.plan(hashed)
    PlanShares.mark(&plan, tableRows: ["s.seat": 100])
    #expect(plan.selfCost == 991)
  }
}

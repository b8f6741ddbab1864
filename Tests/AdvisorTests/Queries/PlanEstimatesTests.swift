import Support
import Testing

@testable import Advisor

@Suite("Which estimates are wrong")
struct PlanEstimatesTests {
  private func node(
    _ type: String, expected: Double, found: Double, loops: Int = 1, as part: String = "Outer", more: String = "",
    _ children: String...
  ) -> String {
    #"""
    {"Node Type": "\#(type)", "Parent Relationship": "\#(part)", "Plan Rows": \#(expected), "Actual Rows": \#(found),
     "Actual Loops": \#(loops), "Actual Total Time": 1 \#(more), "Plans": [\#(children.joined(separator: ","))]}
    """#
  }

  private func wrong(_ json: String) throws -> [String] {
    PlanEstimates.wrong(in: try PlanDocumentTests.plan(json)).map(\.type)
  }

  private var early: String { node("Index Scan", expected: 5000, found: 3, as: "Inner") }
  private var many: String { node("Sort", expected: 10, found: 5000, as: "Inner") }
  private var outer: String { node("Seq Scan", expected: 10, found: 10) }

  @Test("bitmaps of several have no rows")
  func bitmaps() throws {
    for type in ["BitmapAnd", "BitmapOr"] { #expect(try wrong(node(type, expected: 500, found: 0)) == []) }
    #expect(try wrong(node("Bitmap Index Scan", expected: 500, found: 0)) == ["Bitmap Index Scan"])
  }

  @Test(
    "a join that ends its search early reads fewer rows, and that is no error",
    arguments: [
      #""Join Type": "Semi""#, #""Join Type": "Anti""#, #""Join Type": "Inner", "Inner Unique": true"#,
    ])
  func endsEarly(member: String) throws {
    #expect(try wrong(node("Nested Loop", expected: 10, found: 10, more: ", \(member)", outer, early)) == [])
    // More rows than expected are an error also there.
    #expect(try wrong(node("Nested Loop", expected: 10, found: 10, more: ", \(member)", outer, many)) == ["Sort"])
  }

  @Test("in a plain nested loop and a hash join, all rows were wanted")
  func readsAll() throws {
    for type in ["Nested Loop", "Hash Join"] {
      #expect(
        try wrong(node(type, expected: 10, found: 10, more: #", "Join Type": "Inner""#, outer, early)) == ["Index Scan"]
      )
    }
  }

  @Test("a merge join ends with the shorter side, and reads the inner one again")
  func merge() throws {
    let join = #", "Join Type": "Inner""#
    #expect(try wrong(node("Merge Join", expected: 10, found: 10, more: join, outer, early)) == [])
    #expect(try wrong(node("Merge Join", expected: 10, found: 10, more: join, outer, many)) == [])
    let below = node("Sort", expected: 10, found: 9000, as: "Inner", node("Seq Scan", expected: 10, found: 5000))
    #expect(try wrong(node("Merge Join", expected: 10, found: 10, more: join, outer, below)) == ["Seq Scan"])
  }

  @Test("an EXISTS and a LIMIT end at what they need")
  func exists() throws {
    #expect(
      try wrong(node("Seq Scan", expected: 10, found: 10, node("Seq Scan", expected: 900, found: 1, as: "SubPlan")))
        == [])
    #expect(try wrong(node("Limit", expected: 5, found: 5, node("WindowAgg", expected: 900, found: 5))) == [])
  }

  @Test("partitions that were left out while it ran make no estimate wrong")
  func pruned() throws {
    let append = node(
      "Append", expected: 1000, found: 1, node("Seq Scan", expected: 1, found: 1),
      node("Seq Scan", expected: 999, found: 0, loops: 0))
    #expect(try wrong(append) == [])
    #expect(try wrong(node("Hash", expected: 1000, found: 1, append)) == [])
    #expect(try wrong(node("Append", expected: 1000, found: 1, more: #", "Subplans Removed": 3"#)) == [])
    #expect(try wrong(node("Append", expected: 1000, found: 1, node("Seq Scan", expected: 1, found: 1))) == ["Append"])
  }

  @Test("a plan of fresh statistics has no wrong estimate")
  func library() throws {
    let library = try PlanLibrary()
    for entry in PlanLibrary.entries where !["a recursive union"].contains(entry.name) {
      let root = try library.document(entry).root
      let found = PlanEstimates.wrong(in: root)
      // Nobody can know what an InitPlan will give, or how many rows an expression removes.
      #expect(
        found.allSatisfy { !["BitmapOr", "Limit", "Append", "Sort"].contains($0.type) },
        "\(entry.name): \(found.map(\.type))")
    }
  }
}

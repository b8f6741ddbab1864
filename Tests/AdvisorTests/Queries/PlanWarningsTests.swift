import Testing

@testable import Advisor

@Suite("What to look at in a plan")
struct PlanWarningsTests {
  private func warnings(_ json: String, tableRows: [String: Double] = [:]) throws -> [String] {
    PlanWarnings(tableRows: tableRows).warnings(of: try PlanDocumentTests.plan(json))
  }

  private func scan(rows: Double, _ more: String = "", filter: String = "((seat.status = 'LOCKED') AND (seat.id > 3))")
    -> String
  {
    #"""
    {"Node Type": "Seq Scan", "Schema": "public", "Relation Name": "seat", "Alias": "seat", "Plan Rows": \#(rows),
     "Filter": "\#(filter)" \#(more)}
    """#
  }

  @Test("a scan that keeps little of a large table, by estimate")
  func scanByEstimate() throws {
    #expect(
      try warnings(scan(rows: 512), tableRows: ["public.seat": 50_000])
        == ["Seq Scan on seat reads about 50,000 rows to keep about 512; its filter reads: status, id"])
  }

  @Test("the same as it was measured")
  func scanMeasured() throws {
    let run = #", "Actual Loops": 2, "Actual Rows": 5, "Actual Total Time": 1, "Rows Removed by Filter": 9995"#
    #expect(
      try warnings(scan(rows: 5, run))
        == ["Seq Scan on seat reads 20,000 rows to keep 10; its filter reads: status, id"])
  }

  @Test("a small table, an unknown one, a filter that keeps much, and no filter are no matter")
  func harmlessScans() throws {
    #expect(try warnings(scan(rows: 5), tableRows: ["public.seat": 9_999]) == [])
    #expect(try warnings(scan(rows: 5)) == [])
    #expect(try warnings(scan(rows: 5_001), tableRows: ["public.seat": 50_000]) == [])
    let plain = #"{"Node Type": "Seq Scan", "Schema": "public", "Relation Name": "seat", "Plan Rows": 1}"#
    #expect(try warnings(plain, tableRows: ["public.seat": 50_000]) == [])
    #expect(try warnings(scan(rows: 5, #", "Actual Loops": 0"#)) == [])
  }

  @Test("a filter without a column is shown as it is")
  func filterWithoutColumns() throws {
    let found = try warnings(scan(rows: 1, filter: "($1 > random())"), tableRows: ["public.seat": 50_000])
    #expect(found.first?.hasSuffix("its filter reads: ($1 > random())") == true)
  }

  @Test(
    "the columns of a condition",
    arguments: [
      "(s.status = 'a.b'::text)": ["status"],
      "((s.a = 1) AND (s.b = s.a))": ["a", "b"],
      "(lower((s.name)::text) ~~ $1)": ["name"],
      #"("S x"."Col umn" > 1.5)"#: [#""Col umn""#],
      "(s.state = 'X'::sale.state)": ["state"],
      "(sale.price(s.id) > 10)": ["id"],
      "(random() > '0.5'::double precision)": [],
      "": [],
    ])
  func columns(condition: String, names: [String]) {
    #expect(PlanWarnings.columns(of: condition) == names)
  }

  @Test("what goes to disk")
  func disk() throws {
    let sort = #"""
      {"Node Type": "Sort", "Sort Method": "external merge", "Sort Space Used": 2064, "Sort Space Type": "Disk"}
      """#
    #expect(
      try warnings(sort) == ["Sort wrote 2,064 kB to disk (external merge): it did not fit into work_mem"])
    #expect(
      try warnings(#"{"Node Type": "Hash", "Hash Batches": 8}"#)
        == ["Hash used the disk, in 8 batches: it did not fit into work_mem"])
    #expect(
      try warnings(#"{"Node Type": "Aggregate", "Strategy": "Hashed", "Disk Usage": 100}"#)
        == ["HashAggregate wrote 100 kB to disk: it did not fit into work_mem"])
    #expect(try warnings(#"{"Node Type": "Hash", "Hash Batches": 1}"#) == [])
    let inMemory = #"{"Node Type": "Sort", "Sort Method": "quicksort", "Sort Space Type": "Memory"}"#
    #expect(try warnings(inMemory) == [])
  }

  /// A step that was expected to give `expected` rows and gave `found`.
  private func step(_ type: String, expected: Double, found: Double, loops: Int = 1, _ children: String...) -> String {
    #"""
    {"Node Type": "\#(type)", "Relation Name": "seat", "Plan Rows": \#(expected), "Actual Rows": \#(found),
     "Actual Loops": \#(loops), "Plans": [\#(children.joined(separator: ","))]}
    """#
  }

  @Test("an estimate that is off by more than ten times, either way")
  func estimates() throws {
    #expect(
      try warnings(step("Index Scan", expected: 10, found: 101))
        == ["Index Scan on seat: 101 rows where 10 were expected"])
    #expect(try warnings(step("Index Scan", expected: 101, found: 10)).count == 1)
    #expect(try warnings(step("Index Scan", expected: 10, found: 100)) == [])
    #expect(try warnings(step("Index Scan", expected: 10, found: 0)) == [])
    #expect(try warnings(step("Index Scan", expected: 1000, found: 1, loops: 0)) == [])
  }

  @Test("an error is told where it begins, not where it is passed on")
  func origin() throws {
    let found = try warnings(
      step(
        "Sort", expected: 1, found: 5000,
        step(
          "Hash Join", expected: 1, found: 5000,
          step("Index Scan", expected: 1, found: 5000))))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("Index Scan") == true)
  }

  @Test("below a limit fewer rows than expected are no error, unless all had to be read")
  func limit() throws {
    #expect(
      try warnings(step("Limit", expected: 1, found: 1, step("Index Scan", expected: 5000, found: 1))) == [])
    #expect(
      try warnings(
        step(
          "Limit", expected: 1, found: 1,
          step("Sort", expected: 1, found: 1, step("Index Scan", expected: 5000, found: 1)))
      ).count == 1)
    #expect(
      try warnings(step("Limit", expected: 9, found: 9, step("Index Scan", expected: 1, found: 50))).count == 1)
  }

  @Test("partitions that a plan without values leaves out are told")
  func partitions() throws {
    #expect(
      try warnings(#"{"Node Type": "Append", "Subplans Removed": 12}"#)
        == ["12 partitions are not shown below Append: the values decide which partitions are read"])
  }
}

import Changes
import Failures
import Postgres
import Support
import Testing

@testable import Advisor

@Suite("Rebuilding an index")
struct IndexRebuildTests {
  let stage: IndexStage

  init() throws { stage = try IndexStage() }

  private func oid(_ name: String) throws -> Int {
    try stage.connection.query("SELECT '\(name)'::regclass::oid AS oid")[0].decode("oid")
  }

  @Test("an index, also of a constraint and an invalid one, is replaced by a valid one of the same name")
  func rebuild() throws {
    try stage.connection.script(
      "CREATE INDEX by_status ON seat (status); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_status'::regclass"
    )
    for name in ["seat_pkey", "by_status"] {
      let before = try oid(name)
      let plan = try stage.indexes.planRebuild(name)
      #expect(plan.statement == "REINDEX INDEX CONCURRENTLY \"public\".\"\(name)\"")
      #expect(try stage.indexes.rebuild(plan, control: .init()) == ChangeOutcome(changed: 1))
      #expect(try oid(name) != before)
    }
    #expect(
      try stage.indexes.list(.init(table: "seat")).map { "\($0.name) \($0.state)" } == [
        "by_status valid", "seat_pkey valid",
      ])
  }

  @Test("a rebuild that is interrupted leaves the index as it was, and no copy; its phases are counted")
  func interrupted() throws {
    let old = try stage.oldSnapshot()
    let (before, signal) = (try oid("seat_pkey"), Flag())
    var places: Set<String> = []
    let plan = try stage.indexes.planRebuild("seat_pkey")
    let outcome = try stage.indexes.rebuild(
      plan, control: ChangeControl(isInterrupted: { signal.isRaised })
    ) { progress in
      if let place = progress.place { places.insert("\(place.number) of \(place.of)") }
      if progress.waitsFor?.pid == Int(old.backendPID) { signal.raise() }
    }
    #expect(outcome == ChangeOutcome(wasInterrupted: true, notes: ["'public.seat_pkey' is unchanged"]))
    #expect(try oid("seat_pkey") == before)
    #expect(try stage.names() == ["seat_pkey"])
    #expect(places.contains("8 of 10"))
  }

  @Test("copies that earlier rebuilds left are dropped first, and indexes of a like name stay")
  func leftovers() throws {
    try stage.connection.script(
      """
      CREATE INDEX by_status ON seat (status); CREATE INDEX by_status_ccnew ON seat (status);
      CREATE INDEX by_status_ccnew1 ON seat (status); CREATE INDEX by_status_ccnews ON seat (note);
      CREATE INDEX by_status_ccold ON seat (seat_number);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('by_status_ccnew'::regclass, 'by_status_ccnew1'::regclass,
        'by_status_ccnews'::regclass)
      """)
    let plan = try stage.indexes.planRebuild("by_status")
    #expect(plan.leftovers.map(\.name) == ["by_status_ccnew", "by_status_ccnew1"])
    #expect(plan.warnings.first?.contains("'public.by_status_ccnew' was left by a rebuild") == true)
    #expect(try stage.indexes.rebuild(plan, control: .init()) == ChangeOutcome(changed: 1))
    #expect(try stage.names() == ["by_status", "by_status_ccnews", "by_status_ccold", "seat_pkey"])
  }

  @Test("what cannot be rebuilt concurrently is refused with the reason")
  func refused() throws {
    try stage.connection.script("CREATE TABLE span (r int4range, EXCLUDE USING gist (r WITH &&))")
    for (name, reason) in [
      ("pg_class_oid_index", "it is the server's own"), ("span_r_excl", "it belongs to an exclusion constraint"),
    ] {
      let failure = #expect(throws: Failure.self) { try stage.indexes.planRebuild(name) }
      #expect(failure?.kind == .refused)
      #expect(failure?.message.hasSuffix(reason) == true)
    }
    #expect(#expect(throws: Failure.self) { try stage.indexes.planRebuild("seat") }?.kind == .badInput)
    #expect(#expect(throws: Failure.self) { try stage.indexes.planRebuild("nowhere") }?.kind == .badInput)
  }
}

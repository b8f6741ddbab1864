import Changes
import Failures
import Postgres
import Support
import Synchronization
import Testing

@testable import Advisor

@Suite("Indexes of partitioned tables")
struct PartitionedIndexTests {
  let stage: IndexStage

  /// Sales by year, and of one year by region: three partitions with rows, in two depths.
  init() throws {
    stage = try IndexStage(seats: 1)
    try stage.connection.script(
      """
      CREATE TABLE sale (id bigint, year int, region text, amount int) PARTITION BY RANGE (year);
      CREATE TABLE sale_2024 PARTITION OF sale FOR VALUES FROM (2024) TO (2025);
      CREATE TABLE sale_2025 PARTITION OF sale FOR VALUES FROM (2025) TO (2026) PARTITION BY LIST (region);
      CREATE TABLE sale_2025_kr PARTITION OF sale_2025 FOR VALUES IN ('kr');
      CREATE TABLE sale_2025_rest PARTITION OF sale_2025 DEFAULT;
      INSERT INTO sale SELECT i, 2024 + i % 2, CASE WHEN i % 4 = 1 THEN 'kr' ELSE 'jp' END, i FROM generate_series(1, 2000) i;
      ANALYZE sale
      """)
  }

  private func plan(_ columns: String..., unique: Bool = false) throws -> IndexCreationPlan {
    try stage.indexes.planCreation(
      IndexRequest(table: "sale", columns: columns.map { IndexColumn(word: $0) }, isUnique: unique))
  }

  private func states() throws -> [String] {
    try stage.indexes.list().filter { $0.table.hasPrefix("sale") }.map { "\($0.name) \($0.state)" }
  }

  private static let complete = [
    "sale_amount_idx valid", "sale_2024_amount_idx valid", "sale_2025_amount_idx valid",
    "sale_2025_kr_amount_idx valid",
    "sale_2025_rest_amount_idx valid",
  ]

  @Test("the index is built on each partition through every depth, attached, and valid; then there is nothing to do")
  func build() throws {
    let plan = try plan("amount")
    #expect(plan.count == 3)
    #expect(plan.statement == #"CREATE INDEX "sale_amount_idx" ON ONLY "public"."sale" USING btree ("amount")"#)
    #expect(plan.estimate != nil)
    #expect(try stage.indexes.create(plan, control: .init()) == ChangeOutcome(changed: 3))
    #expect(try states() == Self.complete)
    let leaf = try #require(stage.indexes.list().first { $0.name == "sale_2025_kr_amount_idx" })
    #expect(leaf.parent == "sale_2025_amount_idx")
    let root = try #require(stage.indexes.list(.init(table: "sale")).first)
    #expect(root.isPartitioned && root.bytes >= 3 * 8192)
    #expect(try self.plan("amount").count == 0)
  }

  @Test("a run that ends early is continued, and what partitions have already is attached instead of built")
  func resumed() throws {
    try stage.connection.script("CREATE INDEX theirs ON sale_2025_kr (amount)")
    let plan = try plan("amount")
    let done = Counter()
    let control = ChangeControl(isInterrupted: { done.value > 0 }, progress: { if $0 > 0 { done.add() } })
    let first = try stage.indexes.create(plan, control: control)
    #expect(first.wasInterrupted && first.changed == 1)
    #expect(first.notes.last == "done: 1 of 3 partitions; the same command continues with the rest")
    #expect(try states().first == "sale_amount_idx incomplete")
    let rest = try self.plan("amount")
    #expect(rest.count == 2)
    #expect(rest.name == "sale_amount_idx")
    #expect(try stage.indexes.create(rest, control: .init()) == ChangeOutcome(changed: 2))
    #expect(try states().allSatisfy { $0.hasSuffix(" valid") })
    #expect(try stage.indexes.list().first { $0.name == "theirs" }?.parent == "sale_2025_amount_idx")
  }

  @Test("a unique index needs the columns of the partitioning, at every depth")
  func unique() throws {
    let failure = #expect(throws: Failure.self) { try plan("id", "year", unique: true) }
    #expect(failure?.kind == .refused)
    #expect(failure?.message.contains("'public.sale_2025'") == true)
    #expect(failure?.causes == ["missing: region"])
    #expect(try stage.indexes.create(plan("id", "year", "region", unique: true), control: .init()).changed == 3)
  }

  @Test("a drop takes the index of every partition, and its undo builds them again")
  func dropAndUndo() throws {
    #expect(try stage.indexes.create(try plan("amount"), control: .init()).changed == 3)
    let journal = PostgresJournal(stage.connection, actor: Actor(user: "ann", host: "ops-1"))
    let operation = try journal.begin(
      OperationRequest(command: "index drop", commandLine: "", target: "x", planned: 1, undo: .automatic), holding: nil)
    let child = #expect(throws: Failure.self) { try stage.indexes.planDrop("sale_2024_amount_idx") }
    #expect(child?.kind == .refused)
    let reader = try stage.connect()
    try reader.script("BEGIN; SELECT count(*) FROM sale")
    let drop = try stage.indexes.planDrop("sale_amount_idx")
    let blocked = #expect(throws: Failure.self) {
      try stage.indexes.drop(
        drop, operation: operation, journal: journal, control: .init(), bounds: .init(limit: .milliseconds(100)))
    }
    #expect(blocked?.kind == .tryAgain)
    #expect(try states() == Self.complete)
    try reader.script("COMMIT")
    let again = try journal.begin(
      OperationRequest(command: "index drop", commandLine: "", target: "x", planned: 1, undo: .automatic), holding: nil)
    let dropped = try stage.indexes.drop(drop, operation: again, journal: journal, control: .init())
    #expect(dropped == ChangeOutcome(changed: 1))
    #expect(try states().isEmpty)
    let restoration = try stage.indexes.planRestoration(of: again, journal: journal)
    #expect(try stage.indexes.create(restoration, control: .init()).changed == 3)
    #expect(try states() == Self.complete)
  }

  @Test("writes go on through the parent while a partition waits")
  func writes() throws {
    let old = try stage.oldSnapshot()
    let writer = try stage.connect()
    var written = 0
    let outcome = try stage.indexes.create(try plan("amount"), control: .init()) { progress in
      guard progress.waitsFor != nil, old.isInTransaction else { return }
      written += (try? writer.execute("INSERT INTO sale VALUES (1, 2024, 'kr', 1)")) ?? 0
      if written == 3 { try? old.script("COMMIT") }
    }
    #expect(outcome.changed == 3)
    #expect(written == 3)
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func add() { count.withLock { $0 += 1 } }
}

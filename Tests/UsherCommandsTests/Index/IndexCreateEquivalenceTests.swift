import Support
import Testing

@Suite("usher index create, where an index is there already")
struct IndexCreateEquivalenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var existing: String
    var words: [String]
    /// Whether the server would hold the two for the same.
    var isSame: Bool
    var testDescription: String { "\(existing) and \(words.joined(separator: " "))" }
  }

  static let cases = [
    Case(existing: "CREATE INDEX other ON seat (status, price)", words: ["status", "price"], isSame: true),
    Case(existing: "CREATE INDEX other ON seat USING btree (status ASC NULLS LAST)", words: ["status"], isSame: true),
    Case(existing: "CREATE INDEX other ON seat (status DESC)", words: ["status desc"], isSame: true),
    Case(
      existing: "CREATE INDEX other ON seat (status) INCLUDE (price)", words: ["status", "--include", "price"],
      isSame: true),
    Case(
      existing: "CREATE INDEX other ON seat (status) WHERE price > 0", words: ["status", "--where", "(price) > 0"],
      isSame: true),
    Case(existing: "CREATE INDEX other ON seat (status, price)", words: ["price", "status"], isSame: false),
    Case(existing: "CREATE INDEX other ON seat (status, price)", words: ["status"], isSame: false),
    Case(existing: "CREATE INDEX other ON seat (status)", words: ["status desc"], isSame: false),
    Case(existing: "CREATE INDEX other ON seat (status)", words: ["status", "--where", "price > 0"], isSame: false),
    Case(existing: "CREATE INDEX other ON seat (status) INCLUDE (price)", words: ["status"], isSame: false),
    Case(existing: "CREATE INDEX other ON seat USING hash (status)", words: ["status"], isSame: false),
    Case(existing: "CREATE UNIQUE INDEX other ON seat (id)", words: ["id", "--unique"], isSame: true),
  ]

  @Test("has nothing to do when it is the same, whatever its name, and builds when it is not", arguments: cases)
  func compares(example: Case) throws {
    let shop = try Shop()
    try shop.postgres.script(example.existing)
    let count = try shop.postgres.query("SELECT FROM pg_indexes WHERE tablename = 'seat'").count
    let run = try shop.json(["index", "create", "seat"] + example.words + ["--yes"])
    #expect(run["planned"]?.number == (example.isSame ? 0 : 1), "\(run)")
    #expect(run["action"]?.text?.hasPrefix(example.isSame ? "nothing to do: " : "create index ") == true)
    #expect(
      try shop.postgres.query("SELECT FROM pg_indexes WHERE tablename = 'seat'").count == count
        + (example.isSame ? 0 : 1))
  }

  @Test("refuses a name that another index has, and leaves that one alone")
  func takenName() throws {
    let shop = try Shop()
    let before = try shop.state()
    let run = try shop.usher("index", "create", "seat", "status", "--name", "seat_spare", "--yes")
    #expect(run.status != 0)
    #expect(run.errors.contains("seat_spare"))
    #expect(try shop.state() == before)
  }

  @Test("an invalid one that a dead build left is told of, and is not held for the same")
  func invalid() throws {
    let shop = try Shop()
    try shop.postgres.script(
      "CREATE INDEX dead ON seat (status); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'dead'::regclass")
    let plan = try shop.json(["index", "create", "seat", "status", "--dry-run"])
    #expect(plan["planned"]?.number == 1)
    #expect(plan["warnings"]?.list?.contains { $0.text?.contains("dead") == true } == true, "\(plan)")
    let listed = try #require(
      try shop.json(["index", "list", "--table", "seat"]).list?.first { $0["name"]?.text == "public.dead" })
    #expect(listed["valid"] == .boolean(false))
    #expect(listed["state"]?.text == "invalid")
  }
}

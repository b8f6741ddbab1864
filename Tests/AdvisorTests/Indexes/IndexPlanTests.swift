import Advisor
import Failures
import Postgres
import Support
import Testing

@Suite("Planning an index")
struct IndexPlanTests {
  let stage: IndexStage

  init() throws { stage = try IndexStage() }

  private func failure(_ body: () throws -> Void) -> Failure? {
    do {
      try body()
      return nil
    } catch {
      return (error as? any FailureConvertible)?.failure
    }
  }

  @Test(
    "a column may carry its direction",
    arguments: [
      ("status", IndexColumn("status")), ("status desc", IndexColumn("status", isDescending: true)),
      ("status DESC", IndexColumn("status", isDescending: true)), ("status asc", IndexColumn("status")),
      ("desc", IndexColumn("desc")), ("two words", IndexColumn("two words")),
      ("two words desc", IndexColumn("two words", isDescending: true)), ("", IndexColumn("")),
    ])
  func columnWords(word: String, column: IndexColumn) { #expect(IndexColumn(word: word) == column) }

  @Test("a plan says what will run, on how much, and changes nothing")
  func plan() throws {
    let plan = try stage.plan("status", "concert_option_id desc")
    #expect(plan.count == 1)
    #expect(plan.name == "seat_status_concert_option_id_idx")
    #expect(
      plan.statement == """
        CREATE INDEX CONCURRENTLY "seat_status_concert_option_id_idx" ON "public"."seat" USING btree ("status", \
        "concert_option_id" DESC)
        """)
    #expect(plan.table.title == "public.seat")
    #expect(plan.table.estimatedRows == 1000)
    #expect(plan.table.bytes > 0)
    #expect(plan.existing.map(\.name) == ["seat_pkey"])
    #expect(plan.blockers.isEmpty)
    #expect(plan.warnings.isEmpty)
    #expect(try stage.names() == ["seat_pkey"])
  }

  @Test("everything that can be asked for reaches the statement, quoted")
  func statement() throws {
    try stage.connection.script("ALTER TABLE seat RENAME COLUMN note TO \"No\"\"te\"")
    let plan = try stage.plan(
      "No\"te", unique: true, included: ["status", "seat_number"], condition: "status='LOCKED' and seat_number>3",
      name: "\"My \"\"index\"\"\"")
    #expect(
      plan.statement == #"""
        CREATE UNIQUE INDEX CONCURRENTLY "My ""index""" ON "public"."seat" USING btree ("No""te") \#
        INCLUDE ("status", "seat_number") WHERE (((status = 'LOCKED'::text) AND (seat_number > 3)))
        """#)
  }

  @Test(
    "the same index is recognised, however it was written and whatever its name",
    arguments: [
      ("CREATE INDEX other ON seat (status, seat_number)", ["status", "seat_number asc"], false, [], nil),
      ("CREATE INDEX other ON seat USING btree (status DESC NULLS FIRST)", ["status desc"], false, [], nil),
      ("CREATE UNIQUE INDEX other ON seat (id) WITH (fillfactor = 70)", ["id"], true, [], nil),
      ("ALTER TABLE seat ADD CONSTRAINT other UNIQUE (status, id)", ["status", "id"], true, [], nil),
      ("CREATE INDEX other ON seat (id) INCLUDE (status)", ["id"], false, ["status"], nil),
      (
        "CREATE INDEX other ON seat (id) WHERE (status IN ('A', 'B'))", ["id"], false, [],
        "status = ANY (ARRAY['A'::text, 'B'::text])"
      ),
      ("CREATE INDEX other ON seat (id) WHERE NOT (seat_number >= 5)", ["id"], false, [], "not seat_number>=5"),
      ("CREATE INDEX other ON seat (status COLLATE \"default\" text_ops)", ["status"], false, [], nil),
    ] as [(String, [String], Bool, [String], String?)])
  func equal(existing: String, columns: [String], unique: Bool, included: [String], condition: String?) throws {
    try stage.connection.script(existing)
    let plan = try stage.indexes.planCreation(
      IndexRequest(
        table: "seat", columns: columns.map { IndexColumn(word: $0) }, isUnique: unique, included: included,
        condition: condition))
    #expect(plan.equal != nil)
    #expect(plan.count == 0)
    let outcome = try stage.indexes.create(plan, control: .init())
    #expect(outcome.changed == 0 && outcome.skipped == 1)
  }

  @Test(
    "what only looks the same is another index",
    arguments: [
      "CREATE INDEX other ON seat (seat_number, status)", "CREATE INDEX other ON seat (status, seat_number DESC)",
      "CREATE INDEX other ON seat (status, seat_number NULLS FIRST)", "CREATE INDEX other ON seat (status)",
      "CREATE UNIQUE INDEX other ON seat (status, seat_number, id)",
      "CREATE INDEX other ON seat (status, seat_number) INCLUDE (id)",
      "CREATE INDEX other ON seat (status, seat_number) WHERE seat_number > 1",
      "CREATE INDEX other ON seat (status COLLATE \"C\", seat_number)",
      "CREATE INDEX other ON seat (status text_pattern_ops, seat_number)",
      "CREATE INDEX other ON seat (lower(status), seat_number)", "CREATE INDEX other ON seat USING hash (status)",
    ])
  func unequal(existing: String) throws {
    try stage.connection.script(existing)
    let plan = try stage.plan("status", "seat_number")
    #expect(plan.equal == nil)
    #expect(plan.count == 1)
  }

  @Test("an index that starts with the same columns is mentioned")
  func covered() throws {
    try stage.connection.script(
      "CREATE INDEX longer ON seat (status, seat_number); CREATE INDEX partial ON seat (status) WHERE id > 5")
    let warnings = try stage.plan("status").warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("'public.longer' starts with the same columns") == true)
    #expect(try stage.plan("id").warnings.first?.contains("seat_pkey") == true)
  }

  @Test("the name is the one that PostgreSQL would choose, made unique")
  func names() throws {
    for columns in [["status"], ["status", "seat_number"], ["status", "seat_number"], ["status"]] {
      let mine = try stage.indexes.planCreation(
        IndexRequest(
          table: "seat", columns: columns.map { IndexColumn($0) }, condition: "id > \(try stage.names().count)")
      ).name
      try stage.connection.script("CREATE INDEX ON seat (\(columns.joined(separator: ", ")))")
      #expect(try stage.names().contains(mine))
    }
  }

  @Test("long names are cut as PostgreSQL cuts them, also between letters of several bytes")
  func longNames() throws {
    let tables = [String(repeating: "t", count: 60), String(repeating: "자", count: 20), "short"]
    let columns = [String(repeating: "c", count: 60), String(repeating: "석", count: 21), "x"]
    for table in tables {
      try stage.connection.script(
        "CREATE TABLE \"\(table)\" (\(columns.map { "\"\($0)\" int" }.joined(separator: ", ")))")
      for chosen in [columns, [columns[0]], [columns[1]], [columns[2]], [columns[2], columns[1]]] {
        let mine = try stage.indexes.planCreation(
          IndexRequest(table: "\"\(table)\"", columns: chosen.map { IndexColumn($0) })
        ).name
        try stage.connection.script(
          "CREATE INDEX ON \"\(table)\" (\(chosen.map { "\"\($0)\"" }.joined(separator: ", ")))")
        #expect(try stage.indexes.list(.init(table: "\"\(table)\"")).contains { $0.name == mine }, "\(mine)")
      }
    }
  }

  @Test("a name that is taken by something else is refused")
  func takenName() throws {
    #expect(failure { _ = try stage.plan("status", name: "seat_pkey") }?.kind == .refused)
    #expect(failure { _ = try stage.plan("status", name: "seat") }?.kind == .refused)
    try stage.connection.script("CREATE INDEX mine ON seat (status)")
    #expect(try stage.plan("status", name: "mine").count == 0)
    #expect(try stage.plan("status", name: "other").equal?.name == "mine")
  }

  @Test("a wrong column, condition or table is known before anything starts")
  func mistakes() throws {
    let column = failure { _ = try stage.plan("stauts") }
    #expect(column?.kind == .badInput)
    #expect(column?.message.contains("column \"stauts\" does not exist") == true)
    #expect(column?.hints.first == "its columns: id, concert_option_id, seat_number, status, note, tags, plan")
    #expect(failure { _ = try stage.plan("lower(status)") }?.hints.last?.contains("expression") == true)
    #expect(failure { _ = try stage.plan("id", condition: "no_such = 1") }?.kind == .badInput)
    #expect(failure { _ = try stage.plan("id", condition: "now() > '2026-01-01'") }?.kind == .badInput)
    #expect(failure { _ = try stage.plan("id", condition: "id = (SELECT 1)") }?.kind != nil)
    #expect(failure { _ = try stage.plan("plan") }?.kind == .badInput)
    #expect(failure { _ = try stage.plan("id", included: ["nope"]) }?.kind == .badInput)
    for table in ["nowhere", "a b", "no.such.thing.at.all", "", "\"", "nowhere.seat"] {
      let failure = failure {
        _ = try stage.indexes.planCreation(IndexRequest(table: table, columns: [IndexColumn("id")]))
      }
      #expect(failure?.kind == .badInput, "\(table)")
    }
    #expect(
      failure { _ = try stage.indexes.planCreation(IndexRequest(table: "sea", columns: [IndexColumn("id")])) }?.hints
        == ["its tables: seat"])
    #expect(try stage.names() == ["seat_pkey"])
  }

  @Test("a condition is a condition, and cannot bring a statement of its own")
  func smuggling() throws {
    for text in ["id > 1); DROP TABLE seat; --", "true) TABLESPACE nowhere --", "'"] {
      #expect(failure { _ = try stage.plan("id", condition: text) }?.kind == .badInput, "\(text)")
    }
    #expect(try stage.names() == ["seat_pkey"])
  }

  @Test("what cannot be indexed concurrently is refused")
  func kinds() throws {
    try stage.connection.script(
      """
      CREATE TABLE parted (id int, day date) PARTITION BY RANGE (day);
      CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE VIEW look AS SELECT * FROM seat;
      CREATE SCHEMA away; CREATE TABLE away."Odd Name" ("Id" int);
      """)
    func plan(_ table: String, _ column: String) throws -> IndexCreationPlan {
      try stage.indexes.planCreation(IndexRequest(table: table, columns: [IndexColumn(column)]))
    }
    #expect(try plan("parted", "id").partitions.map { [$0.all, $0.remaining] } == [1, 1])
    #expect(try plan("parted_1", "id").count == 1)
    #expect(failure { _ = try plan("look", "id") }?.kind == .badInput)
    #expect(try plan("away.\"Odd Name\"", "Id").name == "Odd Name_Id_idx")
    #expect(try stage.indexes.list(.init(table: "parted")).isEmpty)
  }

  @Test("a role that does not own the table is refused before anything starts")
  func strangers() throws {
    try stage.connection.script(
      """
      DO $$ BEGIN CREATE ROLE index_stranger LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
      GRANT SELECT ON seat TO index_stranger
      """)
    let stranger = try PostgresConnection(PostgresTarget(stage.database.conninfo + " user=index_stranger"))
    let indexes = Indexes(stranger, connect: { throw Failure(.bug, "a stranger must not come to build") })
    let failure = failure {
      _ = try indexes.planCreation(IndexRequest(table: "seat", columns: [IndexColumn("status")]))
    }
    #expect(failure?.kind == .refused)
    #expect(failure?.causes.first?.contains("index_stranger") == true)
  }

  @Test(
    "the size of an index is within the estimate, whatever the type and the number of different keys",
    arguments: [
      "i::bigint", "i % 10", "(i * 1.5)::numeric", "(i % 7)::numeric", "chr(65 + i % 26)", "md5(i::text)", "i % 2 = 0",
    ])
  func sizes(expression: String) throws {
    try stage.connection.script(
      "CREATE TABLE sized AS SELECT \(expression) AS key FROM generate_series(1, 100000) i; ANALYZE sized")
    let plan = try stage.indexes.planCreation(IndexRequest(table: "sized", columns: [IndexColumn("key")]))
    try stage.connection.script("CREATE INDEX real ON sized (key)")
    let bytes: Int = try stage.connection.query("SELECT pg_relation_size('real') AS b")[0].decode("b")
    #expect(plan.estimate?.bytes.contains(bytes) == true, "\(bytes) in \(String(describing: plan.estimate?.bytes))")
  }

  @Test("an owner without CREATE on the schema is told which grant is missing")
  func ownerWithoutCreate() throws {
    let role = "maker_\(stage.database.name)"
    try stage.connection.script(
      "CREATE ROLE \(role) LOGIN; ALTER TABLE seat OWNER TO \(role); REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    let owner = try PostgresConnection(PostgresTarget(stage.database.conninfo + " user=\(role)"))
    let indexes = Indexes(owner, connect: { throw Failure(.bug, "nothing must be built") })
    let request = IndexRequest(table: "seat", columns: [IndexColumn("status")])
    let refusal = failure { _ = try indexes.planCreation(request) }
    #expect(refusal?.kind == .refused)
    #expect(refusal?.causes == ["it owns the table, and lacks CREATE on schema public"])
    let grant = try #require(refusal?.hints.first?.split(separator: "run: ").last)
    try stage.connection.script("\(grant)")
    #expect(try indexes.planCreation(request).count == 1)
    try stage.connection.script("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
  }

  @Test("transactions that a build would wait for are named in the plan")
  func blockers() throws {
    let old = try stage.connect()
    try old.script("SET application_name TO 'report'")
    try old.executeAlone("BEGIN ISOLATION LEVEL REPEATABLE READ")
    try old.script("SELECT count(*) FROM pg_class")
    try waitUntil { try !stage.plan("status").blockers.isEmpty }
    let blocker = try #require(stage.plan("status").blockers.first)
    #expect(blocker.pid == Int(old.backendPID))
    #expect(blocker.description.contains("report"))
    #expect(blocker.state == "idle in transaction")
    #expect(blocker.ageMilliseconds >= 2000)
  }

  @Test("the estimate is a range that holds the truth of what was built")
  func estimate() throws {
    let estimate = try #require(stage.plan("status").estimate)
    _ = try stage.indexes.create(try stage.plan("status"), control: .init())
    let bytes = try #require(stage.indexes.list(.init(table: "seat")).first { $0.name == "seat_status_idx" }).bytes
    #expect(estimate.bytes.contains(bytes))
    #expect(estimate.time.lowerBound < estimate.time.upperBound)
    #expect(try stage.plan("id", condition: "id > 5").estimate == nil)
  }

  @Test("a table that was never analysed has no estimate, and the plan says so")
  func neverAnalysed() throws {
    try stage.connection.script("CREATE TABLE fresh AS SELECT generate_series(1, 10) AS id")
    let plan = try stage.indexes.planCreation(IndexRequest(table: "fresh", columns: [IndexColumn("id")]))
    #expect(plan.table.estimatedRows == nil)
    #expect(plan.estimate == nil)
    #expect(plan.warnings.contains { $0.contains("never analyzed") })
  }

  @Test("the server's own tables take no index")
  func systemTables() throws {
    for table in ["pg_class", "pg_catalog.pg_attribute", "information_schema.sql_features"] {
      let failure = failure {
        _ = try stage.indexes.planCreation(IndexRequest(table: table, columns: [IndexColumn("x")]))
      }
      #expect(failure?.kind == .refused)
      #expect(failure?.message.contains("is the server's own table") == true)
    }
  }

  @Test(
    "a column that is asked for twice is noticed",
    arguments: [
      (["status", "status"], [], "status"), (["status", "id", "status desc"], [], "status"),
      (["status"], ["id", "status"], "status"), (["id"], ["note", "note"], "note"), (["status", "Status"], [], nil),
    ] as [([String], [String], String?)])
  func repeated(columns: [String], included: [String], repeated: String?) {
    let request = IndexRequest(table: "seat", columns: columns.map { IndexColumn(word: $0) }, included: included)
    #expect(request.repeatedColumn == repeated)
  }
}

import Postgres
import Support

@testable import Advisor

/// Statements whose plans have each structure in which time is counted in an unusual way, and a database to run them on.
struct PlanLibrary {
  let database: TestDatabase
  let connection: PostgresConnection

  struct Entry: Sendable, CustomStringConvertible {
    let name: String
    /// A node or text that the plan must have, so that the entry tests what it is there for.
    let has: [String]
    var settings: [String] = []
    var outside = false
    let sql: String
    var description: String { name }
  }

  init() throws {
    database = try TestDatabase.make()
    connection = try database.connect()
    try connection.script(
      """
      SET jit = off;
      CREATE TABLE big (id int, k int, t text);
      INSERT INTO big SELECT i, i % 1000, md5(i::text) FROM generate_series(1, 30000) i;
      CREATE INDEX ON big (k); CREATE INDEX ON big (id);
      CREATE TABLE small (id int PRIMARY KEY, k int);
      INSERT INTO small SELECT i, i % 10 FROM generate_series(1, 100) i;
      CREATE TABLE alone (id int) WITH (parallel_workers = 0);
      INSERT INTO alone SELECT i FROM generate_series(1, 20000) i;
      CREATE TABLE part (id int, k int) PARTITION BY RANGE (id);
      CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (1000);
      CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (1000) TO (2000);
      INSERT INTO part SELECT i, i % 7 FROM generate_series(0, 1999) i;
      CREATE TABLE child (small_id int REFERENCES small ON DELETE CASCADE);
      INSERT INTO child SELECT 1 + i % 100 FROM generate_series(1, 2000) i;
      CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM sum(i) FROM generate_series(1, 2000) i; RETURN coalesce(NEW, OLD); END $$;
      CREATE TRIGGER before_row BEFORE INSERT OR UPDATE ON small FOR EACH ROW EXECUTE FUNCTION pass();
      CREATE TRIGGER after_row AFTER INSERT OR UPDATE ON small FOR EACH ROW EXECUTE FUNCTION pass();
      CREATE TRIGGER before_all BEFORE UPDATE ON small EXECUTE FUNCTION pass();
      CREATE TRIGGER before_part BEFORE INSERT ON part FOR EACH ROW EXECUTE FUNCTION pass();
      CREATE VIEW small_view AS SELECT * FROM small;
      CREATE TRIGGER instead INSTEAD OF UPDATE ON small_view FOR EACH ROW EXECUTE FUNCTION pass();
      ANALYZE
      """)
  }

  static let parallel = [
    "parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0",
    "min_parallel_index_scan_size = 0", "max_parallel_workers_per_gather = 2",
  ]

  /// The plan of an entry as it ran, and the server's document. Everything is rolled back.
  func document(_ entry: Entry) throws -> PlanDocument {
    try connection.rolledBackTransaction {
      for setting in entry.settings { try connection.execute("SET LOCAL \(setting)") }
      let json: String = try connection.query(
        "EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) \(entry.sql)")[0].decode(0)
      guard var document = try PlanDocument.read(json) else { throw PlanMismatch(name: "Plan") }
      try PlanCatalog.mark(&document.triggers, connection)
      PlanShares.mark(&document, tableRows: try PlanCatalog(document.root, [], connection).rows)
      return document
    }
  }

  static let entries = reads + processes + changes

  private static let reads = [
    Entry(
      name: "an InitPlan read in a filter", has: ["InitPlan 1"],
      sql: "SELECT * FROM small WHERE k = (SELECT count(*) % 10 FROM big WHERE t LIKE '%a%')"),
    Entry(
      name: "an InitPlan read by an index", has: ["InitPlan 1", "Index"],
      sql: "SELECT * FROM big WHERE id = (SELECT count(*) FROM big b WHERE b.t LIKE '%a%')"),
    Entry(
      name: "an InitPlan read by the inner side of a nested loop", has: ["InitPlan 1", "Nested Loop"],
      settings: ["enable_hashjoin = off", "enable_mergejoin = off", "enable_material = off", "enable_seqscan = off"],
      sql: """
        SELECT count(*) FROM small s JOIN big b ON b.id = s.id + (SELECT count(*) FROM big WHERE t LIKE '%a%')
        """),
    Entry(
      name: "an InitPlan in the output", has: ["InitPlan 1", "Sort"],
      sql: "SELECT id, (SELECT count(*) FROM big WHERE t LIKE '%b%') AS n FROM small ORDER BY k"),
    Entry(
      name: "an InitPlan of a LIMIT", has: ["InitPlan 1", "Limit"],
      sql: "SELECT id FROM small LIMIT (SELECT count(*) % 3 FROM big WHERE t LIKE '%b%')"),
    Entry(
      name: "InitPlans that read each other", has: ["InitPlan 2"],
      sql: """
        SELECT (SELECT count(*) FROM big WHERE t LIKE '%a%' AND k > (SELECT count(*) / 1000 FROM big WHERE t LIKE '%b%'))
        FROM small
        """),
    Entry(
      name: "a SubPlan in a filter", has: ["SubPlan 1"],
      sql: "SELECT * FROM small s WHERE 5 < (SELECT count(*) FROM big b WHERE b.k = s.k AND b.t LIKE '%a%')"),
    Entry(
      name: "a SubPlan in the output", has: ["SubPlan 1"],
      sql: "SELECT (SELECT count(*) FROM big b WHERE b.k = s.k) FROM small s"),
    Entry(
      name: "a hashed SubPlan", has: ["hashed SubPlan 1"],
      sql: "SELECT count(*) FROM small WHERE id NOT IN (SELECT k FROM big WHERE t LIKE '%a%')"),
    Entry(
      name: "a common table that is read twice", has: ["CTE Scan"],
      sql: "WITH a AS MATERIALIZED (SELECT * FROM big) SELECT count(*) FROM a JOIN a b ON a.id = b.id WHERE a.k < 5"),
    Entry(
      name: "a common table that another reads", has: ["CTE Scan"],
      sql: """
        WITH a AS MATERIALIZED (SELECT * FROM big), b AS MATERIALIZED (SELECT k, count(*) n FROM a GROUP BY k)
        SELECT * FROM b WHERE n > 1 UNION ALL SELECT 1, count(*) FROM a
        """),
    Entry(
      name: "a recursive union", has: ["Recursive Union"],
      sql: "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 500) SELECT sum(n) FROM r"),
    Entry(name: "an Append of partitions", has: ["Append"], sql: "SELECT count(*) FROM part WHERE k = 3"),
    Entry(
      name: "a cache of a nested loop", has: ["Memoize"],
      settings: ["enable_hashjoin = off", "enable_mergejoin = off", "enable_seqscan = off"],
      sql: "SELECT count(*) FROM big b JOIN small s ON s.id = b.k WHERE b.id < 5000"),
    Entry(
      name: "a Materialize that is read again", has: ["Materialize"],
      settings: ["enable_hashjoin = off", "enable_mergejoin = off"],
      sql: "SELECT count(*) FROM small a JOIN small b ON a.k < b.k"),
    Entry(
      name: "nodes that were never run", has: ["Result"],
      sql: "SELECT count(*) FROM big JOIN small s USING (id) WHERE (SELECT false) AND s.k = 3"),
    Entry(name: "a LIMIT that ends early", has: ["Limit"], sql: "SELECT * FROM big WHERE t LIKE '%a%' LIMIT 3"),
    Entry(
      name: "very many executions", has: ["Nested Loop"],
      settings: [
        "enable_hashjoin = off", "enable_mergejoin = off", "enable_material = off", "enable_memoize = off",
        "enable_seqscan = off",
      ], sql: "SELECT count(*) FROM big b JOIN small s ON s.id = b.k % 100"),
    Entry(
      name: "BitmapOr", has: ["BitmapOr"], settings: ["enable_seqscan = off", "enable_indexscan = off"],
      sql: "SELECT count(t) FROM big WHERE k = 3 OR id < 200"),
    Entry(
      name: "JIT", has: [], settings: ["jit = on", "jit_above_cost = 0", "jit_optimize_above_cost = 0"],
      sql: "SELECT k % 3, sum(id) FROM big WHERE t > 'a' GROUP BY 1"),
  ]

  private static let processes = [
    Entry(
      name: "Gather", has: ["Gather"], settings: parallel, sql: "SELECT count(*) FROM big WHERE t LIKE '%a%'"),
    Entry(
      name: "Gather Merge", has: ["Gather Merge"], settings: parallel, sql: "SELECT * FROM big ORDER BY t"),
    Entry(
      name: "a Gather that is run several times", has: ["Gather", "Nested Loop"],
      settings: parallel + ["enable_hashjoin = off", "enable_mergejoin = off", "enable_material = off"],
      sql: """
        SELECT * FROM (VALUES (1), (2), (3)) v(n)
        LEFT JOIN (SELECT count(*) c FROM big WHERE t LIKE '%a%') x ON x.c > v.n
        """),
    Entry(
      name: "a parallel hash", has: ["Parallel Hash"], settings: parallel,
      sql: "SELECT count(*) FROM big a JOIN big b ON a.id = b.id WHERE a.t > b.t"),
    Entry(
      name: "a bitmap that one process makes for all", has: ["Bitmap Index Scan", "Gather"],
      settings: parallel + ["enable_seqscan = off", "enable_indexscan = off"],
      sql: "SELECT count(t) FROM big WHERE k < 300 AND t LIKE '%a%'"),
    Entry(
      name: "a scan that one process runs while others work", has: ["Parallel Append", "Seq Scan"], settings: parallel,
      sql: "SELECT count(*) FROM (SELECT id FROM big UNION ALL SELECT id FROM alone) u"),
    Entry(
      name: "a hash that each process makes", has: ["Gather", "Hash"],
      settings: parallel + ["enable_parallel_hash = off", "enable_mergejoin = off", "enable_nestloop = off"],
      sql: "SELECT count(*) FROM big b JOIN small s ON s.id = b.k"),
    Entry(
      name: "an InitPlan that a Gather computes", has: ["InitPlan 1", "Gather"], settings: parallel,
      sql: "SELECT count(*) FROM big WHERE k > (SELECT count(*) % 10 FROM small) AND t LIKE '%a%'"),
    Entry(
      name: "no worker was free", has: ["Gather"], settings: parallel + ["max_parallel_workers = 0"],
      sql: "SELECT count(*) FROM big WHERE t LIKE '%a%'"),
    Entry(
      name: "JIT in several processes", has: ["Gather"],
      settings: parallel + ["jit = on", "jit_above_cost = 0", "jit_optimize_above_cost = 0"],
      sql: "SELECT k % 3, sum(id) FROM big WHERE t > 'a' GROUP BY 1"),
  ]

  private static let changes = [
    Entry(name: "triggers before and after", has: ["Update"], sql: "UPDATE small SET k = k + 1"),
    Entry(name: "a trigger instead of an update", has: ["Update"], sql: "UPDATE small_view SET k = 1 WHERE id < 20"),
    Entry(
      name: "triggers of partitions", has: ["Insert"],
      sql: "INSERT INTO part SELECT i, 1 FROM generate_series(1, 100) i"),
    Entry(name: "a foreign key that cascades", has: ["Delete"], sql: "DELETE FROM small WHERE id < 50"),
    Entry(
      name: "a common table that changes rows and is not read", has: ["Insert"], outside: true,
      sql: "WITH a AS (INSERT INTO small SELECT i, 1 FROM generate_series(200, 250) i RETURNING id) SELECT 1"),
    Entry(
      name: "a common table that changes rows and is read", has: ["Update", "CTE Scan"],
      sql: "WITH a AS (UPDATE small SET k = 1 WHERE id < 9 RETURNING id) SELECT count(*) FROM a"),
  ]
}

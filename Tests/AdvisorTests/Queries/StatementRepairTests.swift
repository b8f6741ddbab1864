import Failures
import Postgres
import Support
import Testing

@testable import Advisor

@Suite("Statements that the server's statistics broke")
struct StatementRepairTests {
  private func repaired(_ text: String, version: Int = 15_00_00) throws -> String {
    StatementRepair.text(of: try Statement(text), serverVersion: version)
  }

  @Test(
    "a typed literal becomes a cast",
    arguments: [
      "SELECT interval $1": "SELECT $1::interval",
      "SELECT now() - INTERVAL  $2 FROM a": "SELECT now() - $2::INTERVAL FROM a",
      "SELECT date $1, time $2, timestamp $3": "SELECT $1::date, $2::time, $3::timestamp",
      "SELECT timestamp(3) with time zone $1": "SELECT $1::timestamp(3) with time zone",
      "SELECT time without time zone $1": "SELECT $1::time without time zone",
      "SELECT interval $1 day to hour": "SELECT $1::interval day to hour",
      "SELECT x FROM a WHERE b IN (uuid $1,uuid $2)": "SELECT x FROM a WHERE b IN ($1::uuid,$2::uuid)",
      "SELECT jsonb /* why */ $1": "SELECT $1::jsonb",
      "(SELECT interval $1)": "(SELECT $1::interval)",
    ])
  func typedLiterals(text: String, expected: String) throws {
    #expect(try repaired(text) == expected)
  }

  @Test(
    "everything else stays as it is, to the byte",
    arguments: [
      "SELECT 'interval $1', $1", "SELECT \"interval\" = $1", "SELECT a.date = $1 FROM a", "SELECT $1::interval",
      "SELECT 1 -- interval $1\n + 2", "SELECT $$ interval $1 $$", "SELECT cast($1 AS date)", "SELECT x LIKE $1",
      "SELECT extract(year FROM $1::date)", "SELECT date '2024-01-01'", "SELECT a /* date $1 */  + $2 FROM  b",
      "SELECT interval", "SELECT numeric(10", "VALUES ($1, $2)", "SELECT E'\\' interval $1'",
    ])
  func untouched(text: String) throws {
    #expect(try repaired(text) == text)
  }

  @Test("the field of extract becomes the function's argument")
  func extraction() throws {
    let text = "SELECT EXTRACT($1 FROM held_at), 1"
    #expect(try repaired(text) == #"SELECT pg_catalog."extract"($1::text, held_at), 1"#)
    #expect(try repaired(text, version: 13_00_00) == "SELECT pg_catalog.date_part($1::text, held_at), 1")
  }

  @Test("what the server itself normalised is explained by its id")
  func onTheServer() throws {
    let seats = try SeatDatabase()
    for (number, sql) in Self.broken.enumerated() {
      let id = try seats.run(sql, findBy: "broken_\(number + 1)")
      let text = try SlowQueries(seats.connection).text(of: id)
      #expect(text.contains("$1"))
      let explanation = try seats.explain(text)
      #expect(explanation.isGeneric)
      #expect(explanation.statement == text)
      #expect(explanation.plan.all.contains { $0.relation == "seat" })
    }
  }

  private static let broken = [
    "SELECT id AS broken_1 FROM seat WHERE held_at > now() - interval '1 day'",
    "SELECT id AS broken_2 FROM seat WHERE held_at > timestamp with time zone '2024-01-01 00:00:00+00'",
    "SELECT id AS broken_3 FROM seat WHERE held_at > date '2024-01-01' AND status = 'LOCKED' LIMIT 3",
    "SELECT id AS broken_4 FROM seat WHERE held_at::time > time '10:00' OR held_at < timestamp(3) '2024-01-01'",
    "SELECT extract(year FROM held_at) AS broken_5 FROM seat WHERE extract(month FROM held_at) = 1 LIMIT 1",
    "SELECT id AS broken_6 FROM seat WHERE held_at > now() - interval '3' day - interval '04:05' hour to minute",
    "SELECT id AS broken_7 FROM seat WHERE (jsonb '{\"a\": 1}') @> jsonb '{}' AND id = ANY ('{1,2}')",
    "SELECT id AS broken_8 FROM seat WHERE status LIKE 'UN%' AND id BETWEEN 1 AND 5 ORDER BY held_at OFFSET 2",
    "SELECT id AS broken_9, CASE WHEN status = 'x' THEN 'a' ELSE 'b' END FROM seat WHERE option_id IN (1, 2, 3)",
  ]
}

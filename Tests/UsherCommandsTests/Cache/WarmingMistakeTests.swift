import Support
import Testing

@Suite("A query that a cache cannot be warmed with")
struct WarmingMistakeTests {
  @Test(
    "is the input's fault, with the cache, the place and what it must be",
    arguments: [
      "SELECT 1 AS value", "SELECT NULL::text AS key, 'x' AS value", "SELECT 'concertOption::1' AS key, NULL AS value",
      "SELEC 1", "SELECT nothing AS key, 'x' AS value FROM concert",
      "UPDATE concert SET name = 'x' RETURNING 'concertOption::1' AS key, 'x' AS value",
    ])
  func told(sql: String) throws {
    let shop = try Shop()
    try shop.write(
      """
      current-context: sale
      contexts:
        sale: { redis: "\(shop.server.url)", postgres: "\(shop.database.conninfo)" }
      caches:
        concertOption:
          prefix: "concertOption::"
          warm: { sql: "\(sql)" }

      """)
    for words in [["--dry-run"], ["--yes"]] {
      let run = try shop.run(["cache", "warm", "concertOption"] + words)
      #expect(run.status == 65, "\(run.errors)")
      #expect(run.errors.hasPrefix("usher: cannot warm cache 'concertOption' with its query\n"), "\(run.errors)")
      #expect(
        run.errors.contains("hint: correct warm.sql of the cache at \(shop.configPath):7:18: a SELECT"), "\(run.errors)"
      )
    }
  }
}

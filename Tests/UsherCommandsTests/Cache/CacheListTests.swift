import Support
import Testing

@Suite("cache list")
struct CacheListTests {
  @Test("gives an array with cache and keys, in the order of the file")
  func json() throws {
    let program = try CacheProgram()
    try program.fill(1_500, others: ["concerts::SimpleKey []", "other"])
    let run = try program.run("cache", "list", "-o", "json")
    #expect(run.status == 0)
    let rows = run.output.matches(of: #/"cache": "([^"]*)", "keys": (\d+)/#).map { ($0.1, $0.2) }
    #expect(rows.map(\.0) == ["concerts", "concertOption", "greedy"])
    #expect(rows.map(\.1) == ["1", "1500", "0"])
    #expect(!run.output.contains("estimated_bytes"))
  }

  @Test("says for how many entries an estimate stands")
  func sample() throws {
    let program = try CacheProgram()
    try program.fill(300)
    let run = try program.run("cache", "list", "--sample", "-o", "json")
    #expect(run.status == 0)
    #expect(run.output.contains("\"sampled_keys\": 20"))
    #expect(run.output.contains("\"sampled_keys\": 0"))
    #expect(try #require(run.output.firstMatch(of: #/"estimated_bytes": (\d+)/#)).1 != "0")
  }

  @Test("without a server exits 69, and names the address")
  func noServer() throws {
    let program = try CacheProgram()
    program.server.crash()
    let run = try program.run("cache", "list")
    #expect(run.status == 69)
    #expect(run.errors.contains("Redis"))
  }
}

import Support
import Testing

@Suite("usher outbox status")
struct OutboxStatusTests {
  @Test("prints what scripts rely on, null where nothing waits")
  func status() throws {
    let program = try OutboxProgram()
    let empty = try program.run("outbox", "status", "-o", "json")
    #expect(empty.status == 0)
    try Snapshot.match(empty, "outbox-status-empty")
    try program.fill(20)
    try program.connection.execute("UPDATE outbox_event SET status = 'PUBLISHED' WHERE id % 2 = 0")
    let run = try program.run("outbox", "status", "-o", "jsonl")
    for part in [#""init":8"#, #""published":10"#, #""fail":2"#, #""retry":0"#, #""oldest_unpublished_ms":8"#] {
      #expect(run.output.filter({ !$0.isWhitespace }).contains(part), "\(part) in \(run.output)")
    }
    let types = try program.run("outbox", "status", "--by-type", "-o", "csv")
    #expect(types.output.hasPrefix("type,init,published,fail,retry,other,oldest_unpublished_ms"))
    #expect(types.output.contains("Reserved,6,7,1,0,0,"))
  }

  @Test("without an outbox in the configuration it says where to describe one")
  func unconfigured() throws {
    let database = try TestDatabase.make()
    let run = try Binary.run(["outbox", "status"], environment: ["USHER_POSTGRES": database.conninfo])
    #expect(run.status == 78)
    #expect(run.errors.contains("no outbox is configured"))
  }
}

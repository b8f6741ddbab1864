import Redis
import Support
import Testing

@Suite("usher queue unpark")
struct QueueUnparkTests {
  @Test("people who are set aside go back to the key that they came from, or nowhere")
  func otherKeys() throws {
    let program = try QueueProgram()
    try program.enqueue(3)
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let path = try program.file("queues:\n  tickets: {preset: set-ttl, waiting: elsewhere, active: active}\n")
    let parking = try program.newestOperation()
    for words in [["queue", "unpark", parking, "--yes"], ["undo", "--last", "--yes"]] {
      let run = try Binary.run(["--config", path] + words, environment: program.environment)
      #expect(run.status == 78 && run.errors.contains("'elsewhere'"), "\(run.errors)")
    }
    #expect(try program.redis.command("EXISTS", "elsewhere") == .integer(0))
    #expect(try program.run("queue", "unpark", "--yes").status == 0)
    #expect(try program.waitingCount() == 3)
  }
}

import Redis
import Support
import Testing

@Suite("which queue a command is about")
struct QueueOptionTests {
  @Test("of several queues status shows all, and admit asks for one")
  func severalQueues() throws {
    let program = try QueueProgram("preset: set-ttl}\n  vip: {preset: zset-expiry, waiting: vip, active: vip-active")
    try program.enqueue(4)
    try program.redis.command("ZADD", "vip", "1700000000000", "v")
    let all = try program.run("queue", "status", "-o", "csv")
    #expect(all.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } } == ["tickets", "vip"])
    let unclear = try program.run("queue", "admit", "1", "--yes")
    #expect(unclear.status == 64)
    #expect(unclear.errors.contains("--queue NAME") && unclear.errors.contains("tickets, vip"))
    #expect(try program.run("queue", "admit", "1", "--queue", "vip", "--yes").status == 0)
    #expect(try program.redis.command("ZRANGE", "vip-active", "0", "-1").array.first?.string == "v")
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.redis.command("ZSCORE", "vip", "v").string == "1700000000000")
  }

  @Test("without a configured queue there is a hint how to describe one")
  func noQueue() throws {
    let server = try TestRedis.make()
    let run = try Binary.run(["queue", "status"], environment: ["USHER_REDIS": server.url, "HOME": "/nonexistent"])
    #expect(run.status == 78)
    #expect(run.errors.contains("queues:"), "\(run.errors)")
  }
}

import Glibc
import Redis
import Sandbox
import Support
import Testing

/// Several queues of which one cannot be read, and a Redis that goes and comes back.
@Suite("usher queue status in trouble")
struct QueueStatusTroubleTests {
  private func program(settings: [String] = []) throws -> QueueProgram {
    let program = try QueueProgram(
      more:
        "  broken: {preset: set-ttl, waiting: w2, active: a2}\n  zebra: {preset: set-ttl, waiting: w3, active: a3}\n",
      settings: settings)
    try program.enqueue(12)
    try program.redis.command("SET", "w2", "text")
    return program
  }

  private static let reason =
    "queue 'broken': the key 'w2' holds a string, but queue 'broken' keeps its waiting people in a sorted set"

  @Test("shows the good queues, names the bad one, and ends with 1", arguments: ["table", "json", "jsonl", "csv"])
  func several(format: String) throws {
    let run = try program().run("queue", "status", "-o", format)
    #expect(run.status == 1)
    #expect(run.output.contains("tickets") && run.output.contains("zebra") && !run.output.contains("broken"), "\(run)")
    #expect(run.errors.hasPrefix("usher: 1 of 3 queues cannot be read\n  cause: \(Self.reason)\n"), "\(run.errors)")
    if format == "json" {
      let list = try #require(try JSONValue(parsing: run.output).list)
      #expect(list.map { $0["queue"]?.text } == ["tickets", "zebra"])
      #expect(list[0]["waiting"]?.number == 12)
    }
  }

  @Test("of the bad queue alone is the error that it was, and status shows the others beside it")
  func alone() throws {
    let program = try program()
    let run = try program.run("queue", "status", "--queue", "broken")
    #expect(run.status == 65)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("usher: the key 'w2' holds a string"))
    #expect(try program.run("queue", "status", "--queue", "tickets").status == 0)
    let all = try program.run("status")
    #expect(all.status == 1)
    #expect(all.output.contains("tickets") && all.output.contains("12 waiting") && all.output.contains("zebra"))
  }

  @Test("with none that can be read is an empty array, and an error")
  func none() throws {
    let program = try program()
    try program.redis.command("DEL", "waiting")
    for key in ["waiting", "w3"] { try program.redis.command("SET", RedisArgument(key), "x") }
    let run = try program.run("queue", "status", "-o", "json")
    #expect(run.status == 1)
    #expect(run.output == "[]\n")
    #expect(run.errors.hasPrefix("usher: 3 of 3 queues cannot be read\n"))
    #expect(try program.run("queue", "status").output.isEmpty)
  }

  @Test("--watch says once that a queue cannot be read, or that Redis is away, and goes on when it is back")
  func watch() throws {
    let program = try program(settings: TestRedis.durable("watch"))
    let base = "/tmp/usher-watch-\(getpid())-\(UInt32.random(in: .min ... .max))"
    let (output, errors) = (base + ".out", base + ".err")
    defer { for path in [output, errors] { unlink(path) } }
    var command = ChildCommand(
      try Binary.path(), ["queue", "status", "--watch", "100ms", "-o", "jsonl"], environment: program.environment)
    command.isSessionLeader = true
    command.output = .appending(output)
    command.error = .appending(errors)
    let child = try command.spawn()
    func lines() throws -> Int { try SourceFiles.text(of: output).split(separator: "\n").count }
    func wait(_ what: String, _ isSo: () throws -> Bool) throws {
      while try !isSo() {
        try #require(child.poll() == nil, "it ended before \(what)")
        usleep(2000)
      }
    }
    try wait("it looked twice") { try access(output, F_OK) == 0 && lines() >= 4 }
    program.server.crash()
    try wait("it missed Redis") { try SourceFiles.text(of: errors).contains("looking again") }
    try program.server.restart()
    let before = try lines()
    try wait("it went on") { try lines() >= before + 4 }
    try program.redis.reconnect()
    try program.redis.command("DEL", "w2")
    try wait("all was well") { try SourceFiles.text(of: errors).contains("all queues can be read again") }
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(0))
    let said = try SourceFiles.text(of: errors)
    let bad = "warning: queue 'broken' cannot be read: the key 'w2' holds a string"
    // Once at the beginning, and once after the outage.
    #expect(said.split(separator: "\n").count { $0.hasPrefix(bad) } == 2, "\(said)")
    #expect(said.split(separator: "\n").count { $0.contains("looking again") } <= 3, "\(said)")
  }
}

import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("usher queue")
struct QueueCommandTests {
  @Test("status prints what scripts rely on, null where something is unknown")
  func statusAsJSON() throws {
    let program = try QueueProgram()
    let empty = try program.run("queue", "status", "-o", "json")
    #expect(empty.status == 0)
    try Snapshot.match(empty, "queue-status-empty")
    try program.enqueue(18)
    try program.redis.command("SADD", "active", "a", "b")
    try program.redis.command("EXPIRE", "active", "300")
    let run = try program.run("queue", "status", "-o", "jsonl", "--queue", "tickets")
    #expect(run.errors == "")
    for part in [
      "\"queue\":", "\"tickets\"", "\"waiting\":", "18", "\"active\":", "\"capacity\":", "2500", "\"oldest_wait_ms\":",
    ] {
      #expect(run.output.contains(part), "\(part) in \(run.output)")
    }
  }

  @Test("admit shows its plan, carries it out, and undo takes it back to the letter")
  func admitAndUndo() throws {
    let program = try QueueProgram()
    try program.enqueue(1204)
    let before = try program.line()
    try Snapshot.match(try program.run("queue", "admit", "420", "--dry-run"), "queue-admit-plan")
    #expect(try program.line() == before)
    try Snapshot.match(try program.run("queue", "admit", "420", "--yes"), "queue-admit")
    #expect((try program.waitingCount(), try program.activeCount()) == (784, 420))
    #expect(try program.redis.command("TTL", "active").integer > 0)
    try Snapshot.match(try program.run("undo", "--last", "--dry-run"), "queue-undo-plan")
    try Snapshot.match(try program.run("undo", "--last", "--yes"), "queue-undo")
    #expect(try program.line() == before)
    #expect(try program.activeCount() == 0)
    let again = try program.run(
      "undo", try program.operations()[0], "--yes")
    #expect(again.status == 77)
  }

  @Test("admit reports an object that scripts can read, and fills up to the capacity by itself")
  func admitAsJSON() throws {
    let program = try QueueProgram("preset: zset-expiry, waiting: waiting, active: active, capacity: 50")
    try program.enqueue(120)
    try Snapshot.match(try program.run("queue", "admit", "--yes", "-o", "json"), "queue-admit-json")
    #expect(try program.redis.command("ZCARD", "active") == .integer(50))
    try Snapshot.match(try program.run("queue", "admit", "--yes"), "queue-admit-full")
    try Snapshot.match(try program.run("queue", "admit", "--fill-to", "53", "-q", "--yes"), "queue-admit-quiet")
    #expect(try program.redis.command("ZCARD", "active") == .integer(53))
  }

  @Test("without consent, or beyond the bound, nothing changes")
  func refusals() throws {
    let program = try QueueProgram()
    try program.enqueue(10)
    #expect(try program.run("queue", "admit", "5").status == 77)
    #expect(try program.run("queue", "admit", "5", "--yes", "--max-affected", "4").status == 77)
    #expect(try program.run("queue", "admit", "5", "--yes", "--max-affected", "5").status == 0)
    #expect(try program.waitingCount() == 5)
  }

  @Test(
    "a count that is none, a count twice, or a queue that is none, is wrong usage",
    arguments: [
      ["0"], ["-1"], ["many"], ["99999999999999999999"], ["5", "--fill-to", "5"], ["5", "--queue", "x"], ["5", "6"],
    ])
  func usage(words: [String]) throws {
    let program = try QueueProgram()
    let run = try Binary.run(["queue", "admit", "--yes"] + words, environment: program.environment)
    #expect(run.status == 64, "\(run.errors)")
    #expect(run.output == "")
  }

  @Test("a number that is missing, because the queue has no capacity, is wrong usage")
  func noCapacity() throws {
    let program = try QueueProgram("preset: set-ttl")
    let run = try program.run("queue", "admit", "--yes")
    #expect(run.status == 64)
    #expect(run.errors.contains("`usher queue admit 420 --queue tickets`"))
  }

  @Test("a key of the wrong type is bad input, and no server is unavailable")
  func badStores() throws {
    let program = try QueueProgram()
    try program.redis.command("SET", "waiting", "x")
    let run = try program.run("queue", "status")
    #expect(run.status == 65)
    #expect(run.errors.contains("the key \"waiting\" holds a string"))
    #expect(try program.run("queue", "admit", "5", "--yes").status == 65)
    var environment = program.environment
    environment["USHER_REDIS"] = "/nowhere.sock"
    let away = try Binary.run(["queue", "admit", "5", "--yes"], environment: environment)
    #expect(away.status == 69)
  }

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

  @Test("while another usher changes the queue, a second one is told to try again, and waits if asked")
  func twoUshers() throws {
    let program = try QueueProgram()
    try program.enqueue(10)
    try program.redis.command("SET", "usher:{waiting}:lock", "lee@ops-2 77 abc", "PX", "60000")
    let refused = try program.run("queue", "admit", "5", "--yes")
    #expect(refused.status == 75)
    #expect(refused.errors.contains("lee@ops-2"))
    try program.redis.command("PEXPIRE", "usher:{waiting}:lock", "300")
    #expect(try program.run("queue", "admit", "5", "--yes", "--wait", "30s").status == 0)
    #expect(try program.waitingCount() == 5)
  }

  @Test("killed at any instant, it has counted whom it moved, and undo takes them back")
  func killed() throws {
    let program = try QueueProgram()
    let size = 20_000
    try program.enqueue(size)
    let before = try program.line()
    var middle = 0
    for round in 0..<12 {
      var command = ChildCommand(
        try Binary.path(), ["queue", "admit", "\(size)", "--rate", "100000/s", "--yes", "-q"],
        environment: program.environment)
      command.isSessionLeader = true
      let child = try command.spawn()
      while try program.activeCount() <= round * 1500, child.poll() == nil { usleep(100) }
      kill(child.pid, SIGKILL)
      child.wait()
      let active = try program.activeCount()
      #expect(try program.waitingCount() + active == size)
      try program.redis.command("DEL", "usher:{waiting}:lock")
      if active < size { middle += 1 }
      let operation = try program.newestOperation()
      #expect(
        try program.redis.command("HGET", RedisArgument("usher:{waiting}:operation:\(operation)"), "changed").integer
          == active)
      #expect(try program.run("undo", operation, "--yes", "-q").status == 0)
      #expect(try program.line() == before)
      #expect(try program.activeCount() == 0)
    }
    #expect(middle > 0, "no round hit the middle of an admission")
  }

  @Test("a first Ctrl-C ends it after the batch in hand, with status 130 and what was done")
  func interrupted() throws {
    let program = try QueueProgram()
    try program.enqueue(3000)
    var command = ChildCommand(
      try Binary.path(), ["queue", "admit", "3000", "--rate", "1000/s", "--yes"], environment: program.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    while try program.activeCount() == 0 { usleep(2000) }
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(130))
    let active = try program.activeCount()
    #expect((1..<3000).contains(active))
    #expect(try program.waitingCount() == 3000 - active)
    let record = RedisArgument("usher:{waiting}:operation:\(try program.newestOperation())")
    #expect(try program.redis.command("HGET", record, "state").string == "interrupted")
    #expect(try program.redis.command("EXISTS", "usher:{waiting}:lock") == .integer(0))
  }
}

import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("usher queue admit")
struct QueueAdmitTests {
  @Test("admit shows its plan, carries it out, and undo takes it back to the letter")
  func admitAndUndo() throws {
    let program = try QueueProgram()
    try program.enqueue(1204)
    let before = try program.line()
    try Snapshot.match(try program.run("queue", "admit", "420", "--dry-run"), "queue-admit-plan")
    #expect(try program.line() == before)
    try Snapshot.match(
      try program.run("queue", "admit", "420", "--yes"),
      output: "admitted 420 of 1,204; undo with: usher undo <operation>")
    #expect((try program.waitingCount(), try program.activeCount()) == (784, 420))
    #expect(try program.redis.command("TTL", "active").integer > 0)
    try Snapshot.match(try program.run("undo", "--last", "--dry-run"), "queue-undo-plan")
    try Snapshot.match(
      try program.run("undo", "--last", "--yes"), output: "returned 420 of 420 to the waiting room; an undo is final")
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
    try Snapshot.match(
      try program.run("queue", "admit", "--yes"),
      output: "nothing to do: 50 are active already, and the queue is filled to 50")
    try Snapshot.match(try program.run("queue", "admit", "--fill-to", "53", "-q", "--yes"))
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

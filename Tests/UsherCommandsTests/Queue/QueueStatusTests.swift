import Redis
import Support
import Testing

@Suite("usher queue status")
struct QueueStatusTests {
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

  @Test("status tells of a pause and of those who were set aside")
  func pauseAndAside() throws {
    let program = try QueueProgram()
    try program.enqueue(3)
    try program.redis.command("SET", "usher:{waiting}:paused", "1", "PX", "600000")
    try program.redis.command("HSET", "usher:{waiting}:parked", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "1")
    try program.redis.command("ZADD", "usher:{waiting}:parked:01ARZ3NDEKTSV4RRFFQ69G5FAV", "1", "a", "2", "b")
    let run = try program.run("queue", "status")
    #expect(run.errors.contains("queue 'tickets' is paused until 20"))
    #expect(run.errors.contains("2 are set aside"))
    let record = try JSONValue(parsing: try program.run("queue", "status", "-o", "jsonl").output)
    #expect(record["aside"]?.number == 2 && record["paused_until"]?.text?.hasSuffix("Z") == true)
  }
}

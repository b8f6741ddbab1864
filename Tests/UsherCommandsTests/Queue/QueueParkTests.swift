import Redis
import Support
import Testing

@Suite("usher queue park")
struct QueueParkTests {
  @Test("park sets everybody aside, unpark and undo give them back, and a word is needed of several")
  func park() throws {
    let program = try QueueProgram()
    try program.enqueue(1204)
    let before = try program.line()
    try Snapshot.match(try program.run("queue", "park", "--dry-run"), "queue-park-plan")
    try Snapshot.match(
      try program.run("queue", "park", "--yes"), output: "set aside 1,204 people; undo with: usher undo <operation>")
    #expect(try program.waitingCount() == 0)
    try Snapshot.match(try program.run("queue", "unpark", "--dry-run"), "queue-unpark-plan")
    try Snapshot.match(
      try program.run("queue", "unpark", "--yes"),
      output: "returned 1,204 people; undo with: usher queue park --queue tickets")
    #expect(try program.line() == before)
    try Snapshot.match(
      try program.run("queue", "unpark", "--yes"), output: "nothing to do: nobody of queue 'tickets' is set aside")
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let first = try program.newestOperation()
    try program.redis.command("ZADD", "waiting", "1800000000000", "late")
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let unclear = try program.run("queue", "unpark", "--yes")
    #expect(unclear.status == 64)
    #expect(unclear.errors.contains("\(first) (1,204)"), "\(unclear.errors)")
    #expect(try program.run("queue", "unpark", "01JD3XJ8V6K2T9Q4M7R5N1C0AB", "--yes").status == 65)
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("returned 1 person"))
    #expect(try program.run("undo", first, "--yes").status == 0)
    #expect(try program.waitingCount() == 1205)
    #expect(try program.run("undo", first, "--yes").status == 77)
    let again = try program.run("queue", "unpark", first, "--yes")
    #expect(again.status == 0 && again.output.hasPrefix("nothing to do: nobody"), "\(again.errors)")
  }
}

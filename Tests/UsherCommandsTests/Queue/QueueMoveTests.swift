import Support
import Testing

@Suite("usher queue move")
struct QueueMoveTests {
  @Test("move shows what the score says afterwards, and undo gives the places back")
  func move() throws {
    let program = try QueueProgram()
    try program.enqueue(9)
    let before = try program.line()
    try Snapshot.match(
      try program.run("queue", "move", "token-7", "token-2", "--to", "front", "--dry-run"), "queue-move-plan")
    try Snapshot.match(
      try program.run("queue", "move", "token-7", "token-2", "--to", "token-3", "--yes"),
      output: "moved 2 of 2 before 'token-3'; undo with: usher undo <operation>")
    #expect(try program.tokens().prefix(5) == ["token-0", "token-1", "token-7", "token-2", "token-3"])
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("restored the positions of 2 of 2"))
    #expect(try program.line() == before)
    let refused = try program.run("queue", "move", "token-7", "--to", "token-4", "--yes")
    try Snapshot.match(refused, "queue-move-refused")
    #expect(try program.run("queue", "move", "token-7", "--to", "nobody", "--yes").status == 65)
    #expect(try program.line() == before)
  }

  @Test("places are not taken back while those who had them are set aside")
  func undoWhileAside() throws {
    let program = try QueueProgram()
    try program.enqueue(5)
    let before = try program.line()
    #expect(try program.run("queue", "move", "token-3", "--to", "front", "--yes").status == 0)
    let move = try program.newestOperation()
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let drain = try program.newestOperation()
    let run = try program.run("undo", move, "--yes")
    #expect(run.status == 77 && run.errors.contains("`usher queue unpark \(drain) --queue tickets`"), "\(run.errors)")
    #expect(try program.run("queue", "unpark", "--yes").status == 0)
    #expect(try program.run("undo", move, "--yes").status == 0)
    #expect(try program.line() == before)
  }
}

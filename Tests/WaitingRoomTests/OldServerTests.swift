import Journal
import Redis
import Support
import Testing

@testable import WaitingRoom

/// Redis 5 and 6.0 know neither SMISMEMBER nor ZMSCORE; a server without these commands stands in for them.
@Suite("a server older than Redis 6.2")
struct OldServerTests {
  static let settings = ["--rename-command", "SMISMEMBER", "", "--rename-command", "ZMSCORE", ""]

  @Test("admits and takes back as a newer one does", arguments: Shape.allCases)
  func works(shape: Shape) throws {
    let queue = try QueueFixture(shape, settings: Self.settings)
    for name in ["SMISMEMBER", "ZMSCORE"] {
      #expect(throws: RedisError.self) { try queue.redis.command(RedisArgument(name), "k", "m") }
    }
    try queue.enqueue(1100)
    try queue.activate("t5", "t600", "x")
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(1000))
    #expect((outcome.changed, outcome.skipped) == (998, 2))
    #expect(try queue.line() == Array(before.dropFirst(1000)))
    try queue.redis.command(shape.leave("t7"))
    let undone = try queue.undo(operation)
    #expect((undone.changed, undone.skipped) == (999, 1))
    #expect(try queue.line() == before.filter { $0.token != "t7" })
    #expect(try queue.active() == ["t5", "t600", "x"])
  }

  @Test("a replica that follows has the same people in the same places")
  func replication() throws {
    let primary = try QueueFixture(settings: ["--port", "0"])
    try primary.enqueue(1500)
    // Effects are replicated, not scripts: an append-only file holds what a replica would be sent.
    try primary.redis.command("CONFIG", "SET", "appendonly", "yes")
    while try primary.redis.information("persistence")["aof_rewrite_in_progress"] != "0" {}
    let (operation, _) = try primary.admit(.count(700))
    try primary.undo(operation)
    try primary.admit(.count(300))
    let (line, active) = (try primary.line(), try primary.active())
    try primary.redis.command("DEBUG", "LOADAOF")
    #expect(try primary.line() == line)
    #expect(try primary.active() == active)
  }
}

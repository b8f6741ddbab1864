import Changes
import Redis
import Support
import Testing

@testable import WaitingRoom

/// Redis 5 and 6.0 know none of these commands; a server without them stands in for the old ones.
@Suite("a server older than Redis 6.2")
struct OldServerTests {
  static let newerCommands = ["SMISMEMBER", "ZINTER", "ZMSCORE", "ZRANGESTORE"]
  static let settings = newerCommands.flatMap { ["--rename-command", $0, ""] }

  @Test("admits and takes back as a newer one does", arguments: Shape.allCases)
  func works(shape: Shape) throws {
    let queue = try QueueFixture(shape, settings: Self.settings)
    for name in Self.newerCommands {
      let error = try #require(throws: RedisError.self) { try queue.redis.command(RedisArgument(name), "k", "m") }
      #expect("\(error)".contains("unknown command"))
    }
    try queue.enqueue(1100)
    try queue.activate("t5", "t600", "x")
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(1000))
    #expect((outcome.changed, outcome.skipped) == (998, 2))
    #expect(try queue.line() == Array(before.dropFirst(1000)))
    try shape.leave("t7", on: queue.redis)
    let undone = try queue.undo(operation)
    #expect((undone.changed, undone.skipped) == (999, 1))
    #expect(try queue.line() == before.filter { $0.token != "t7" })
    #expect(try queue.active() == ["t5", "t600", "x"])
  }

  @Test("admits by the tokens of members and takes back as a newer one does", arguments: Shape.allCases)
  func naming(shape: Shape) throws {
    let queue = try QueueFixture(shape, settings: Self.settings, member: .tokenAndUser, naming: .tokenAndUser)
    try queue.enqueue((0..<700).map { ("t\($0):user", "\($0)") })
    try queue.activate("t5", "x")
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(600))
    #expect((outcome.changed, outcome.skipped) == (599, 1))
    #expect(try queue.active().count == 601)
    #expect(try queue.undo(operation).changed == 600)
    #expect(try queue.line() == before)
    #expect(try queue.active() == ["t5", "x"])
  }

  @Test("keeps a pace as a newer one does", arguments: Shape.allCases)
  func paced(shape: Shape) throws {
    let queue = try QueueFixture(shape, settings: Self.settings)
    try queue.enqueue(300)
    try queue.activate("t5", "t60")
    let before = try queue.line()
    let run = PacedRun(Pace(perSecond: 400), for: .milliseconds(500))
    let (operation, outcome) = try queue.admit(.count(.max), paced: run)
    #expect((outcome.changed, outcome.skipped) == (198, 2))
    #expect(try queue.undo(operation).changed == 200)
    #expect(try queue.line() == before)
  }

  @Test("what the append-only file has, and a replica is sent, leads to the same people in the same places")
  func replication() throws {
    let queue = try QueueFixture(settings: TestRedis.durable("replication"))
    try queue.enqueue(1500)
    let (operation, _) = try queue.admit(.count(700))
    try queue.undo(operation)
    try queue.admit(.count(300))
    let (line, active) = (try queue.line(), try queue.active())
    try queue.server.restart()
    try queue.redis.reconnect()
    #expect(try queue.line() == line)
    #expect(try queue.active() == active)
    #expect(try queue.journal.find(operation)?.changed == 700)
  }
}

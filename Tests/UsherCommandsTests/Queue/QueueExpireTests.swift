import Redis
import Support
import Testing

@Suite("usher queue expire")
struct QueueExpireTests {
  @Test("expire says that it cannot, or takes out whose time is over and gives them back")
  func expire() throws {
    try Snapshot.match(
      try QueueProgram().run("queue", "expire", "--yes"), status: 77,
      errors: """
        usher: cannot remove expired active people of queue 'tickets'
          cause: the set has one time to live for the whole key: no token's own expiry can be read, and Redis removes all tokens together
        """)
    let program = try QueueProgram("preset: zset-expiry, waiting: waiting, active: active")
    try program.redis.command("ZADD", "active", "1", "a", "2", "b", "9999999999999", "c")
    try Snapshot.match(try program.run("queue", "expire", "--dry-run"), "queue-expire-plan")
    #expect(try program.run("queue", "expire", "--yes").output.hasPrefix("removed 2 of 2 expired active people"))
    #expect(try program.redis.command("ZCARD", "active") == .integer(1))
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("returned 2 of 2"))
    #expect(try program.redis.command("ZCARD", "active") == .integer(3))
  }
}

import Changes
import Failures
import Redis
import Support
import Testing

@testable import Caching

/// The walk that the server does by itself: what its record says, and what can come in between.
@Suite("the eviction of one pattern")
struct KeyWalkTests {
  private func stage(settings: [String] = []) throws -> CacheServer { try CacheServer(settings: settings) }

  @Test("is recorded in the step that removes: a server that dies in the middle has lost what its record says")
  func crash() throws {
    let server = try stage(settings: TestRedis.durable("evict"))
    try server.set((0..<6_000).map { "k:\($0)" })
    let plan = try server.eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    let change = try server.begin(plan)
    let process = server.server
    let control = ChangeControl(progress: { done in if done > 1_500 { process.crash() } })
    let broken = #expect(throws: BrokenOffChange.self) {
      try server.eviction.apply(plan, change.with(control))
    }
    let outcome = try #require(broken?.outcome)
    #expect(outcome.failure?.contains("Redis at") == true)
    #expect(outcome.isAtLeast && outcome.changed > 1_500)
    try server.server.restart()
    try server.redis.reconnect()
    let left = try server.keys().count
    #expect((1..<6_000).contains(left))
    #expect(try server.journal.find(change.id)?.changed == 6_000 - left)
    #expect(outcome.changed <= 6_000 - left)
  }

  @Test("frees a full server, past pages in which nothing matches")
  func fullServer() throws {
    let server = try stage()
    try server.set((0..<20_000).map { "other:\($0)" } + (0..<300).map { "k:\($0)" })
    let plan = try server.eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    let change = try server.begin(plan)
    try server.redis.command("CONFIG", "SET", "maxmemory", "1mb")
    #expect(throws: RedisError.self) { try server.redis.command("SET", "x", "y") }
    let outcome = try server.eviction.apply(plan, change)
    #expect(outcome == ChangeOutcome(changed: 300))
    #expect(try server.journal.find(change.id)?.changed == 300)
    #expect(try server.keys().count == 20_000)
  }

  @Test("ends with an error when its record is taken away, and not by beginning again for ever")
  func recordGone() throws {
    let server = try stage()
    try server.set((0..<5_000).map { "k:\($0)" })
    let plan = try server.eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    let change = try server.begin(plan)
    let (url, id) = (server.server.url, change.id)
    let control = ChangeControl(progress: { _ in
      // What a server that evicts keys of any kind may do.
      _ = try? RedisConnection(RedisTarget(url)).command("DEL", RedisArgument(OwnKeys.caches.operation(id)))
    })
    let error = try #require(throws: Failure.self) {
      try server.eviction.apply(plan, change.with(control))
    }
    #expect(error.message.contains("the record of this operation is gone"))
    #expect(try server.redis.command("PING").string == "PONG")
  }

  @Test("survives a server that forgets its scripts in the middle")
  func scriptFlush() throws {
    let server = try stage()
    try server.set((0..<5_000).map { "k:\($0)" } + ["other"])
    let plan = try server.eviction.plan(KeySelection(matching: ["k:*"]), counting: .exactly)
    let change = try server.begin(plan)
    let url = server.server.url
    let control = ChangeControl(progress: { _ in
      _ = try? RedisConnection(RedisTarget(url)).command("SCRIPT", "FLUSH")
    })
    let outcome = try server.eviction.apply(plan, change.with(control))
    #expect(outcome == ChangeOutcome(changed: 5_000))
    #expect(try server.keys() == ["other"])
  }

  @Test("unlinks pages of any size: a table that is shrinking gives many keys at once")
  func largePages() throws {
    let server = try stage()
    try server.set((0..<40_000).map { "k:\($0)" })
    // What is left after a mass deletion lies in a table that is far too large, or is being shrunk: pages vary.
    let thinned = try server.evict(KeySelection(matching: ["k:*[0-8]"]))
    #expect(thinned.outcome.changed == 36_000)
    let rest = try server.evict(KeySelection(matching: ["k:*"]))
    #expect(rest.outcome.changed == 4_000)
    #expect(try server.keys() == [])
  }
}

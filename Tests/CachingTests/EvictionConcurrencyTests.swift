import Changes
import Redis
import Support
import Testing

@testable import Caching

@Suite("An eviction beside the living service")
struct EvictionConcurrencyTests {
  let server: CacheServer

  init() throws { server = try CacheServer() }

  @Test("removes what was there from start to end, and never touches another key, while clients write both")
  func writers() throws {
    let old = (0..<12_000).map { "concertOption::\($0)" }
    try server.set(old)
    try server.set((0..<4_000).map { "session::\($0)" })
    let url = server.server.url
    let sessions = Counter()
    let writers = (0..<2).map { number in
      Background { background in
        let redis = try RedisConnection(try RedisTarget(url))
        var next = 0
        while !background.isStopping {
          try redis.command("SET", "concertOption::new-\(number)-\(next)", "fresh")
          try redis.command("SET", "session::new-\(number)-\(next)", "mine")
          sessions.add()
          next += 1
        }
      }
    }
    let plan = try server.eviction.plan(KeySelection(matching: ["concertOption::*"]), counting: .exactly)
    let outcome = try server.eviction.apply(
      plan, try server.begin(plan))
    for writer in writers { try writer.stop() }
    #expect(plan.count >= old.count)
    #expect(outcome.changed >= old.count)
    #expect(outcome.failed == 0)
    let left = try server.keys()
    #expect(left.filter { $0.hasPrefix("session::") }.count == 4_000 + sessions.value)
    #expect(Set(left).isDisjoint(with: Set(old)))
  }

  @Test("counts each key once though another client evicts the same ones")
  func rivals() throws {
    try server.set((0..<10_000).map { "k:\($0)" })
    let url = server.server.url
    let rivalsCount = Counter()
    let rival = Background { _ in
      let redis = try RedisConnection(try RedisTarget(url))
      for number in stride(from: 0, to: 10_000, by: 3) {
        rivalsCount.add(try redis.command("UNLINK", "k:\(number)").integer)
      }
    }
    let done = try server.evict(KeySelection(matching: ["k:*"]), counting: .bySample)
    try rival.stop()
    #expect(done.outcome.changed + rivalsCount.value == 10_000)
    #expect(done.record?.changed == done.outcome.changed)
    #expect(try server.keys() == [])
  }

  @Test("goes on while keys expire under it")
  func expiry() throws {
    for number in 0..<6_000 {
      try server.redis.append(["SET", "k:\(number)", "x", "PX", RedisArgument(number.isMultiple(of: 2) ? 1 : 600_000)])
    }
    for _ in 0..<6_000 { _ = try server.redis.nextReply() }
    let done = try server.evict(KeySelection(matching: ["k:*"]))
    #expect(done.outcome.changed >= 3_000)
    #expect(try server.keys() == [])
  }
}

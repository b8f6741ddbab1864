import Redis
import Support
import Testing

@Suite("The caches of the sandbox")
struct CacheSandboxTests {
  @Test("warmed after an eviction hold, byte for byte, what the service had put there")
  func warmedAsSeeded() throws {
    let home = SandboxCommandTests.Home()
    #expect(try home.run("sandbox", "start", "-q").status == 0)
    let redis = try RedisConnection(try RedisTarget("unix://\(home.directory)/run/redis.sock"))
    func entries() throws -> [String: [UInt8]] {
      let keys = try redis.command("KEYS", "concert*").array.map { try $0.string }
      return try Dictionary(uniqueKeysWithValues: keys.map { ($0, try redis.command("GET", RedisArgument($0)).bytes) })
    }
    let seeded = try entries()
    #expect(seeded.count == 11)
    #expect(try home.run("cache", "evict", "--all", "--yes").status == 0)
    #expect(try entries().isEmpty)
    #expect(try home.run("cache", "warm", "concerts", "concertOption", "--yes").status == 0)
    #expect(try entries() == seeded)
  }
}

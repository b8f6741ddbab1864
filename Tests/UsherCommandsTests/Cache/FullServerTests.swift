import Support
import Testing

@Suite("A Redis that is full")
struct FullServerTests {
  /// A shop whose Redis is over its limit and evicts nothing: whatever could need memory is refused.
  private func shop() throws -> Shop {
    let shop = try Shop()
    try shop.redis.command("CONFIG", "SET", "maxmemory", "1")
    return shop
  }

  @Test("is helped by an eviction, which is recorded there like any other")
  func evicts() throws {
    let shop = try shop()
    let evicted = try shop.json(["cache", "evict", "concertOption", "--yes", "--reason", "full"])
    #expect(evicted["changed"]?.number == 4)
    let record = try #require(try shop.json(["history"]).list?.first)
    #expect(record["operation"] == evicted["operation"])
    #expect((record["state"]?.text, record["changed"]?.number, record["reason"]?.text) == ("done", 4, "full"))
    #expect(try shop.redis.command("KEYS", "usher:*:lock").array.isEmpty)
    #expect(try shop.redis.command("KEYS", "concertOption*").array.isEmpty)
  }

  @Test("is helped while another eviction that died there is still in its history")
  func afterADeath() throws {
    let shop = try shop()
    #expect(try shop.usher("cache", "evict", "concerts", "--yes").status == 0)
    let id = try #require(try shop.json(["history"]).list?.first?["operation"]?.text)
    try shop.redis.command("CONFIG", "SET", "maxmemory", "0")
    try shop.redis.command(
      "HSET", "usher:{caches}:operation:\(id)", "state", "started", "target", "cache concertOption")
    try shop.redis.command("CONFIG", "SET", "maxmemory", "1")
    #expect(try shop.usher("cache", "evict", "concertOption", "--yes").status == 0)
    #expect(try shop.json(["history", id])["state"]?.text == "lost")
  }

  @Test(
    "refuses what needs memory before anything is recorded, with the way to make room",
    arguments: [
      ["queue", "admit", "5"], ["cache", "warm", "concertOption"],
    ])
  func refuses(words: [String]) throws {
    let shop = try shop()
    let before = try shop.state()
    let run = try shop.run(words + ["--yes"])
    #expect(run.status == 1)
    #expect(run.errors.contains(" is out of memory for SET\n"))
    #expect(run.errors.contains("hint: make room with `usher cache evict NAME`, which works on a full server too"))
    #expect(try shop.state() == before)
    #expect(try shop.isUntouched)
  }

  @Test("can be looked at")
  func reads() throws {
    let shop = try shop()
    for words in [
      ["queue", "status"], ["cache", "list", "--sample"], ["status"], ["history"], ["cache", "evict", "--all", "-n"],
    ] {
      #expect(try shop.run(words).status == 0, "\(words)")
    }
    #expect(try shop.usher("doctor").status == 1)
  }
}

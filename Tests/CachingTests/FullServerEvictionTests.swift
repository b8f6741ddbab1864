import Caching
import Changes
import Redis
import Support
import Testing

@Suite("Eviction on a server that is full")
struct FullServerEvictionTests {
  @Test("removes, and counts into its record, though the server refuses whatever could need memory")
  func counts() throws {
    let cache = try CacheServer()
    try cache.set((0..<3_000).map { "concertOption::\($0)" })
    try cache.set(["waiting_tokens", "other"])
    try cache.redis.command("CONFIG", "SET", "maxmemory", "1")
    let plan = try cache.eviction.plan(KeySelection(matching: ["concertOption::*"]), counting: .exactly)
    let change = try cache.begin(plan)
    let outcome = try cache.eviction.apply(plan, change)
    #expect(outcome.changed == 3_000)
    // Nobody has ended the operation: this is what a killed run would have left.
    #expect(try cache.journal.find(change.id)?.changed == 3_000)
    #expect(try cache.journal.find(change.id)?.state == .started)
    #expect(try cache.keys() == ["other", "waiting_tokens"])
  }
}

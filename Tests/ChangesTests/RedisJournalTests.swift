import Failures
import Redis
import Support
import Testing

@testable import Changes

@Suite("The history in Redis")
struct RedisJournalTests {
  let store: RedisStore
  var connection: RedisConnection { store.connection }
  var journal: RedisJournal { store.redisJournal }

  init() throws { store = try RedisStore() }

  @Test("records expire by themselves, and the index forgets them at the next start")
  func retention() throws {
    let id = try journal.begin(.sample)
    let seconds = try connection.command("TTL", store.key(id)).integer
    #expect((1...RedisJournal.recordRetentionSeconds).contains(seconds))
    let now = try journal.serverMilliseconds()
    let retention = RedisJournal.recordRetentionSeconds * 1000
    // A minute on either side of the edge.
    let kept = OperationID(milliseconds: now - retention + 60_000)
    let old = OperationID(milliseconds: now - retention - 60_000)
    for id in [kept, old] {
      try connection.command("ZADD", "usher:operations", RedisArgument(id.milliseconds), member(id))
    }
    _ = try journal.begin(.sample)
    func score(_ id: OperationID) throws -> RedisValue {
      try connection.command("ZSCORE", "usher:operations", member(id))
    }
    #expect(try score(old) == .null)
    #expect(try score(kept) != .null)
  }

  /// As the index has an operation.
  private func member(_ id: OperationID) -> RedisArgument { "\(id.description) {waiting_tokens}:" }

  @Test("a record that has expired leaves the list without a gap")
  func expired() throws {
    let ids = try (0..<3).map { _ in try journal.begin(.sample) }.sorted(by: >)
    try connection.command("DEL", store.key(ids[1]))
    #expect(try journal.list(limit: 10).map(\.id) == [ids[0], ids[2]])
  }

  @Test("of the operations that died only those among the newest fifty are marked")
  func markLostBound() throws {
    let ids = try (0..<51).map { _ in try journal.begin(.sample) }.sorted()
    for id in ids { try connection.command("DEL", "usher:{waiting_tokens}:alive:\(id)") }
    try journal.markLost(target: OperationRequest.sample.target)
    #expect(try connection.command("HGET", store.key(ids[0]), "state").string == "started")
    #expect(try ids.dropFirst().allSatisfy { try journal.find($0)?.state == .lost })
  }

  @Test("ending an operation keeps its record for as long again, and writes none where it is gone")
  func goneRecord() throws {
    let id = try journal.begin(.sample)
    let key = store.key(id)
    try connection.command("EXPIRE", key, "60")
    try journal.finish(id, state: .done, failed: 0, changed: 1)
    #expect(try connection.command("TTL", key).integer > RedisJournal.recordRetentionSeconds - 60)
    try connection.command("DEL", key)
    try journal.finish(id, state: .done, failed: 0, changed: 1)
    try journal.markUndone(id, by: id)
    #expect(try journal.find(id) == nil)
  }

  @Test("every key of the history is usher's own")
  func keys() throws {
    let id = try journal.begin(.sample)
    try journal.finish(id, state: .done, failed: 0, changed: 1)
    let keys = try connection.command("KEYS", "*").array.map { try $0.string }
    #expect(Set(keys) == ["usher:operations", "usher:{waiting_tokens}:operation:\(id)"])
  }

  @Test("an operation shows that it runs by a heartbeat, which its end takes away")
  func heartbeat() throws {
    let id = try journal.begin(.sample)
    let key: RedisArgument = "usher:{waiting_tokens}:alive:\(id.description)"
    #expect((1...15_000).contains(try connection.command("PTTL", key).integer))
    try journal.finish(id, state: .done, failed: 0, changed: 1)
    #expect(try connection.command("EXISTS", key).integer == 0)
  }

  @Test("entries of the index that usher did not write are passed over")
  func foreignEntries() throws {
    let id = try journal.begin(.sample)
    for member in ["", "x", "\(OperationID.example)", "no id {a}:"] {
      try connection.command("ZADD", "usher:operations", RedisArgument(id.milliseconds), RedisArgument(member))
    }
    #expect(try journal.list(limit: 10).map(\.id) == [id])
    #expect(try journal.find(id)?.id == id)
  }

  @Test("keys of usher's names that hold something else are an error, and stay as they are")
  func foreignKeys() throws {
    try connection.command("SET", "usher:operations", "mine")
    #expect(throws: RedisError.self) { try journal.list(limit: 1) }
    #expect(throws: RedisError.self) { try journal.begin(.sample) }
    #expect(try connection.command("KEYS", "usher:{*").array.isEmpty)
    #expect(try connection.command("GET", "usher:operations").string == "mine")
  }

  @Test("fields that are missing or no numbers are told as far as they go")
  func crippled() throws {
    let id = OperationID(milliseconds: 1_763_900_000_123)
    try connection.command("ZADD", "usher:operations", "1763900000123", member(id))
    try connection.command("HSET", store.key(id), "changed", "many", "undo", "by the moon", "undoes", "x")
    let record = try #require(try journal.find(id))
    #expect(record.startedMilliseconds == 1_763_900_000_123)
    #expect((record.request.command, record.request.target, record.actor, record.changed) == ("?", "?", "?", 0))
    #expect(record.request.undo == .none(reason: "by the moon"))
    #expect(record.request.undoes == nil)
  }
}

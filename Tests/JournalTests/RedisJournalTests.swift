import Failures
import Redis
import Support
import Testing

@testable import Journal

@Suite("The history in Redis")
struct RedisJournalTests {
  let server: TestRedis
  let connection: RedisConnection
  let journal: RedisJournal

  init() throws {
    server = try TestRedis.make()
    connection = try RedisConnection(try RedisTarget(server.url))
    journal = RedisJournal(connection, actor: Actor(user: "kim", host: "ops-1"))
  }

  @Test("a record says who, what, where and why, from its start")
  func begin() throws {
    let id = try journal.begin(.sample)
    let record = try #require(try journal.find(id))
    #expect(record.request == .sample)
    #expect(record.actor == "kim@ops-1")
    #expect(record.state == .started)
    #expect(record.store == .redis)
    #expect(record.endedMilliseconds == nil)
    #expect(record.startedMilliseconds == id.milliseconds)
  }

  @Test("finishing keeps what the scripts have counted, unless a count is given")
  func finish() throws {
    let counted = try journal.begin(.sample)
    _ = try connection.command("HINCRBY", RedisArgument(RedisJournal.operationKey(counted)), "changed", "42")
    try journal.finish(counted, state: .partial, failed: 3, changed: nil)
    let record = try #require(try journal.find(counted))
    #expect((record.changed, record.failed, record.state) == (42, 3, .partial))
    #expect(try #require(record.endedMilliseconds) >= record.startedMilliseconds)

    let given = try journal.begin(.sample)
    try journal.finish(given, state: .done, failed: 0, changed: 7)
    #expect(try journal.find(given)?.changed == 7)
  }

  @Test("the list has the newest first and no more than asked for")
  func list() throws {
    let ids = try (0..<5).map { _ in try journal.begin(.sample) }
    let listed = try journal.list(limit: 3)
    #expect(listed.count == 3)
    #expect(listed.map(\.startedMilliseconds) == listed.map(\.startedMilliseconds).sorted(by: >))
    #expect(Set(try journal.list(limit: 100).map(\.id)) == Set(ids))
    #expect(try journal.list(limit: 0).isEmpty)
  }

  @Test("an operation that is taken back says by which")
  func undone() throws {
    let first = try journal.begin(.sample)
    var request = OperationRequest.sample
    request.undoes = first
    let second = try journal.begin(request)
    try journal.markUndone(first, by: second)
    #expect(try journal.find(first)?.state == .undone)
    #expect(try journal.find(first)?.undoneBy == second)
    #expect(try journal.find(second)?.request.undoes == first)
  }

  @Test("an unknown operation is nil, and a fresh server has an empty list")
  func empty() throws {
    #expect(try journal.find(OperationID(milliseconds: 1)) == nil)
    #expect(try journal.list(limit: 10).isEmpty)
  }

  @Test("records expire by themselves, and the index forgets them at the next start")
  func retention() throws {
    let id = try journal.begin(.sample)
    let seconds = try connection.command("TTL", RedisArgument(RedisJournal.operationKey(id))).integer
    #expect((1...Int64(RedisJournal.recordRetentionSeconds)).contains(Int64(seconds)))
    _ = try connection.command("ZADD", RedisArgument(RedisJournal.indexKey), "1000", "0000000000000000000000000A")
    _ = try journal.begin(.sample)
    let old = try connection.command("ZSCORE", RedisArgument(RedisJournal.indexKey), "0000000000000000000000000A")
    #expect(old == .null)
  }

  @Test("ending an operation keeps its record for as long again, and writes none where it is gone")
  func goneRecord() throws {
    let id = try journal.begin(.sample)
    let key = RedisArgument(RedisJournal.operationKey(id))
    try connection.command("EXPIRE", key, "60")
    try journal.finish(id, state: .done, failed: 0, changed: 1)
    #expect(try connection.command("TTL", key).integer > RedisJournal.recordRetentionSeconds - 60)
    try connection.command("DEL", key)
    try journal.finish(id, state: .done, failed: 0, changed: 1)
    try journal.markUndone(id, by: id)
    _ = try connection.checked(try RedisJournal.add(changed: 1, to: id, on: connection))
    #expect(try journal.find(id) == nil)
  }

  @Test("every key of the history is usher's own")
  func keys() throws {
    _ = try journal.begin(.sample)
    for key in try connection.command("KEYS", "*").array {
      #expect(try key.string.hasPrefix(RedisJournal.keyPrefix))
    }
  }
}

@Suite("The lease in Redis")
struct RedisLeaseTests {
  let server: TestRedis
  let connection: RedisConnection
  let actor = Actor(user: "kim", host: "ops-1")

  init() throws {
    server = try TestRedis.make()
    connection = try RedisConnection(try RedisTarget(server.url))
  }

  @Test("a second holder is refused with the first one's name, and served after the release")
  func exclusive() throws {
    let first = try RedisLease.acquire("queue tickets", on: connection, by: actor)
    let failure = try #require(throws: Failure.self) {
      _ = try RedisLease.acquire("queue tickets", on: connection, by: Actor(user: "lee", host: "ops-2"))
    }
    #expect(failure.kind == .tryAgain)
    #expect(failure.causes.first?.contains("kim@ops-1") == true)
    try first.release(on: connection)
    _ = try RedisLease.acquire("queue tickets", on: connection, by: actor)
  }

  @Test("another thing can be changed at the same time")
  func independent() throws {
    _ = try RedisLease.acquire("queue tickets", on: connection, by: actor)
    _ = try RedisLease.acquire("queue vip", on: connection, by: actor)
  }

  @Test("waiting gets the lease when the holder's has run out")
  func waits() throws {
    let first = try RedisLease.acquire("queue tickets", on: connection, by: actor)
    _ = try connection.command("PEXPIRE", RedisArgument(first.key), "150")
    let second = try RedisLease.acquire("queue tickets", on: connection, by: actor, wait: .seconds(30))
    #expect(second.token != first.token)
    #expect(throws: RedisLease.lost) { try first.renew(on: connection) }
  }

  @Test("a lost lease neither renews nor releases what is another's")
  func lost() throws {
    let first = try RedisLease.acquire("queue tickets", on: connection, by: actor)
    _ = try connection.command("SET", RedisArgument(first.key), "somebody else")
    #expect(throws: RedisLease.lost) { try first.renew(on: connection) }
    try first.release(on: connection)
    #expect(try connection.command("GET", RedisArgument(first.key)).string == "somebody else")
  }

  @Test("a lease has an end, and renewing moves it")
  func renews() throws {
    let lease = try RedisLease.acquire("queue tickets", on: connection, by: actor)
    _ = try connection.command("PEXPIRE", RedisArgument(lease.key), "5000")
    try lease.renew(on: connection)
    #expect(try connection.command("PTTL", RedisArgument(lease.key)).integer > 5000)
  }
}

extension OperationRequest {
  static let sample = OperationRequest(
    command: "queue admit", commandLine: "usher queue admit 420 --reason '불이야 \"now\"'", target: "queue tickets",
    context: "production", reason: "불이야 \"now\"\nINC-7", planned: 420, undo: .automatic)
}

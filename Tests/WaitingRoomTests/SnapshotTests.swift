import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("the status of a queue")
struct SnapshotTests {
  @Test("counts who waits and who is active, in every shape", arguments: Shape.allCases)
  func counts(shape: Shape) throws {
    let queue = try QueueFixture(shape, capacity: 10)
    #expect(try queue.room.snapshot().waiting == 0)
    #expect(try queue.room.snapshot().active == 0)
    try queue.enqueue(1200)
    try queue.activate("a", "b", "c")
    let snapshot = try queue.room.snapshot()
    #expect((snapshot.queue, snapshot.waiting, snapshot.active) == ("tickets", 1200, 3))
    #expect((snapshot.capacity, snapshot.free) == (10, 7))
    #expect(snapshot.warnings.isEmpty)
  }

  @Test("does not count those whose time is over", arguments: [Shape.expirySet, .admissionTimeSet])
  func expired(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 1000)
    let now = try queue.journal.serverMilliseconds()
    let old = shape == .expirySet ? now - 1 : now - 1001
    try queue.redis.command("ZADD", "active", RedisArgument(old), "gone")
    try queue.activate("here", lifetime: 100_000)
    #expect(try queue.room.snapshot().active == 1)
  }

  @Test("an admission time without a lifetime never ends")
  func endless() throws {
    let queue = try QueueFixture(.admissionTimeSet)
    let layout = try QueueLayout(
      name: "q", waitingKey: "waiting", active: AdmissionTimeSet(key: "active", lifetimeMilliseconds: nil))
    try queue.redis.command("ZADD", "active", "1", "old")
    #expect(try WaitingRoom(layout, on: queue.redis).snapshot().active == 1)
  }

  @Test("gives the oldest wait by the server's clock and the score's meaning")
  func oldestWait() throws {
    let queue = try QueueFixture()
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue([("first", String(now - 90_000)), ("second", String(now))])
    let wait = try #require(try queue.room.snapshot().oldestWaitMilliseconds)
    #expect((90_000..<120_000).contains(wait))
    let seconds = try QueueFixture(score: .arrivalSeconds)
    try seconds.enqueue([("first", String((now - 90_000) / 1000))])
    #expect((90_000..<120_000).contains(try #require(try seconds.room.snapshot().oldestWaitMilliseconds)))
    let counter = try QueueFixture(score: .counter)
    try counter.enqueue([("first", "17")])
    let snapshot = try counter.room.snapshot()
    #expect((snapshot.oldestWaitMilliseconds, snapshot.warnings) == (nil, []))
  }

  @Test(
    "says that a score is no arrival time, instead of a wait of fifty years",
    arguments: ["17", "1700000000", "inf", "-inf"])
  func notATime(score: String) throws {
    let queue = try QueueFixture()
    try queue.enqueue([("first", score)])
    let snapshot = try queue.room.snapshot()
    #expect(snapshot.oldestWaitMilliseconds == nil)
    #expect(snapshot.warnings.count == 1)
    #expect(snapshot.warnings.first?.contains("arrival-ms") == true)
    let isInSeconds =
      snapshot.warnings.first?.hasSuffix(", but a valid arrival-s value: set `score: arrival-s`") == true
    #expect(isInSeconds == (score == "1700000000"))
  }

  @Test("takes an arrival in the future for a wait of nothing, and warns of the clocks")
  func future() throws {
    let queue = try QueueFixture()
    try queue.enqueue([("first", String(try queue.journal.serverMilliseconds() + 60_000))])
    let snapshot = try queue.room.snapshot()
    #expect(snapshot.oldestWaitMilliseconds == 0)
    #expect(snapshot.warnings.first?.contains("ahead of the server's clock") == true)
  }

  @Test("shows what is left of the whole key's time, and warns where the key has none")
  func wholeKeyTime() throws {
    let queue = try QueueFixture()
    #expect(try queue.room.snapshot().activeTTLMilliseconds == nil)
    try queue.activate("a", lifetime: 60_000)
    #expect((1...60_000).contains(try #require(try queue.room.snapshot().activeTTLMilliseconds)))
    try queue.redis.command("PERSIST", "active")
    let snapshot = try queue.room.snapshot()
    #expect(snapshot.activeTTLMilliseconds == nil)
    #expect(snapshot.warnings == ["the active set has no time to live: active users never expire"])
  }

  @Test("fails as bad input on a key of the wrong type, naming the key and both types")
  func wrongType() throws {
    let queue = try QueueFixture()
    try queue.redis.command("RPUSH", "waiting", "x")
    let waiting = try #require(throws: Failure.self) { try queue.room.snapshot() }
    #expect(waiting.kind == .badInput)
    #expect(
      waiting.message
        == "the key 'waiting' holds a list, but queue 'tickets' keeps its waiting people in a sorted set")
    try queue.redis.command("DEL", "waiting")
    try queue.redis.command("ZADD", "active", "1", "x")
    let active = try #require(throws: Failure.self) { try queue.room.snapshot() }
    #expect(
      active.message == "the key 'active' holds a sorted set, but queue 'tickets' keeps its active people in a set")
    #expect(throws: Failure.self) { try queue.room.planAdmission(.count(1)) }
  }

  @Test("changes nothing: it works on a replica too")
  func readsOnly() throws {
    let queue = try QueueFixture(settings: ["--replicaof", "127.0.0.1 1"])
    #expect(try queue.room.snapshot().waiting == 0)
    #expect(try queue.room.planAdmission(.count(5)).count == 0)
  }
}

@Suite("a layout")
struct LayoutTests {
  @Test("whose two keys are one, or empty, is a mistake of the configuration")
  func keys() {
    for (waiting, active) in [("k", "k"), ("", "k"), ("k", "")] {
      let failure = #expect(throws: Failure.self) {
        try QueueLayout(name: "q", waitingKey: waiting, active: WholeKeySet(key: active, lifetimeMilliseconds: 1))
      }
      #expect(failure?.kind == .configuration)
    }
  }

  @Test(
    "of keys a token finds them by a pattern whose own characters mean themselves",
    arguments: [
      ("active:{token}", "active:*"), ("active:", "active:*"), ("a*[x]?{token}\\z", "a\\*\\[x\\]\\?*\\\\z"),
      ("concerts::SimpleKey []{token}", "concerts::SimpleKey \\[\\]*"),
    ])
  func glob(pattern: String, glob: String) {
    #expect(KeyPerToken(pattern: pattern, lifetimeMilliseconds: 1).glob == glob)
  }
}

import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("issuing tokens")
struct IssueTests {
  @Test("adds them at the back with the server's time, and undo takes them out", arguments: Shape.allCases)
  func adds(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(5)
    let before = try queue.line()
    let earliest = try queue.journal.serverMilliseconds()
    let (operation, outcome) = try queue.issue((0..<1200).map { RedisArgument("n\($0)") })
    let latest = try queue.journal.serverMilliseconds()
    #expect(outcome == ChangeOutcome(changed: 1200))
    let line = try queue.line()
    #expect(line.count == 1205)
    for place in line.dropFirst(5) { #expect((earliest...latest).contains(try #require(Int(place.score)))) }
    #expect(try queue.undoIssue(operation) == ChangeOutcome(changed: 1200))
    #expect(try queue.line() == before)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("never moves who waits, and never doubles who is active or set aside", arguments: Shape.allCases)
  func known(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(3)
    let (drain, _) = try queue.park()
    try queue.enqueue([("w", "1700000000000")])
    try queue.activate("a")
    let plan = try queue.room.planIssue(["w", "a", "t1", "new", "new"])
    #expect((plan.count, plan.known) == (3, 1))
    let (_, outcome) = try queue.issue(["w", "a", "t1", "new", "new"])
    #expect((outcome.changed, outcome.skipped) == (1, 2))
    #expect(try queue.order() == ["w", "new"])
    #expect(try queue.active() == ["a"])
    try queue.unpark(drain)
    #expect(try queue.line().count == 5)
  }

  @Test("compares tokens and not members with those who wait, are active or are set aside", arguments: Combination.all)
  func byToken(form: Combination) throws {
    let queue = try form.queue()
    try form.enqueue(["aside"], user: "lee", on: queue)
    try queue.park()
    try form.enqueue(["waits"], user: "lee", on: queue)
    try form.activate(["active"], user: "lee", on: queue)
    let words = (["aside", "active", "waits"] + (0..<600).map { "n\($0)" }).map { form.line($0) }
    let plan = try queue.room.planIssue(words)
    #expect((plan.count, plan.known) == (602, 1))
    let (operation, outcome) = try queue.issue(words)
    #expect((outcome.changed, outcome.skipped) == (600, 2))
    #expect(
      Set(try queue.line().map(\.token))
        == Set((0..<600).map { form.line("n\($0)") } + [form.line("waits", user: "lee")]))
    #expect(try queue.undoIssue(operation) == ChangeOutcome(changed: 600))
    #expect(try queue.line().count == 1)
  }

  @Test("leaves a token alone that comes to wait under another member between the plan and its turn")
  func meanwhile() throws {
    let queue = try QueueFixture(member: .tokenAndUser)
    let plan = try queue.room.planIssue(["x:kim", "y:kim"])
    try queue.enqueue([("x:lee", "1")])
    let (_, outcome) = try queue.change("queue issue", planned: 2) { change in
      try queue.room.issue(plan, change)
    }
    #expect((outcome.changed, outcome.skipped) == (1, 1))
    #expect(try queue.order() == ["x:lee", "y:kim"])
  }

  @Test("takes the next numbers of a counter, and seconds where the score is in seconds")
  func meanings() throws {
    let counter = try QueueFixture(score: .counter)
    try counter.issue(["a", "b"])
    try counter.enqueue([("c", "16.5")])
    try counter.issue(["z", "c", "y"])
    #expect(try counter.line().map { "\($0.token.text)\($0.score)" } == ["a1", "b2", "c16.5", "z17", "y18"])
    let seconds = try QueueFixture(score: .arrivalSeconds)
    try seconds.issue(["a"])
    let score = try #require(Int(try seconds.line()[0].score))
    #expect(abs(score - (try seconds.journal.serverMilliseconds()) / 1000) <= 1)
  }

  @Test("stands behind the last one also when that one's clock was ahead")
  func clocks() throws {
    let queue = try QueueFixture()
    let ahead = try queue.journal.serverMilliseconds() + 1_000_000
    try queue.enqueue([("ahead", String(ahead))])
    try queue.issue(["a name before that"])
    #expect(try queue.line().map(\.score) == [ahead, ahead + 1].map { String($0) })
    #expect(try queue.order() == ["ahead", "a name before that"])
    // A long list moves the back by one, and not by one a batch.
    try queue.issue((0..<900).map { RedisArgument("n\($0)") })
    #expect(try queue.line().last?.score == String(ahead + 2))
    #expect(try queue.order().prefix(2) == ["ahead", "a name before that"])
    try queue.enqueue([("far", "9007199254740992")])
    let failure = try #require(throws: Failure.self) { try queue.issue(["more"]) }
    #expect(failure.message.contains("at the back of queue"))
    #expect(try queue.line().count == 903)
  }

  @Test("stands behind whoever came in the same second, whatever the names")
  func sameSecond() throws {
    let queue = try QueueFixture(score: .arrivalSeconds)
    let now = try queue.journal.serverMilliseconds() / 1000
    try queue.enqueue([("z", String(now))])
    try queue.issue(["a"])
    #expect(try queue.line().last?.token == "a")
    let score = try queue.redis.command("ZSCORE", "waiting", "a").double
    let last = try queue.redis.command("ZSCORE", "waiting", "z").double
    #expect(score > last)
  }

  @Test("undo leaves those alone who were admitted or moved meanwhile", arguments: Shape.allCases)
  func undo(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let (operation, _) = try queue.issue(["a", "b", "c"])
    try queue.admit(.count(1))
    try queue.move(["b"], to: .back)
    let outcome = try queue.undoIssue(operation)
    #expect((outcome.changed, outcome.skipped) == (1, 2))
    #expect(try queue.order() == ["b"])
    #expect(try queue.active() == ["a"])
  }
}

@Suite("expiring the active")
struct ExpiryTests {
  @Test(
    "takes out exactly those whose time is over, and undo brings them back",
    arguments: [Shape.expirySet, .admissionTimeSet])
  func expires(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 60_000)
    try queue.enqueue(3)
    try queue.activate("here", "there")
    for number in 0..<450 { try queue.redis.command("ZADD", "active", RedisArgument(1000 + number), "old\(number)") }
    let state = try queue.activeState()
    let plan = try queue.room.planExpiry()
    #expect((plan.count, plan.sample.first) == (450, "old0"))
    let (operation, outcome) = try queue.expire()
    #expect(outcome == ChangeOutcome(changed: 450))
    #expect(try queue.active() == ["here", "there"])
    try queue.enqueue([("old1", "1700000000000")])
    try queue.activate("old2")
    let undone = try queue.undoRemoval(operation)
    #expect((undone.changed, undone.skipped) == (448, 2))
    #expect(try queue.active() == Set(state.keys.map { RedisArgument($0) }).subtracting(["old1"]))
    #expect(try queue.redis.command("ZSCORE", "active", "old0").string == "1000")
  }

  @Test("never takes out more than the plan said, and nothing of nobody")
  func bounded() throws {
    let queue = try QueueFixture(.expirySet)
    #expect(try queue.expire().1 == ChangeOutcome())
    try queue.redis.command("ZADD", "active", "1", "a", "2", "b")
    let plan = try queue.room.planExpiry()
    try queue.redis.command("ZADD", "active", "3", "c")
    let (_, outcome) = try queue.change("queue expire", planned: 2) { change in
      try queue.room.expire(plan, change)
    }
    #expect(outcome.changed == 2)
    #expect(try queue.active() == ["c"])
  }

  @Test("is refused where no token's time is known, with the reason", arguments: [Shape.wholeKeySet, .keyPerToken])
  func refused(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let failure = try #require(throws: Failure.self) { try queue.room.planExpiry() }
    #expect(failure.kind == .refused)
    #expect(failure.causes.first?.contains(shape == .wholeKeySet ? "whole key" : "Redis removes it") == true)
    let endless = try QueueLayout(
      name: "q", waitingKey: "waiting", active: AdmissionTimeSet(key: "active", lifetimeMilliseconds: nil))
    let other = try QueueFixture(.admissionTimeSet)
    #expect(throws: Failure.self) { try WaitingRoom(endless, on: other.redis).planExpiry() }
  }

  @Test("takes members of the queue's form alone, and no token a second time for another user")
  func forms() throws {
    let queue = try QueueFixture(member: .tokenAndUser)
    try queue.enqueue([("t1:kim", "1")])
    let failure = try #require(throws: Failure.self) { try queue.room.planIssue(["t2"]) }
    #expect(failure.kind == .badInput && failure.message.contains("written as token:user"))
    let plan = try queue.room.planIssue(["t1:lee", "t2:lee"])
    #expect(plan.tokens == ["t2:lee"] && plan.known == 1)
  }
}

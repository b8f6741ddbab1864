import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("a line whose scores are the end of a place")
struct ExpiringPlaceTests {
  struct Unit: Sendable, CustomTestStringConvertible {
    var score: ScoreMeaning
    var milliseconds: Int
    var testDescription: String { score.rawValue }
    static let both = [
      Unit(score: .expiryMilliseconds, milliseconds: 1), Unit(score: .expirySeconds, milliseconds: 1000),
    ]
  }

  /// Ten people whose places end a minute apart, four of them in the past; t4's ends in half a minute.
  private func queue(_ unit: Unit, lifetime: Int? = nil) throws -> (QueueFixture, now: Int) {
    let queue = try QueueFixture(score: unit.score)
    queue.layout.waitingLifetimeMilliseconds = lifetime
    let now = try queue.journal.serverMilliseconds()
    try queue.enqueue(
      (0..<10).map { ("t\($0)", String((now + ($0 - 4) * 60_000 + 30_000) / unit.milliseconds)) })
    return (queue, now)
  }

  @Test("tells when a place ends, how many have ended, and nobody's wait", arguments: Unit.both)
  func looks(unit: Unit) throws {
    let (queue, now) = try queue(unit)
    let snapshot = try queue.room.measure()
    #expect((snapshot.waiting, snapshot.placesOver) == (10, 4))
    #expect(snapshot.oldestWaitMilliseconds == nil && snapshot.arrivals == nil && snapshot.warnings.isEmpty)
    let people = try #require(try queue.room.waitingPeople().nextPage())
    let ends = people.map { $0.expiresMilliseconds ?? 0 }
    #expect(ends == (0..<10).map { (now + ($0 - 4) * 60_000 + 30_000) / unit.milliseconds * unit.milliseconds })
    #expect(people.allSatisfy { $0.arrivedMilliseconds == nil && $0.waitedMilliseconds == nil })
    let found = try queue.room.find(.token("t7"))
    #expect(
      (found.state, found.person.expiresMilliseconds, found.person.waitedMilliseconds) == (.waiting, ends[7], nil))
    #expect(try queue.room.measure().arrivals == nil)
    let arrivals = try QueueFixture()
    #expect(try arrivals.room.snapshot().placesOver == nil)
  }

  @Test("is admitted from the front, and the plan tells of how many the place has ended", arguments: Unit.both)
  func admission(unit: Unit) throws {
    let (queue, _) = try queue(unit)
    func warnings(_ count: Int) throws -> [String] { try queue.room.planAdmission(.count(count)).warnings }
    let text = "expired; usher admits them like all others, but the service may not expect that"
    #expect(try warnings(3) == ["3 waiting people have \(text)"])
    #expect(try warnings(8) == ["4 waiting people have \(text)"])
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(6))
    #expect(outcome.changed == 6)
    #expect(try warnings(8).isEmpty)
    try queue.undo(operation)
    #expect(try queue.line() == before)
  }

  @Test("gives new tokens an end from how long places last, and none where nobody said", arguments: Unit.both)
  func issue(unit: Unit) throws {
    let (queue, _) = try queue(unit)
    let failure = try #require(throws: Failure.self) { try queue.room.planIssue(["new"]) }
    #expect(failure.kind == .refused)
    #expect(failure.causes.first?.contains("`waiting-ttl` is not configured") == true)
    #expect(failure.hints.first?.contains("waiting-ttl") == true)
    queue.layout.waitingLifetimeMilliseconds = 1_800_000
    let earliest = try queue.journal.serverMilliseconds()
    let (operation, _) = try queue.issue(["new", "newer"])
    let latest = try queue.journal.serverMilliseconds()
    let scores = try queue.line().suffix(2).map { Int($0.score) ?? 0 }
    let bounds = (earliest + 1_800_000) / unit.milliseconds...(latest + 1_800_000) / unit.milliseconds
    #expect(scores.allSatisfy(bounds.contains))
    #expect(try queue.undoIssue(operation).changed == 2)
    // Behind the last one, also where places last for less time than that one's does.
    queue.layout.waitingLifetimeMilliseconds = 1000
    try queue.issue(["late"])
    #expect(try queue.order().last == "late")
  }

  @Test("moves people with another end, and the plan tells of how many it will have been", arguments: Unit.both)
  func move(unit: Unit) throws {
    let (queue, now) = try queue(unit, lifetime: 1_800_000)
    let before = try queue.line()
    #expect(try queue.room.planMove(["t8", "t9"], to: .front).placesOver == 2)
    #expect(try queue.room.planMove(["t8", "t9"], to: .before("t6")).placesOver == 0)
    #expect(try queue.room.planMove(["t8", "t9"], to: .back).placesOver == 0)
    let (operation, _) = try queue.move(["t0"], to: .back)
    let score = try #require(Double(try queue.line().last?.score ?? ""))
    #expect(score >= Double((now + 1_800_000) / unit.milliseconds))
    try queue.undoMove(operation)
    #expect(try queue.line() == before)
    // Where nobody said how long a place lasts, the back is right behind the last.
    queue.layout.waitingLifetimeMilliseconds = nil
    try queue.move(["t0"], to: .back)
    #expect(try queue.order().last == "t0")
    let ends = try queue.line().suffix(2).compactMap { Double($0.score) }
    #expect(ends.count == 2 && ends[1] - ends[0] <= 1)
  }

  @Test("is told from a line of other scores")
  func lints() throws {
    let (queue, _) = try queue(Unit.both[0])
    let lint = try #require(try queue.room.lint().lints.first { $0.check == "places" })
    #expect(lint.detail == "4 of 10 waiting people have expired, and are in front of all others")
    #expect(try !queue.room.lint().lints.contains { $0.check == "clock" || $0.check == "scores" })
    queue.layout.score = .expirySeconds
    let scores = try #require(try queue.room.lint().lints.first { $0.check == "scores" })
    #expect(scores.detail == "10 of 10 scores are not valid expiry-s values")
    #expect(scores.hint == "they are valid expiry-ms values: set `score: expiry-ms`")
    #expect(
      try queue.room.snapshot().warnings == [
        "the first score in 'waiting' is not a valid expiry-s value, but a valid expiry-ms value: set `score: expiry-ms`"
      ])
  }
}

@Suite("the meaning of a score")
struct ScoreMeaningTests {
  @Test("gives the time that a score is, and only of the meaning asked for", arguments: ScoreMeaning.allCases)
  func times(meaning: ScoreMeaning) {
    let score = meaning.unit == .seconds ? 1_700_000_000.5 : 1_700_000_000_500
    #expect(meaning.time(score: score) == (meaning == .counter ? nil : 1_700_000_000_500))
    #expect(meaning.arrival(score: score) == (meaning.isArrival ? 1_700_000_000_500 : nil))
    #expect(meaning.expiry(score: score) == (meaning.isExpiry ? 1_700_000_000_500 : nil))
    #expect(meaning.wait(score: score, nowMilliseconds: 1_700_000_001_500) == (meaning.isArrival ? 1000 : nil))
    #expect(meaning.score(time: 1_700_000_000_500) == (meaning == .counter ? nil : score))
    #expect(meaning.age(score: 5, nowMilliseconds: 1_700_000_001_500) == nil)
    #expect(meaning.time(score: .infinity) == nil && meaning.age(score: -.infinity, nowMilliseconds: 0) == nil)
    #expect(meaning.inOtherUnit.inOtherUnit == meaning)
  }
}

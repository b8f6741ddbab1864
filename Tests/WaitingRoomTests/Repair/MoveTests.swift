import Changes
import Failures
import Redis
import Support
import Testing

@testable import WaitingRoom

@Suite("moving people")
struct MoveTests {
  private func queue(_ scores: [(RedisArgument, String)], score: ScoreMeaning = .arrivalMilliseconds) throws
    -> QueueFixture
  {
    let queue = try QueueFixture(score: score)
    try queue.enqueue(scores)
    return queue
  }

  @Test("puts them there in the order of the words, and undo gives the exact scores back", arguments: Shape.allCases)
  func moves(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(10)
    let before = try queue.line()
    for (destination, order) in [
      (.front, "t7 t2 t0 t1 t3 t4 t5 t6 t8 t9"), (.back, "t0 t1 t3 t4 t5 t6 t8 t9 t7 t2"),
      (.before("t5"), "t0 t1 t3 t4 t7 t2 t5 t6 t8 t9"), (.before("t0"), "t7 t2 t0 t1 t3 t4 t5 t6 t8 t9"),
      (.before("t3"), "t0 t1 t7 t2 t3 t4 t5 t6 t8 t9"), (.before("t8"), "t0 t1 t3 t4 t5 t6 t7 t2 t8 t9"),
    ] as [(MoveDestination, String)] {
      let (operation, outcome) = try queue.move(["t7", "t2"], to: destination)
      #expect(outcome == ChangeOutcome(changed: 2))
      #expect(try queue.order().joined(separator: " ") == order, "\(destination)")
      #expect(try queue.line().count == 10)
      #expect(try queue.undoMove(operation) == ChangeOutcome(changed: 2))
      #expect(try queue.line() == before)
    }
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("before a number that is nobody's token says that a place is no score, and what scores are here")
  func scoreAsPlace() throws {
    for (score, meaning) in [
      (ScoreMeaning.arrivalMilliseconds, " (scores here are milliseconds since 1970);"),
      (.arrivalSeconds, " (scores here are seconds since 1970);"), (.counter, ", not a score; see"),
    ] {
      let queue = try queue([("a", "1700000000"), ("b", "1700000001")], score: score)
      let failure = #expect(throws: Failure.self) { try queue.room.planMove(["b"], to: .before("1700000000")) }
      #expect(failure?.kind == .badInput)
      #expect(failure?.hints.first?.contains(meaning) == true, "\(failure?.hints ?? [])")
      let other = #expect(throws: Failure.self) { try queue.room.planMove(["b"], to: .before("nobody")) }
      #expect(other?.hints.isEmpty == true)
    }
  }

  @Test("repeated, it changes no place and no score")
  func repeated() throws {
    let queue = try QueueFixture()
    try queue.enqueue(10)
    for destination in [.front, .before("t5")] as [MoveDestination] {
      try queue.move(["t7", "t2"], to: destination)
      let line = try queue.line()
      try queue.move(["t7", "t2"], to: destination)
      #expect(try queue.line() == line)
    }
  }

  @Test("of thousands keeps their order over all batches, and whoever comes next stands behind them")
  func bulk() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3000)
    let before = try queue.line()
    let words = before.prefix(2600).map(\.token).reversed() as [RedisArgument]
    let (front, _) = try queue.move(words, to: .front)
    #expect(try queue.line().prefix(2600).map(\.token) == words)
    try queue.undoMove(front)
    #expect(try queue.line() == before)
    let (back, _) = try queue.move(words, to: .back)
    #expect(try queue.line().suffix(2600).map(\.token) == words)
    // 2,600 people take less than three milliseconds' worth of scores.
    try queue.enqueue([("next", String(try queue.journal.serverMilliseconds() + 3))])
    #expect(try queue.order().last == "next")
    try queue.redis.command("ZREM", "waiting", "next")
    try queue.undoMove(back)
    #expect(try queue.line() == before)
    let (middle, _) = try queue.move(words, to: .before("t2800"))
    #expect(try queue.order() == (2600..<2800).map { "t\($0)" } + words.map(\.text) + (2800..<3000).map { "t\($0)" })
    try queue.undoMove(middle)
    #expect(try queue.line() == before)
  }

  @Test("to the back is behind everybody, whatever the clocks say, and in the score's own meaning")
  func back() throws {
    let late = try queue([("a", "1")])
    try late.enqueue([("b", String(try late.journal.serverMilliseconds() + 5_000_000))])
    try late.move(["a"], to: .back)
    #expect(try late.order() == ["b", "a"])
    let counter = try queue([("a", "1"), ("b", "2"), ("c", "3")], score: .counter)
    try counter.move(["a", "b"], to: .back)
    #expect(try counter.order() == ["c", "a", "b"])
    #expect(try counter.line().last.map { (Double($0.score) ?? 9) < 4 } == true)
    let seconds = try queue([("a", "1"), ("b", "2")], score: .arrivalSeconds)
    try seconds.move(["a"], to: .back)
    let score = try #require(Double(try seconds.line()[1].score))
    #expect(abs(score - Double(try seconds.journal.serverMilliseconds()) / 1000) < 60)
  }

  @Test("between two who share a score names decide where they can, and else it is refused with a place that works")
  func ties() throws {
    let line: [(RedisArgument, String)] = [("b", "5"), ("d", "5"), ("f", "5"), ("c", "9"), ("z", "9")]
    let fits = try queue(line)
    try fits.move(["c"], to: .before("d"))
    #expect(try fits.order() == ["b", "c", "d", "f", "z"])
    #expect(try fits.line()[1].score == "5")
    let refused = try queue(line)
    let failure = try #require(throws: Failure.self) { try refused.move(["z"], to: .before("d")) }
    #expect(failure.kind == .refused)
    #expect(failure.message == "no score fits between 'b' (5) and 'd' (5)")
    #expect(failure.hints == ["move before the first token with that score: `--to b`"])
    #expect(try refused.order() == ["b", "d", "f", "c", "z"])
    try refused.move(["z"], to: .before("b"))
    #expect(try refused.order() == ["z", "b", "d", "f", "c"])
  }

  @Test("between two neighbouring doubles names decide under one of the scores, or it is refused")
  func neighbours() throws {
    let line: [(RedisArgument, String)] = [
      ("b", "9007199254740992"), ("d", "9007199254740994"), ("c", "1"), ("a", "2"), ("x", "3"),
    ]
    let upper = try queue(line)
    try upper.move(["c"], to: .before("d"))
    #expect(try upper.order() == ["a", "x", "b", "c", "d"])
    let lower = try queue(line)
    try lower.move(["x"], to: .before("d"))
    #expect(try lower.order() == ["c", "a", "b", "x", "d"])
    #expect(throws: Failure.self) { try queue(line).move(["x", "a"], to: .before("d")) }
  }

  @Test("before somebody who does not wait, or before oneself, is refused")
  func refusals() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3)
    #expect(try #require(throws: Failure.self) { try queue.move(["t1"], to: .before("x")) }.kind == .badInput)
    #expect(try #require(throws: Failure.self) { try queue.move(["t1"], to: .before("t1")) }.kind == .usage)
    #expect(try queue.room.planMove(["x", "y"], to: .front).unknown == ["x", "y"])
    let infinite = try self.queue([("a", "-inf"), ("b", "1")])
    #expect(try #require(throws: Failure.self) { try infinite.move(["b"], to: .front) }.kind == .refused)
  }

  @Test("everybody to the front or the back is possible too")
  func everybody() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3)
    try queue.move(["t2", "t0", "t1"], to: .front)
    #expect(try queue.order() == ["t2", "t0", "t1"])
    try queue.move(["t1", "t0", "t2"], to: .back)
    #expect(try queue.order() == ["t1", "t0", "t2"])
  }

  @Test("undo leaves those alone who were moved again, left, or came anew")
  func movedAgain() throws {
    let queue = try QueueFixture()
    try queue.enqueue(6)
    let (operation, _) = try queue.move(["t5", "t4", "t3", "t2"], to: .front)
    try queue.move(["t4"], to: .before("t1"))
    try queue.redis.command("ZREM", "waiting", "t3")
    try queue.redis.command("ZADD", "waiting", "1800000000000", "t2")
    let outcome = try queue.undoMove(operation)
    #expect((outcome.changed, outcome.skipped) == (1, 3))
    #expect(try queue.order() == ["t0", "t4", "t1", "t5", "t2"])
  }

  @Test("who has left by their turn is skipped, and a neighbour that changed its place ends it before anybody moves")
  func meanwhile() throws {
    let queue = try QueueFixture()
    try queue.enqueue(6)
    let plan = try queue.room.planMove(["t5", "t4"], to: .before("t2"))
    try queue.redis.command("ZREM", "waiting", "t5")
    func run() throws -> ChangeOutcome {
      try queue.change("queue move", planned: 2) { change in
        try queue.room.move(plan, change)
      }.1
    }
    let outcome = try run()
    #expect((outcome.changed, outcome.skipped) == (1, 1))
    #expect(try queue.order() == ["t0", "t1", "t4", "t2", "t3"])
    try queue.redis.command("ZADD", "waiting", "1", "t2")
    let line = try queue.line()
    #expect(try #require(throws: Failure.self) { try run() }.kind == .tryAgain)
    #expect(try queue.line() == line)
  }
}

@Suite("scores between two others")
struct MoveScoresTests {
  @Test("rise strictly, stay inside, and are whole where whole numbers are enough", arguments: 0..<300)
  func between(seed: Int) throws {
    var generator = SeededRandom(seed: UInt64(seed))
    let scales = [1.0, 1.7e12, -1.7e12, 9.007e15, 1e-300, 1e300]
    let scale = try #require(scales.randomElement(using: &generator))
    let lower = scale * Double.random(in: -1...1, using: &generator)
    let upper = lower + max(lower.ulp * 3, abs(scale) * Double.random(in: 0...1e-9, using: &generator))
    let count = Int.random(in: 1...2000, using: &generator)
    guard let scores = MoveScores.between(lower, upper, count: count) else { return }
    #expect(scores.count == count)
    let all = [lower] + scores + [upper]
    #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 }, "\(lower) \(upper) \(count)")
    for score in scores { #expect(Double("\(score)") == score) }
  }

  @Test("there are exactly as many as doubles lie between, and no more")
  func exactly() {
    let lower = 1_700_000_000_000.0
    #expect(MoveScores.between(lower, lower + 1, count: 4095)?.count == 4095)
    #expect(MoveScores.between(lower, lower + 1, count: 4096) == nil)
    #expect(MoveScores.between(lower, lower.nextUp, count: 1) == nil)
    #expect(MoveScores.between(lower, lower, count: 1) == nil)
    #expect(MoveScores.between(lower.nextDown, lower.nextUp, count: 1) == [lower])
    #expect(MoveScores.between(-1e300, 1e300, count: 3).map { Set($0).count } == 3)
    #expect(MoveScores.between(3, 7, count: 3) == [4, 5, 6])
    #expect(MoveScores.between(-.infinity, 7, count: 2) == [5, 6])
    #expect(MoveScores.before(-.infinity, count: 1) == nil)
    #expect(MoveScores.before(1e300, count: 2).map { $0[0] < $0[1] && $0[1] < 1e300 } == true)
    #expect(MoveScores.after(.infinity, now: nil, count: 1) == nil)
    #expect(MoveScores.after(1e300, now: 5, count: 2).map { $0[0] > 1e300 && $0[0] < $0[1] } == true)
    #expect(MoveScores.after(nil, now: 5, count: 1) == [5])
    #expect(MoveScores.after(4, now: 5, count: 1) == [5])
    #expect(MoveScores.after(7, now: nil, count: 900).map { $0[0] > 7 && $0[899] < 8 } == true)
  }
}

import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("repairs beside a service")
struct RepairConservationTests {
  @Test("people come and leave while usher removes, moves, drains and takes back", arguments: Shape.allCases)
  func besideAService(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(900)
    let service = try Service(queue)
    let words = (0..<900).map { RedisArgument("t\($0)") }
    for round in 0..<6 {
      let (admission, _) = try queue.admit(.count(60))
      let (removal, removed) = try queue.remove(words, takesActive: round.isMultiple(of: 2))
      #expect(removed.changed > 500)
      try queue.undo(admission)
      #expect(try queue.undoRemoval(removal).changed > 500)
      let (move, _) = try queue.move(words.reversed().suffix(500), to: round.isMultiple(of: 2) ? .front : .back)
      #expect(try queue.undoMove(move).skipped == 0)
      let (drain, drained) = try queue.park()
      #expect(try queue.unpark(drain) == ChangeOutcome(changed: drained.changed))
    }
    try service.stop()
    let book = service.book.withLock { $0 }
    let line = try queue.line()
    let (waiting, active) = (Set(line.map(\.token)), try queue.active())
    #expect(waiting.count == line.count)
    #expect(waiting.isDisjoint(with: active))
    #expect(book.left.isDisjoint(with: waiting.union(active)))
    #expect(waiting.union(active).union(book.left) == Set(book.arrived.keys))
    for place in line where place.score != book.arrived[place.token] {
      Issue.record("\(place.token.text) came with \(book.arrived[place.token] ?? "-") and has \(place.score)")
    }
    #expect(try queue.room.parked().isEmpty)
  }

  @Test("a key of the wrong type ends each with its name, and nobody is lost", arguments: [false, true])
  func wrongType(takesActive: Bool) throws {
    let queue = try QueueFixture()
    try queue.enqueue(500)
    let before = try queue.line()
    let plan = try queue.room.planRemoval(before.map(\.token), takesActive: takesActive)
    let issue = try queue.room.planIssue(["i"])
    try queue.redis.command("RPUSH", "active", "x")
    let (operation, lock) = (try queue.begin(), try queue.lock())
    let removal = try #require(throws: Failure.self) {
      try queue.room.remove(plan, RunningChange(operation, lock: lock, control: .init()))
    }
    #expect(removal.kind == .badInput)
    #expect(removal.message.contains("'active'"))
    let issuing = try #require(throws: Failure.self) {
      try queue.room.issue(issue, RunningChange(try queue.begin(), lock: lock, control: .init()))
    }
    #expect(issuing.kind == .badInput)
    #expect(try queue.line() == before)
    try queue.redis.command("DEL", "active", "waiting")
    try queue.redis.command("SET", "waiting", "x")
    let drain = try #require(throws: Failure.self) {
      try queue.room.park(RunningChange(try queue.begin(), lock: lock, control: .init()))
    }
    #expect(drain.message.contains("'waiting'"))
    #expect(try queue.redis.command("GET", "waiting").string == "x")
  }
}

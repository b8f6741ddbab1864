import Changes
import Failures
import Redis
import Support
import Testing

@testable import WaitingRoom

@Suite("accidents of a repair of the active, in every form")
struct FormAccidentTests {
  private static let words = (0..<650).flatMap { [RedisArgument("t\($0)"), RedisArgument("a\($0)")] }

  private func queue(_ form: Combination, settings: [String] = []) throws -> QueueFixture {
    let queue = try form.queue(settings: settings)
    try form.enqueue((0..<650).map { "t\($0)" } + ["stays"], on: queue)
    try form.activate((0..<650).map { "a\($0)" } + ["stays", "t7"], on: queue)
    return queue
  }

  /// A control under which the server forgets its scripts and all connections end, when a few batches are sent.
  private func accident(on server: TestRedis) -> (control: ChangeControl, looks: Recorder) {
    let looks = Recorder()
    let control = ChangeControl(isInterrupted: {
      looks.note(1)
      guard looks.all.count == 5 else { return false }
      do {
        try server.connect().command("SCRIPT", "FLUSH")
        try server.connect().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      } catch {
        Issue.record(error)
      }
      return false
    })
    return (control, looks)
  }

  @Test("neither repeat a batch nor leave one out", arguments: Combination.all)
  func middle(form: Combination) throws {
    let queue = try queue(form)
    let (line, state) = (try queue.line(), try queue.activeState())
    let (first, firstLooks) = accident(on: queue.server)
    let (operation, outcome) = try queue.remove(Self.words, takesActive: true, control: first)
    #expect(outcome == ChangeOutcome(changed: 1300))
    #expect(try queue.line().map(\.token) == [form.line("stays")])
    #expect(try queue.active() == form.names(["stays"]))
    let (second, secondLooks) = accident(on: queue.server)
    #expect(try queue.undoRemoval(operation, control: second) == ChangeOutcome(changed: 1300))
    #expect(firstLooks.all.count > 5 && secondLooks.all.count > 5)
    #expect(try queue.line() == line)
    #expect(try queue.activeState() == state)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("an undo that is broken off goes on where it was", arguments: Combination.all)
  func brokenOff(form: Combination) throws {
    let queue = try queue(form)
    let (line, state) = (try queue.line(), try queue.activeState())
    let (operation, _) = try queue.remove(Self.words, takesActive: true)
    let progress = Recorder()
    let part = try queue.undoRemoval(
      operation, control: ChangeControl(isInterrupted: { progress.last >= 300 }, progress: { progress.note($0) }))
    #expect(part.wasInterrupted && (300..<1300).contains(part.changed))
    // One of those who are still out comes back by another member: of the last words the first are back.
    try form.enqueue(["a0"], user: "lee", from: 1_800_000_000_000, on: queue)
    let rest = try queue.undoRemoval(operation)
    #expect(part.changed + rest.changed == 1299 && rest.skipped == 1)
    #expect(try queue.line() == line + [.init(token: form.line("a0", user: "lee"), score: "1800000000000")])
    let missing = Set(state.keys).subtracting(try queue.activeState().keys)
    #expect(missing.count == 1 && missing.first?.contains("a0") == true)
  }

  @Test("on a server older than Redis 6.2 all of it works", arguments: Combination.all)
  func oldServer(form: Combination) throws {
    let queue = try queue(form, settings: OldServerTests.settings)
    let (line, state) = (try queue.line(), try queue.activeState())
    let (removal, removed) = try queue.remove(Self.words, takesActive: true)
    #expect(removed.changed == 1300)
    #expect(try queue.undoRemoval(removal).changed == 1300)
    let (places, _) = try queue.remove(Self.words)
    #expect(try queue.undoRemoval(places).changed == 650)
    let (issue, issued) = try queue.issue(["t1", "a1", "new"].map { form.line($0) })
    #expect(issued.changed == 1)
    #expect(try queue.undoIssue(issue).changed == 1)
    #expect(try queue.line() == line)
    #expect(try queue.activeState() == state)
    let (drain, _) = try queue.park()
    // Two of them were active all the time, and are in one place now.
    #expect(try queue.unpark(drain).changed == 649)
    #expect(try queue.activeState() == state)
  }
}

@Suite("the entries of an active store")
struct StoredEntryTests {
  @Test("are found by a word with any characters, and by no pattern", arguments: Combination.all)
  func patterns(form: Combination) throws {
    let queue = try form.queue()
    try form.activate(["a*[b]?", "axb1", "a", "*"], on: queue)
    #expect(try queue.room.planRemoval(["a?"], takesActive: true).unknown == ["a?"])
    try queue.remove(["*"], takesActive: true)
    #expect(try queue.active() == form.names(["a*[b]?", "axb1", "a"]))
    try queue.remove(["a*[b]?"], takesActive: true)
    #expect(try queue.active() == form.names(["axb1", "a"]))
    try queue.remove([form.line("a")], takesActive: true)
    #expect(try queue.active() == form.names(["axb1"]))
  }

  @Test("of somebody whose member cannot be read are found by that member", arguments: Shape.allCases)
  func unreadable(shape: Shape) throws {
    for isNamed in [true, false] {
      let queue = try Combination(shape: shape, member: Combination.document, isNamed: isNamed).queue()
      try queue.activate("no document", "other")
      let (operation, outcome) = try queue.remove(["no document"], takesActive: true)
      #expect(outcome.changed == 1)
      #expect(try queue.active() == ["other"])
      try queue.undoRemoval(operation)
      #expect(try queue.active() == ["no document", "other"])
    }
  }

  @Test(
    "whose time is over come in their order, as many as are asked for",
    arguments: [Shape.expirySet, .expiringMemberSet])
  func overdue(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    let commands = (0..<2300).flatMap { shape.activate("o\($0)", at: 1000 + $0, lifetime: 0) }
    _ = try queue.redis.pipeline(commands)
    try queue.activate("here")
    let now = try queue.journal.serverMilliseconds()
    let found = try #require(try queue.layout.active.overdue(on: queue.redis, nowMilliseconds: now, limit: 2100))
    #expect(found.count == 2300)
    #expect(found.people.map { String(decoding: $0.name, as: UTF8.self) } == (0..<2100).map { "o\($0)" })
    #expect(try queue.layout.active.overdue(on: queue.redis, nowMilliseconds: now, limit: 0)?.people.isEmpty == true)
    #expect(try queue.layout.active.overdue(on: queue.redis, nowMilliseconds: 500, limit: 9)?.count == 0)
  }
}

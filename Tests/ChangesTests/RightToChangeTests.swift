import Changes
import Failures
import Support
import Testing

/// What both the lock in Redis and the lock in PostgreSQL promise.
@Suite("The right to change one thing, in both stores")
struct RightToChangeTests {
  private let name = "queue tickets"

  @Test("a second one is refused with what to do, and served once it is given back", arguments: StoreKind.allCases)
  func exclusive(kind: StoreKind) throws {
    let store = try kind.make()
    let first = try store.hold(name)
    let failure = try #require(throws: Failure.self) { try store.hold(name) }
    #expect(failure.kind == .tryAgain)
    #expect(failure.message.hasPrefix("another usher is changing queue tickets in "))
    #expect(failure.causes.count == 1)
    #expect(failure.hints.first?.contains("--wait 30s") == true)
    try first.giveBack()
    _ = try store.hold(name)
  }

  @Test("another thing can be changed at the same time", arguments: StoreKind.allCases)
  func independent(kind: StoreKind) throws {
    let store = try kind.make()
    let held = try [name, "queue tickets 2", "queue", "QUEUE TICKETS", "", "큐"].map { try store.hold($0) }
    for one in held { try one.giveBack() }
  }

  @Test("who waits gets it when it is given back meanwhile", arguments: StoreKind.allCases)
  func waits(kind: StoreKind) throws {
    let store = try kind.make()
    let first = try store.hold(name)
    var turns = 0
    var problem: (any Error)?
    // It is asked between two tries: after the first one the holder is done.
    let second = try store.hold(name, wait: .seconds(3600)) {
      turns += 1
      if turns == 1 { do { try first.giveBack() } catch { problem = error } }
      return false
    }
    #expect(problem == nil)
    #expect(turns == 1)
    try second.giveBack()
  }

  @Test("a wait that runs out or is interrupted ends with the refusal", arguments: StoreKind.allCases)
  func endsWaiting(kind: StoreKind) throws {
    let store = try kind.make()
    let first = try store.hold(name)
    #expect(throws: Failure.self) { try store.hold(name, wait: .milliseconds(120)) }
    let failure = try #require(throws: Failure.self) {
      try store.hold(name, wait: .seconds(3600)) { true }
    }
    #expect(failure.kind == .tryAgain)
    try first.giveBack()
  }
}

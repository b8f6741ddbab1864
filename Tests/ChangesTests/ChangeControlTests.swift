import Synchronization
import Testing

@testable import Changes

@Suite("Change control")
struct ChangeControlTests {
  @Test(
    "a paced batch is a tenth of a second's units, at least one and never over the limit",
    arguments: [
      (nil, 500, 500), (10_000.0, 500, 500), (500.0, 500, 50), (7.0, 500, 1), (0.1, 500, 1), (1e300, 500, 500),
      (.infinity, 500, 500), (.nan, 500, 500), (0, 500, 500), (-3, 500, 500),
    ] as [(Double?, Int, Int)])
  func batchSize(rate: Double?, limit: Int, expected: Int) {
    #expect(ChangeControl(unitsPerSecond: rate).batchSize(upTo: limit) == expected)
  }

  @Test("without a pace nothing waits, however many units go")
  func unpaced() {
    var pacer = ChangeControl().makePacer()
    for _ in 0..<1000 { pacer.wait(for: 1_000_000) }
  }

  @Test("an interrupted change does not wait for its turn")
  func interrupted() {
    // One unit an hour: the second would wait an hour if the interruption were not seen.
    var pacer = ChangeControl(unitsPerSecond: 1 / 3600.0, isInterrupted: { true }).makePacer()
    pacer.wait(for: 1)
    pacer.wait(for: 1)
  }

  @Test("an interruption that comes while waiting ends the wait")
  func interruptedLater() {
    let asked = Counter()
    var pacer = ChangeControl(unitsPerSecond: 1 / 3600.0, isInterrupted: { asked.increment() > 3 }).makePacer()
    pacer.wait(for: 1)
    pacer.wait(for: 1)
    #expect(asked.value > 3)
  }

  @Test("the turn is kept alive while it is waited for")
  func keepsAlive() {
    let calls = Counter()
    var pacer = ChangeControl(unitsPerSecond: 0.8, isInterrupted: { calls.value > 0 }).makePacer()
    pacer.wait(for: 2)
    pacer.wait(for: 1) { _ = calls.increment() }
    #expect(calls.value == 1)
  }
}

/// A number that closures may count with.
final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func increment() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}

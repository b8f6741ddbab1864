import Glibc

/// Spreads units evenly over time: the first batch goes at once, each later one when its share of time has passed.
public struct Pacer {
  private let unitsPerSecond: Double?
  private let isInterrupted: @Sendable () -> Bool
  private let clock: ContinuousClock
  private let start: ContinuousClock.Instant
  private var unitsGranted = 0

  init(unitsPerSecond: Double?, isInterrupted: @escaping @Sendable () -> Bool) {
    self.unitsPerSecond = unitsPerSecond
    self.isInterrupted = isInterrupted
    clock = ContinuousClock()
    start = clock.now
  }

  /// Waits until `units` more may go; returns early when interrupted.
  public mutating func wait(for units: Int) { wait(for: units, whileWaiting: {}) }

  /// Counts units that turned out to have gone, for work whose size is known only afterwards: `wait(for: 0)`, work, `charge`.
  public mutating func charge(_ units: Int) { unitsGranted += units }

  /// Waits until `units` more may go; returns early when interrupted. `whileWaiting` runs about once a second, to keep the
  /// heartbeat alive.
  public mutating func wait(for units: Int, whileWaiting: () throws -> Void) rethrows {
    defer { unitsGranted += units }
    guard let unitsPerSecond, unitsPerSecond > 0 else { return }
    let due = start + .seconds(Double(unitsGranted) / unitsPerSecond)
    var nextCall = clock.now + .seconds(1)
    while !isInterrupted() {
      let now = clock.now
      guard now < due else { return }
      if now >= nextCall {
        try whileWaiting()
        nextCall = now + .seconds(1)
      }
      let slice = min(due - now, .milliseconds(100))
      usleep(UInt32(slice / .microseconds(1)))
    }
  }
}

/// A queue at one moment.
public struct QueueSnapshot: Equatable, Sendable {
  public var queue: String
  public var waitingKey: String
  public var activeKey: String
  public var waiting: Int
  public var active: Int
  public var capacity: Int?
  /// How long the first in line has waited; nil when nobody waits or the score does not tell.
  public var oldestWaitMilliseconds: Int?
  /// What is left of the time to live of the whole active key; nil where the layout has none, or the key.
  public var activeTTLMilliseconds: Int?
  /// Sentences about what is wrong with the queue.
  public var warnings: [String]

  /// How many more may be admitted; nil without a capacity, never negative.
  public var free: Int? { capacity.map { max(0, $0 - active) } }

  init(layout: QueueLayout, waiting: Int, active: ActiveObservation) {
    queue = layout.name
    waitingKey = layout.waitingKey
    activeKey = layout.active.key
    self.waiting = waiting
    self.active = active.count
    capacity = layout.capacity
    activeTTLMilliseconds = active.wholeKeyTTLMilliseconds
    warnings = active.warnings
  }

  /// Takes the oldest wait from the first member's score, or says why it cannot.
  mutating func readOldestWait(score: Double?, meaning: ScoreMeaning, nowMilliseconds: Int) {
    guard let score, meaning != .counter else { return }
    guard let wait = meaning.wait(score: score, nowMilliseconds: nowMilliseconds) else {
      warnings.append("the first score in \"\(waitingKey)\" is no arrival time as \(meaning.rawValue)")
      return
    }
    oldestWaitMilliseconds = max(0, wait)
    // A second is what clocks of one shop may differ by.
    if wait < -1000 { warnings.append("the first arrival lies \(-wait / 1000) s in the future of the server's clock") }
  }
}

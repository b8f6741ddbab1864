import Text

/// A queue at one moment.
public struct QueueSnapshot: Equatable, Sendable {
  public var queue: String
  public var waitingKey: String
  public var activeKey: String
  public var waiting: Int
  public var active: Int
  public var capacity: Int?
  /// The wait of the first person in line; nil if nobody waits or the score is not an arrival.
  public var oldestWaitMilliseconds: Int?
  /// How many waiting people have expired; nil if the score is not an expiry.
  public var placesOver: Int?
  /// What is left of the time to live of the whole active key; nil if the layout has none, or the key.
  public var activeTTLMilliseconds: Int?
  /// Sentences about what is wrong with the queue.
  public var warnings: [String]
  /// The server's clock at that moment.
  public var nowMilliseconds: Int
  /// Where the line ends, for a later look.
  var mark: LineMark

  // What follows is measured only where it was asked for.

  /// Recent arrivals; nil if they cannot be counted.
  public var arrivals: Flow?
  /// Recent admissions, from the active store or from people who left the line between two looks; nil if neither is known.
  public var admissions: Flow?
  /// How many were set aside by `usher queue park`.
  public var aside: Int?
  /// When a pause by usher ends; nil if there is none.
  public var pausedUntilMilliseconds: Int?
  /// Until nobody waits, if both paces stay; nil if one is unknown, or more come than go.
  public var drain: Estimate?

  /// How many more may be admitted; nil without a capacity, never negative.
  public var free: Int? { capacity.map { max(0, $0 - active) } }

  init(layout: QueueLayout, mark: LineMark, active: ActiveObservation) {
    queue = layout.name
    waitingKey = layout.waitingKey
    activeKey = layout.active.key
    waiting = mark.count
    self.active = active.count
    capacity = layout.capacity
    activeTTLMilliseconds = active.wholeKeyTTLMilliseconds
    warnings = active.warnings
    nowMilliseconds = mark.milliseconds
    self.mark = mark
  }

  /// Takes the oldest wait from the first member's score, or says why it cannot.
  mutating func readOldestWait(score: Double?, meaning: ScoreMeaning, nowMilliseconds: Int) {
    guard let score, meaning != .counter else { return }
    guard let wait = meaning.age(score: score, nowMilliseconds: nowMilliseconds) else {
      let other = meaning.inOtherUnit
      let isOther = other.age(score: score, nowMilliseconds: nowMilliseconds) != nil
      warnings.append(
        "the first score in '\(waitingKey)' is not a valid \(meaning.rawValue) value"
          + (isOther ? ", but a valid \(other.rawValue) value: set `score: \(other.rawValue)`" : ""))
      return
    }
    guard meaning.isArrival else { return }
    oldestWaitMilliseconds = max(0, wait)
    // A second is what clocks of one shop may differ by.
    if wait < -1000 {
      warnings.append("the first arrival is \((-wait / 1000).grouped) s ahead of the server's clock")
    }
  }
}

extension QueueSnapshot {
  /// Reckons how long the line lasts from the paces that are known.
  mutating func reckonDrain() {
    drain = nil
    guard let admissions, arrivals != nil || waiting == 0 else { return }
    drain = Estimate(of: waiting, departures: [admissions], arrivals: arrivals)
  }
}

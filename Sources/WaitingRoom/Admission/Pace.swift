/// How fast people are admitted: one every `intervalMicroseconds`, by all runs together.
///
/// Each person takes a turn. Turns come at a steady interval by the clock of Redis and are kept in Redis, so that runs on several
/// machines, one after another or at once, hold one pace together. The arithmetic of `AdmitScript` stands here a second
/// time, for plans. It is the virtual scheduling of the generic cell rate algorithm; source: ITU-T I.371, annex A.
public struct Pace: Equatable, Sendable {
  public var perSecond: Double

  /// - Parameter perSecond: finite and above zero.
  public init(perSecond: Double) { self.perSecond = perSecond }

  public var intervalMicroseconds: Double { 1_000_000 / perSecond }

  /// The turns that begin within this time, the first of them at once: `rate × time`, rounded up.
  public func turns(within microseconds: Double) -> Int {
    guard microseconds > 0 else { return 0 }
    // A millionth of a turn is what the division may be wrong by.
    let turns = (microseconds / intervalMicroseconds - 1e-6).rounded(.up)
    return turns >= 9e15 ? Int(9e15) : max(1, Int(turns))
  }

  /// How long to wait between two looks at the clock of Redis: twenty per second are smooth to the eye of a service, and half a
  /// batch fits in between at any pace.
  var stepMicroseconds: Int { max(200, min(50_000, Int(250 * intervalMicroseconds))) }
}

/// What Redis keeps of a queue's pace, in microseconds of its clock since 1970.
public struct PaceBook: Equatable, Sendable {
  /// When the next turn comes.
  public var next: Double
  /// The interval of the run that wrote it.
  public var interval: Double
  /// When the last turn was taken.
  public var last: Double

  public init(next: Double, interval: Double, last: Double) {
    self.next = next
    self.interval = interval
    self.last = last
  }

  /// A run that begins within this time after its forerunner's next turn goes on with the forerunner's turns; later, it begins
  /// again. Two seconds: what cron and the start of a process are late by.
  static let patience = 2_000_000.0
  /// How much of a standstill is caught up at once.
  static let burst = 250_000.0

  /// A turn is only taken when it is due, so one further away than its interval means that the clock was set back.
  func isTrue(now: Double) -> Bool { next <= now + interval + 1 }

  /// When a run that begins `now` has its first turn; a little before `now` where it goes on with another's turns.
  public func first(now: Double) -> Double {
    isTrue(now: now) && next >= now - Self.patience ? next : now
  }
}

/// An admission that keeps a pace.
public struct PacedRun: Equatable, Sendable {
  public var pace: Pace
  /// How long it runs, whether or not somebody waits; nil to end when the count is reached or nobody waits.
  public var duration: Duration?

  public init(_ pace: Pace, for duration: Duration? = nil) {
    self.pace = pace
    self.duration = duration
  }

  /// The turns that a run that begins `now` has; nil without a duration.
  ///
  /// `rate × duration`, less what another run has taken in advance; never more, also where it goes on with another's turns.
  public func turns(now: Double, after book: PaceBook?) -> Int? {
    guard let duration else { return nil }
    let microseconds = duration / .microseconds(1)
    let first = book?.first(now: now) ?? now
    return min(pace.turns(within: microseconds), pace.turns(within: now + microseconds - first))
  }
}

/// How many people went through in a span of time that was looked at.
public struct Flow: Equatable, Sendable {
  public var count: Int
  public var windowMilliseconds: Int
  /// Those who went on since then could not be counted.
  public var isAtLeast: Bool

  public init(count: Int, windowMilliseconds: Int, isAtLeast: Bool = false) {
    self.count = count
    self.windowMilliseconds = windowMilliseconds
    self.isAtLeast = isAtLeast
  }

  /// Nil for a window of nothing.
  public var perMinute: Double? {
    windowMilliseconds > 0 ? Double(count) * 60_000 / Double(windowMilliseconds) : nil
  }

  /// The range in which the true rate lies; nil for a window of nothing.
  public var rate: RateRange? {
    windowMilliseconds > 0 ? RateRange(counted: count, seconds: Double(windowMilliseconds) / 1000) : nil
  }
}

/// A span of time that is an estimate: no less than this, and no more than that, where that can be said.
public struct Estimate: Equatable, Sendable {
  public var atLeastMilliseconds: Int
  public var atMostMilliseconds: Int?

  /// The time until this many have left, at the slowest and the fastest flow; nil if nobody leaves, or more come than leave.
  ///
  /// - Parameter arrivals: people who come meanwhile, if they must leave too.
  public init?(of people: Int, departures: [Flow], arrivals: Flow? = nil) {
    let rates = departures.compactMap(\.rate)
    guard people >= 0, people == 0 || departures.contains(where: { $0.count > 0 }),
      let quickest = rates.map(\.upper).max(), let slowest = rates.map(\.lower).min()
    else {
      return nil
    }
    let incoming = arrivals.flatMap(\.rate)
    guard let least = Self.milliseconds(people, perSecond: quickest - (incoming?.lower ?? 0)) else { return nil }
    atLeastMilliseconds = least
    atMostMilliseconds = Self.milliseconds(people, perSecond: slowest - (incoming?.upper ?? 0))
  }

  /// Nil for more than a year, which is no estimate any more.
  private static func milliseconds(_ people: Int, perSecond rate: Double) -> Int? {
    if people == 0 { return 0 }
    guard rate > 0 else { return nil }
    let time = Double(people) / rate * 1000
    return time < 365 * 86_400_000 ? Int(time) : nil
  }
}

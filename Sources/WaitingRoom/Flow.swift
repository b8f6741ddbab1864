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

  /// The people a millisecond between which the true pace lies, nineteen times in twenty: a count of n that came by chance stands
  /// for n ± 2√n.
  var pace: ClosedRange<Double>? {
    guard windowMilliseconds > 0 else { return nil }
    let (count, spread) = (Double(count), 2 * Double(count).squareRoot())
    return max(0, count - spread) / Double(windowMilliseconds)...(count + spread) / Double(windowMilliseconds)
  }
}

/// A span of time that is an estimate: no less than this, and no more than that, where that can be said.
public struct Estimate: Equatable, Sendable {
  public var atLeastMilliseconds: Int
  public var atMostMilliseconds: Int?

  /// How long until so many have gone, at the slowest and at the quickest of the paces; nil where nobody goes, or more come than go.
  ///
  /// - Parameter arrivals: who comes meanwhile, where those are in the way too.
  public init?(of people: Int, departures: [Flow], arrivals: Flow? = nil) {
    let paces = departures.compactMap(\.pace)
    guard people >= 0, let quickest = paces.map(\.upperBound).max(), let slowest = paces.map(\.lowerBound).min() else {
      return nil
    }
    let incoming = arrivals.flatMap(\.pace) ?? 0...0
    guard let least = Self.milliseconds(people, quickest - incoming.lowerBound) else { return nil }
    atLeastMilliseconds = least
    atMostMilliseconds = Self.milliseconds(people, slowest - incoming.upperBound)
  }

  /// Nil for more than a year, which is no estimate any more.
  private static func milliseconds(_ people: Int, _ pace: Double) -> Int? {
    if people == 0 { return 0 }
    guard pace > 0 else { return nil }
    let time = Double(people) / pace
    return time < 365 * 86_400_000 ? Int(time) : nil
  }
}

/// How often something happened, from a count, with the range in which its true rate lies.
public struct RateRange: Equatable, Sendable {
  /// As counted.
  public var perSecond: Double
  public var lower: Double
  public var upper: Double

  public init(perSecond: Double, lower: Double, upper: Double) {
    self.perSecond = perSecond
    self.lower = lower
    self.upper = upper
  }

  /// The rate of events that come independently of each other, `count` of them in this many seconds; seconds are above zero.
  ///
  /// The range holds the true rate in 19 cases of 20: (√n ± 1)², which is right within 1 from a count of 0 on. Source: the square
  /// root makes the variance of a Poisson count nearly 1/4 (Anscombe 1948).
  public init(counted count: Int, seconds: Double) {
    let count = Double(max(0, count))
    let below = max(0, count.squareRoot() - 1)
    let above = (count + 1).squareRoot() + 1
    self.init(perSecond: count / seconds, lower: below * below / seconds, upper: above * above / seconds)
  }
}

/// When a waiting room is empty, at a steady rate of admissions and with the arrivals of now.
public enum Emptying: Equatable, Sendable {
  /// In so many seconds.
  case within(ClosedRange<Double>)
  /// At the earliest in this many seconds, or never if arrivals are at the upper end of the range.
  case perhaps(from: Double)
  /// As many come as are admitted, or more.
  case never

  /// - Parameter rate: admissions per second.
  public init(waiting: Int, rate: Double, arrivals: RateRange) {
    func time(_ arrivals: Double) -> Double? {
      rate > arrivals ? Double(waiting) / (rate - arrivals) : nil
    }
    switch (time(arrivals.lower), time(arrivals.upper)) {
    case (let soonest?, let latest?): self = .within(soonest...latest)
    case (let soonest?, nil): self = .perhaps(from: soonest)
    case (nil, _): self = .never
    }
  }

  /// The word for it in JSON.
  public var word: String {
    switch self {
    case .within: "yes"
    case .perhaps: "perhaps"
    case .never: "never"
    }
  }
}

/// L = λ · W: the number inside is the arrivals per second times the seconds that each person stays.
///
/// It holds for every steady system, with any distribution. Source: Little, "A Proof for the Queuing Formula L = λW", 1961.
public enum LittlesLaw {
  public static func inside(perSecond: Double, staySeconds: Double) -> Double { perSecond * staySeconds }

  /// Nil if nobody stays any time.
  public static func perSecond(inside: Double, staySeconds: Double) -> Double? {
    staySeconds > 0 ? inside / staySeconds : nil
  }

  /// Nil if nobody comes.
  public static func staySeconds(inside: Double, perSecond: Double) -> Double? {
    perSecond > 0 ? inside / perSecond : nil
  }
}

/// What a waiting person's score says.
public enum ScoreMeaning: String, CaseIterable, Sendable {
  case arrivalMilliseconds = "arrival-ms"
  case arrivalSeconds = "arrival-s"
  /// When a waiting person expires. It does not contain the arrival, because services extend it with each request.
  case expiryMilliseconds = "expiry-ms"
  case expirySeconds = "expiry-s"
  /// A running number: it gives the order, and no time.
  case counter

  /// The unit of a score that is a time; nil for a counter.
  var unit: TimeUnit? {
    switch self {
    case .arrivalMilliseconds, .expiryMilliseconds: .milliseconds
    case .arrivalSeconds, .expirySeconds: .seconds
    case .counter: nil
    }
  }

  var isArrival: Bool { self == .arrivalMilliseconds || self == .arrivalSeconds }
  /// Whether a place in line has an end, and the score is that.
  public var isExpiry: Bool { self == .expiryMilliseconds || self == .expirySeconds }

  /// What a score of this meaning is, after `is no`.

  /// The same in seconds instead of milliseconds, or the other way round.
  var inOtherUnit: ScoreMeaning {
    switch self {
    case .arrivalMilliseconds: .arrivalSeconds
    case .arrivalSeconds: .arrivalMilliseconds
    case .expiryMilliseconds: .expirySeconds
    case .expirySeconds: .expiryMilliseconds
    case .counter: .counter
    }
  }

  /// The time that a score is, in milliseconds since 1970; nil if it is none.
  func time(score: Double) -> Int? {
    guard let unit else { return nil }
    let time = score * Double(unit.rawValue)
    return time.magnitude < 1e17 ? Int(time.rounded(.down)) : nil
  }

  /// The score that is a time; nil for a counter.
  func score(time milliseconds: Int) -> Double? { unit.map { Double(milliseconds) / Double($0.rawValue) } }

  /// The arrival of a person with this score, in milliseconds since 1970; nil if the score is not an arrival.
  func arrival(score: Double) -> Int? { isArrival ? time(score: score) : nil }

  /// The expiry of a waiting person with this score, in milliseconds since 1970; nil if the score is not an expiry.
  func expiry(score: Double) -> Int? { isExpiry ? time(score: score) : nil }

  /// The score of somebody who came then; nil if a score is no arrival.
  func score(arrival milliseconds: Int) -> Double? { isArrival ? score(time: milliseconds) : nil }

  /// The wait at `now` of a person with this score, in milliseconds; nil if the score is not an arrival.
  func wait(score: Double, nowMilliseconds: Int) -> Int? {
    isArrival ? age(score: score, nowMilliseconds: nowMilliseconds) : nil
  }

  /// How long ago the time is that a score is, in milliseconds, negative for one to come; nil if the score is none, or one of another
  /// meaning.
  func age(score: Double, nowMilliseconds: Int) -> Int? {
    guard let unit else { return nil }
    let age = Double(nowMilliseconds) - score * Double(unit.rawValue)
    // Ten years are a score of another meaning, and no wait.
    guard age.isFinite, abs(age) < 10 * 365 * 86_400_000 else { return nil }
    return Int(age.rounded(.down))
  }
}

/// Scores for people who go between two others: strictly rising, exact as doubles, whole numbers where there are enough.
///
/// Source: IEEE 754; a sorted set of Redis holds its scores as doubles, so between two of them there may be few or none.
enum MoveScores {
  /// `count` scores above `lower` and below `upper`; nil if there are fewer doubles between them.
  static func between(_ lower: Double, _ upper: Double, count: Int) -> [Double]? {
    guard lower < upper, count > 0 else { return count == 0 ? [] : nil }
    if lower == -.infinity { return before(upper, count: count) }
    if upper == .infinity { return after(lower, now: nil, count: count) }
    let first = lower.rounded(.down) + 1
    let last = upper.rounded(.up) - 1
    if abs(first) < exact, abs(last) < exact, last - first + 1 >= Double(count) {
      return spread(count, over: Int64(first)...Int64(last)).map(Double.init)
    }
    let (from, next) = (ordinal(lower) + 1, ordinal(upper))
    guard from < next else { return nil }
    // From a large negative to a large positive number there are more steps than an Int64 counts; the upper ones are enough.
    let start = from < 0 && next > 0 ? max(from, next - (1 << 61)) : from
    guard next - start >= count else { return nil }
    return spread(count, over: start...(next - 1)).map(value)
  }

  /// `count` scores below `upper`, whole numbers apart where that is exact.
  static func before(_ upper: Double, count: Int) -> [Double]? {
    let last = upper.rounded(.up) - 1
    let first = last - Double(count) + 1
    if abs(first) < exact, abs(last) < exact { return (0..<count).map { first + Double($0) } }
    let start = ordinal(upper).subtractingReportingOverflow(Int64(count))
    guard !start.overflow, start.partialValue > ordinal(-.infinity) else { return nil }
    return (0..<Int64(count)).map { value(start.partialValue + $0) }
  }

  /// `count` scores above `lower` and not below `now`, so close together that the next arrival comes behind them.
  static func after(_ lower: Double?, now: Double?, count: Int) -> [Double]? {
    let step = 1.0 / 1024
    var first = now ?? ((lower ?? 0).rounded(.down) + step)
    if let lower, first <= lower { first = lower + step }
    let scores = (0..<count).map { first + Double($0) * step }
    let isAbove = lower.map { first > $0 } ?? true
    if isAbove, first.isFinite, zip(scores, scores.dropFirst()).allSatisfy({ $0 < $1 }) { return scores }
    let start = ordinal(lower ?? 0)
    guard ordinal(.infinity) - Int64(count) > start else { return nil }
    return (1...Int64(count)).map { value(start + $0) }
  }

  /// Whole numbers below this have no two that are one double.
  private static let exact = 9_007_199_254_740_992.0

  private static func spread(_ count: Int, over range: ClosedRange<Int64>) -> [Int64] {
    let step = (range.upperBound - range.lowerBound + 1) / Int64(count)
    return (0..<Int64(count)).map { range.lowerBound + $0 * step + step / 2 }
  }

  /// Doubles in their order, as whole numbers a step apart.
  private static func ordinal(_ score: Double) -> Int64 {
    let bits = Int64(bitPattern: score.magnitude.bitPattern)
    return score.sign == .minus ? -bits : bits
  }

  private static func value(_ ordinal: Int64) -> Double {
    let magnitude = Double(bitPattern: UInt64(ordinal.magnitude))
    return ordinal < 0 ? -magnitude : magnitude
  }
}

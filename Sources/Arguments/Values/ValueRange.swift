/// A range that a value must lie in: `1...`, `...100` or `1...100`.
public protocol ValueRange<Bound> {
  associatedtype Bound: Comparable
  var lowest: Bound? { get }
  var highest: Bound? { get }
}

extension ClosedRange: ValueRange {
  public var lowest: Bound? { lowerBound }
  public var highest: Bound? { upperBound }
}

extension PartialRangeFrom: ValueRange {
  public var lowest: Bound? { lowerBound }
  public var highest: Bound? { nil }
}

extension PartialRangeThrough: ValueRange {
  public var lowest: Bound? { nil }
  public var highest: Bound? { upperBound }
}

extension ValueRange {
  func allows(_ value: Bound) -> Bool {
    if let lowest, value < lowest { return false }
    if let highest, value > highest { return false }
    return true
  }

  /// ` of at least 1`, ` of at most 9`, ` from 1 to 9`, to follow a noun.
  func phrase(_ print: (Bound) -> String) -> String {
    switch (lowest, highest) {
    case (let low?, let high?): " from \(print(low)) to \(print(high))"
    case (let low?, nil): " of at least \(print(low))"
    case (nil, let high?): " of at most \(print(high))"
    case (nil, nil): ""
    }
  }

  /// The preferred example where the range allows it, otherwise a bound.
  func example(_ preferred: Bound) -> Bound {
    allows(preferred) ? preferred : lowest ?? highest ?? preferred
  }
}

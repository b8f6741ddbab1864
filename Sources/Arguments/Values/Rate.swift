/// How often something happens.
public struct Rate: Comparable, Hashable, Sendable, CustomStringConvertible {
  public var perSecond: Double

  public init(perSecond: Double) { self.perSecond = perSecond }

  public static func < (one: Rate, other: Rate) -> Bool { one.perSecond < other.perSecond }

  /// In the shortest unit in which it is a whole number, otherwise a second: `7/s`, `10/min`.
  public var description: String {
    for unit in Rate.units {
      let count = perSecond * unit.seconds + 0.5
      guard count >= 1, count < 1e15 else { continue }
      // The nearest whole number. Not `rounded()`, which would need the C library's mathematics.
      let whole = Int(count)
      if Double(whole) / unit.seconds == perSecond { return "\(whole)/\(unit.name)" }
    }
    return Decimal.text(perSecond) + "/s"
  }

  private static let units: [(name: String, seconds: Double)] = [
    ("s", 1), ("min", 60), ("m", 60), ("h", 3600), ("d", 86_400),
  ]

  static func parse(_ text: String) -> Rate? {
    let halves = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, let unit = units.first(where: { $0.name.utf8.elementsEqual(halves[1]) }),
      let count = Decimal.number(String(Substring(halves[0]))), count > 0, count / unit.seconds > 0
    else { return nil }
    return Rate(perSecond: count / unit.seconds)
  }

  /// What to say beyond "expected a rate".
  static func hint(for text: String) -> String? {
    if let number = Decimal.number(text) {
      return number > 0 && parse(text + "/min") != nil ? "the unit is required: \(text)/s or \(text)/min" : nil
    }
    let halves = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2 else { return nil }
    if let bound = Decimal.boundHint(for: halves[0]) { return bound }
    guard let number = Decimal.number(halves[0]), number > 0 else { return nil }
    let unit = units.first { $0.name.hasPrefix(halves[1].prefix(1).lowercased()) }
    guard let unit, halves[1].count > 1,
      ["sec", "min", "hour", "hr", "day"].contains(where: halves[1].lowercased().hasPrefix)
    else { return nil }
    return "units are s, min, h and d: \(halves[0])/\(unit.name)"
  }
}

extension ValueKind where Value == Rate {
  /// A number a unit of time: `500/s`, `420/min`, `10/h`; above zero.
  public static var rate: ValueKind {
    let form = ValueForm(
      name: "rate", expected: "a rate above 0 (a number per s, min, h or d)", example: "420/min", placeholder: "RATE",
      isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      if let rate = Rate.parse(text) { return rate }
      throw ValueMismatch(hint: Rate.hint(for: text))
    } print: {
      $0.description
    }
  }
}

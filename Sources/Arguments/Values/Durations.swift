extension ValueKind where Value == Duration {
  /// A length of time with its unit: `250ms`, `90s`, `5m`, `1h30m`, `7d`, `2w`; at most 292 years, to the nanosecond.
  public static var duration: ValueKind {
    duration(Duration.zero..., phrase: "a duration with its unit (ms, s, m, h, d, w)")
  }

  /// A length of time in a range, for example `.duration(.seconds(1)...)`.
  public static func duration(_ range: some ValueRange<Duration> & Sendable) -> ValueKind {
    duration(range, phrase: "a duration" + range.phrase(DurationText.print))
  }

  private static func duration(_ range: some ValueRange<Duration> & Sendable, phrase: String) -> ValueKind {
    let example = DurationText.print(range.example(.seconds(90)))
    let form = ValueForm(
      name: "duration", expected: phrase, example: example, placeholder: "DURATION", isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      if let value = DurationText.parse(text), range.allows(value) { return value }
      throw ValueMismatch(
        hint: DurationText.hint(for: text, isBounded: range.highest != nil) { word in
          DurationText.parse(word).map(range.allows) ?? false
        })
    } print: {
      DurationText.print($0)
    }
  }
}

/// Durations as people write them: numbers with units, the largest unit first, each unit once.
enum DurationText {
  /// In nanoseconds, the largest first. No months and no years: they have no fixed length.
  private static let units: [(name: String, nanoseconds: Int)] = [
    ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
    ("s", 1_000_000_000), ("ms", 1_000_000),
  ]

  enum Reading: Equatable {
    case value(Duration)
    case tooLong
    case malformed
  }

  static func parse(_ text: some StringProtocol) -> Duration? {
    if case .value(let duration) = read(text) { return duration }
    return nil
  }

  static func read(_ text: some StringProtocol) -> Reading {
    var rest = Array(text.utf8)[...]
    var total: Int128 = 0
    var nextUnit = 0
    var isTooLong = false
    while !rest.isEmpty {
      let number = rest.prefix { Decimal.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
      rest.removeFirst(number.count)
      let name = rest.prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
      rest.removeFirst(name.count)
      guard let index = units.firstIndex(where: { $0.name.utf8.elementsEqual(name) }), index >= nextUnit,
        rest.isEmpty || !number.contains(UInt8(ascii: "."))
      else { return .malformed }
      nextUnit = index + 1
      let steps = Decimal.steps(String(decoding: number, as: UTF8.self), ofUnit: units[index].nanoseconds)
      // Whole numbers fail by their size alone.
      guard let steps = steps ?? (Decimal.digits(number) == nil ? nil : Int128.max) else { return .malformed }
      let (sum, overflow) = total.addingReportingOverflow(steps)
      isTooLong = isTooLong || overflow
      total = sum
    }
    guard nextUnit > 0 else { return .malformed }
    guard !isTooLong, total <= Int128(Int64.max) else { return .tooLong }
    let (seconds, nanoseconds) = total.quotientAndRemainder(dividingBy: 1_000_000_000)
    return .value(Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(nanoseconds) * 1_000_000_000))
  }

  /// `1h30m`; parts of a millisecond as a fraction of `ms`.
  static func print(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    var rest = Int128(seconds) * 1_000_000_000 + Int128(attoseconds) / 1_000_000_000
    let sign = rest < 0 ? "-" : ""
    rest = rest.magnitude > UInt128(Int128.max) ? 0 : Int128(rest.magnitude)
    var text = ""
    for unit in units.dropFirst() {
      let (count, remainder) = rest.quotientAndRemainder(dividingBy: Int128(unit.nanoseconds))
      rest = remainder
      let isLast = unit.name == "ms"
      guard count > 0 || (isLast && rest > 0) else { continue }
      text += count.description
      if isLast && rest > 0 {
        let fraction = String((rest + 1_000_000).description.dropFirst())
        text += "." + fraction.reversed().drop { $0 == "0" }.reversed()
      }
      text += unit.name
    }
    return text.isEmpty ? "0s" : sign + text
  }

  /// What to say beyond "expected a duration"; what it offers is accepted.
  ///
  /// - Parameter isBounded: whether what was expected says how long it may be at most.
  static func hint(for text: String, isBounded: Bool = false, accepts: (String) -> Bool) -> String? {
    switch read(text) {
    case .value: return nil
    case .tooLong: return isBounded ? nil : "at most 292 years"
    case .malformed: break
    }
    if text.hasPrefix("-") { return parse(text.dropFirst()) == nil ? nil : "a duration is never negative" }
    if Decimal.number(text) != nil {
      let offers = ["\(text)s", "\(text)m", "\(text)h"].filter(accepts).prefix(2)
      return offers.isEmpty ? "the unit is required" : "the unit is required: \(UsageError.list(Array(offers), "or"))"
    }
    let packed = text.filter { $0 != " " }
    if packed != text, accepts(packed) { return "without blanks: \(packed)" }
    let names = text.split { !$0.isLetter }.map(String.init)
    if names.contains(where: { ["M", "mo", "month", "months", "y", "Y", "year", "years"].contains($0) }) {
      return "months and years have no fixed length: count days"
    }
    if names.contains(where: { ["us", "µs", "μs", "ns"].contains($0) }) { return "the smallest unit is ms: 0.001ms" }
    for name in names where !units.contains(where: { $0.name == name }) {
      let short = longNames.first { $0.key.hasPrefix(name.lowercased()) && name.count > 1 }?.value
      if let short {
        let mended = text.replacing(name, with: short)
        return "units are w, d, h, m, s and ms" + (accepts(mended) ? ": \(mended)" : "")
      }
    }
    let order = names.compactMap { name in units.firstIndex { $0.name == name } }
    if order.count == names.count, order != order.sorted() || Set(order).count < order.count {
      return "larger units first, each once: 1h30m"
    }
    return nil
  }

  /// What people also call the units; the seconds before the shorter of their beginnings is anything else.
  private static let longNames: KeyValuePairs = [
    "seconds": "s", "minutes": "m", "hours": "h", "hrs": "h", "days": "d", "weeks": "w", "milliseconds": "ms",
    "msecs": "ms",
  ]
}

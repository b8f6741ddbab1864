/// A point in time as the user gave it; what is relative is resolved against the caller's clock, because parsing has none.
public enum PointInTime: Hashable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z; finer digits are cut off.
  case absolute(milliseconds: Int)
  case now
  /// So long before now.
  case ago(Duration)

  /// Milliseconds since 1970, given the present time in the same unit.
  public func milliseconds(now: Int) -> Int {
    switch self {
    case .absolute(let milliseconds): return milliseconds
    case .now: return now
    case .ago(let duration):
      let (seconds, attoseconds) = duration.components
      let past = Int128(now) - Int128(seconds) * 1000 - Int128(attoseconds) / 1_000_000_000_000_000
      return Int(clamping: past)
    }
  }
}

extension ValueKind where Value == PointInTime {
  /// RFC 3339 with its zone, `@` and seconds since 1970, `-15m` for that long ago, or `now`.
  public static var instant: ValueKind {
    let form = ValueForm(
      name: "instant", expected: "a time (RFC 3339 with zone, @epoch seconds, -15m or now)",
      example: "2025-03-01T09:30:00Z", placeholder: "TIME", isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      if let value = PointInTime(text) { return value }
      throw ValueMismatch(hint: PointInTime.hint(for: text))
    } print: {
      $0.text
    }
  }
}

extension PointInTime {
  init?(_ text: String) {
    if text == "now" {
      self = .now
    } else if text.hasPrefix("-"), let duration = DurationText.parse(text.dropFirst()) {
      self = .ago(duration)
    } else if text.hasPrefix("@"), let milliseconds = PointInTime.epoch(text.dropFirst()) {
      self = .absolute(milliseconds: milliseconds)
    } else if let milliseconds = Timestamp.milliseconds(Array(text.utf8)) {
      self = .absolute(milliseconds: milliseconds)
    } else {
      return nil
    }
  }

  /// What to say beyond "expected a time".
  static func hint(for text: String) -> String? {
    if PointInTime(text + "Z") != nil { return "the zone is required: \(text)Z or \(text)+09:00" }
    if PointInTime(text + "T00:00:00Z") != nil { return "the time of day is required: \(text)T00:00:00Z" }
    if DurationText.parse(text) != nil { return "for that long ago, write -\(text)" }
    if text.hasPrefix("-") {
      return DurationText.hint(for: String(text.dropFirst()), accepts: { DurationText.parse($0) != nil })
        .map { "after the -, \($0)" }
    }
    if PointInTime("@" + text) != nil { return "for seconds since 1970, write @\(text)" }
    return leapHint(for: text)
  }

  /// RFC 3339 has leap seconds, our calendar hasn't: the last second before one is near enough.
  private static func leapHint(for text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count > 19, bytes[17...18].elementsEqual("60".utf8) else { return nil }
    let before = String(decoding: bytes[..<17] + Array("59".utf8) + bytes[19...], as: UTF8.self)
    return PointInTime(before) == nil ? nil : "leap seconds aren't counted: \(before)"
  }

  /// The form that parses to the same point again.
  var text: String {
    switch self {
    case .now: return "now"
    case .ago(let duration): return "-" + DurationText.print(duration)
    case .absolute(let milliseconds):
      let magnitude = milliseconds.magnitude
      let fraction = String((magnitude % 1000 + 1000).description.dropFirst())
      return "@" + (milliseconds < 0 ? "-" : "") + "\(magnitude / 1000)" + (fraction == "000" ? "" : "." + fraction)
    }
  }

  private static func epoch(_ text: Substring) -> Int? {
    let isNegative = text.hasPrefix("-")
    guard let steps = Decimal.steps(isNegative ? text.dropFirst() : text, ofUnit: 1000) else { return nil }
    return Int(exactly: isNegative ? -steps : steps)
  }
}

/// RFC 3339 timestamps, without a calendar library.
///
/// Source: RFC 3339, section 5.6; the day number is Howard Hinnant's `days_from_civil`.
enum Timestamp {
  static func milliseconds(_ bytes: [UInt8]) -> Int? {
    var rest = bytes[...]
    guard let year = take(&rest, 4), skip(&rest, "-"), let month = take(&rest, 2), skip(&rest, "-"),
      let day = take(&rest, 2), skip(&rest, "Tt "), let hour = take(&rest, 2), skip(&rest, ":"),
      let minute = take(&rest, 2), skip(&rest, ":"), let second = take(&rest, 2),
      (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year), hour < 24, minute < 60, second < 60
    else { return nil }
    var fraction = 0
    if skip(&rest, ".") {
      let digits = rest.prefix(while: Decimal.isDigit)
      guard !digits.isEmpty else { return nil }
      rest.removeFirst(digits.count)
      for place in 0..<3 {
        let index = digits.startIndex + place
        fraction = fraction * 10 + (index < digits.endIndex ? Int(digits[index] - UInt8(ascii: "0")) : 0)
      }
    }
    guard let offset = zone(&rest), rest.isEmpty else { return nil }
    let days = dayNumber(year: year, month: month, day: day)
    return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + fraction
  }

  /// Minutes east of Greenwich.
  private static func zone(_ rest: inout ArraySlice<UInt8>) -> Int? {
    if skip(&rest, "Zz") { return 0 }
    let isWest = rest.first == UInt8(ascii: "-")
    guard skip(&rest, "+-"), let hours = take(&rest, 2), skip(&rest, ":"), let minutes = take(&rest, 2), hours < 24,
      minutes < 60
    else { return nil }
    return (isWest ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func take(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy(Decimal.isDigit) else { return nil }
    rest.removeFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  private static func skip(_ rest: inout ArraySlice<UInt8>, _ anyOf: String) -> Bool {
    guard let byte = rest.first, anyOf.utf8.contains(byte) else { return false }
    rest.removeFirst()
    return true
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return switch month {
    case 2: isLeap ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 in the Gregorian calendar.
  private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

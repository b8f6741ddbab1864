import Text

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
    } else if let milliseconds = Timestamp.milliseconds(rfc3339: text) {
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

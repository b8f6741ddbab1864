/// Points in time as text, and back; a point in time is a number of milliseconds since 1970-01-01T00:00:00Z.
public enum Timestamp {
  /// `2026-11-23T12:40:02.123Z`: for a pipe, for JSON and for CSV.
  ///
  /// Source: RFC 3339. It knows the years 0 to 9999; a point in time outside of them becomes the nearest end of this range.
  public static func rfc3339(milliseconds: Int) -> String {
    var bytes: [UInt8] = []
    append(milliseconds: milliseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `2026-11-23 12:40:02Z`: for a terminal.
  public static func short(milliseconds: Int) -> String {
    let text = rfc3339(milliseconds: milliseconds)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))Z"
  }

  /// Appends what `rfc3339` gives.
  public static func append(milliseconds: Int, to bytes: inout [UInt8]) {
    // 0000-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z.
    let clamped = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    let days = clamped.floorDivided(by: 86_400_000)
    let rest = clamped - days * 86_400_000
    let date = CalendarDate(daysSinceEpoch: days)
    append(date.year, 4, UInt8(ascii: "-"), to: &bytes)
    append(date.month, 2, UInt8(ascii: "-"), to: &bytes)
    append(date.day, 2, UInt8(ascii: "T"), to: &bytes)
    append(rest / 3_600_000, 2, UInt8(ascii: ":"), to: &bytes)
    append(rest / 60_000 % 60, 2, UInt8(ascii: ":"), to: &bytes)
    append(rest / 1000 % 60, 2, UInt8(ascii: "."), to: &bytes)
    append(rest % 1000, 3, UInt8(ascii: "Z"), to: &bytes)
  }

  /// A number in this many digits, and the byte after it.
  private static func append(_ number: Int, _ count: Int, _ end: UInt8, to bytes: inout [UInt8]) {
    var divisor = count == 4 ? 1000 : count == 3 ? 100 : 10
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
    bytes.append(end)
  }
}

extension Timestamp {
  /// The point in time that an RFC 3339 text with its zone names; nil for another text. Digits after the third of a second's
  /// fraction are cut off; a leap second is no point in time here.
  ///
  /// Source: RFC 3339, section 5.6.
  public static func milliseconds(rfc3339 text: String) -> Int? {
    var rest = Array(text.utf8)[...]
    guard let year = take(&rest, 4), skip(&rest, "-"), let month = take(&rest, 2), skip(&rest, "-"),
      let day = take(&rest, 2), skip(&rest, "Tt "), let hour = take(&rest, 2), skip(&rest, ":"),
      let minute = take(&rest, 2), skip(&rest, ":"), let second = take(&rest, 2),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let date = CalendarDate(year: year, month: month, day: day)
    guard date.isValid, let fraction = fraction(&rest), let offset = zone(&rest), rest.isEmpty else { return nil }
    return (((date.daysSinceEpoch * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + fraction
  }

  /// Milliseconds after the point; zero where there is no point, nil where no digit follows it.
  private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard skip(&rest, ".") else { return 0 }
    let digits = rest.prefix(while: isDigit)
    rest.removeFirst(digits.count)
    guard !digits.isEmpty else { return nil }
    return (0..<3).reduce(0) { sum, place in
      let index = digits.startIndex + place
      return sum * 10 + (index < digits.endIndex ? Int(digits[index] - UInt8(ascii: "0")) : 0)
    }
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
    guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
    rest.removeFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  private static func skip(_ rest: inout ArraySlice<UInt8>, _ anyOf: String) -> Bool {
    guard let byte = rest.first, anyOf.utf8.contains(byte) else { return false }
    rest.removeFirst()
    return true
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

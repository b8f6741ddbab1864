/// Instants as text, from milliseconds since 1970-01-01T00:00:00Z: the one place that does calendar arithmetic.
public enum Timestamp {
  /// `2026-11-23T12:40:02.123Z`: what a pipe, JSON and CSV get.
  ///
  /// Source: RFC 3339. Years outside of 0 to 9999, which it does not know, are clamped to its ends.
  public static func rfc3339(milliseconds: Int) -> String {
    var bytes: [UInt8] = []
    append(milliseconds: milliseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `2026-11-23 12:40:02Z`: what a terminal gets.
  public static func short(milliseconds: Int) -> String {
    let text = rfc3339(milliseconds: milliseconds)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))Z"
  }

  /// Appends what `rfc3339` gives.
  static func append(milliseconds: Int, to bytes: inout [UInt8]) {
    // 0000-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z.
    let clamped = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    let days = floorDivide(clamped, 86_400_000)
    let rest = clamped - days * 86_400_000
    let (year, month, day) = civilDate(daysSinceEpoch: days)
    append(year, 4, UInt8(ascii: "-"), to: &bytes)
    append(month, 2, UInt8(ascii: "-"), to: &bytes)
    append(day, 2, UInt8(ascii: "T"), to: &bytes)
    append(rest / 3_600_000, 2, UInt8(ascii: ":"), to: &bytes)
    append(rest / 60_000 % 60, 2, UInt8(ascii: ":"), to: &bytes)
    append(rest / 1000 % 60, 2, UInt8(ascii: "."), to: &bytes)
    append(rest % 1000, 3, UInt8(ascii: "Z"), to: &bytes)
  }

  /// The Gregorian date of a day, counted in eras of 400 years that begin on a 1 March.
  ///
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  static func civilDate(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func floorDivide(_ number: Int, _ divisor: Int) -> Int {
    (number >= 0 ? number : number - divisor + 1) / divisor
  }

  /// A number in so many digits, and what stands after it.
  private static func append(_ number: Int, _ count: Int, _ end: UInt8, to bytes: inout [UInt8]) {
    var divisor = count == 4 ? 1000 : count == 3 ? 100 : 10
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
    bytes.append(end)
  }
}

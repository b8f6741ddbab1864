import Glibc

/// Points in time as text, in UTC.
public enum Instant {
  /// Milliseconds since 1970.
  public static func nowMilliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }

  /// `2026-11-23T12:00:00.123Z` for milliseconds since 1970, which must not be negative.
  static func text(_ milliseconds: Int, separator: UInt8 = UInt8(ascii: "T"), zone: StaticString = "Z") -> [UInt8] {
    let (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    let (year, month, dayOfMonth) = date(day)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(28)
    func digits(_ number: Int, _ count: Int) {
      var divisor = 1
      for _ in 1..<count { divisor *= 10 }
      while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
        divisor /= 10
      }
    }
    digits(year, 4)
    bytes.append(UInt8(ascii: "-"))
    digits(month, 2)
    bytes.append(UInt8(ascii: "-"))
    digits(dayOfMonth, 2)
    bytes.append(separator)
    digits(rest / 3_600_000, 2)
    bytes.append(UInt8(ascii: ":"))
    digits(rest / 60_000 % 60, 2)
    bytes.append(UInt8(ascii: ":"))
    digits(rest / 1_000 % 60, 2)
    bytes.append(UInt8(ascii: "."))
    digits(rest % 1_000, 3)
    zone.withUTF8Buffer { bytes += $0 }
    return bytes
  }

  /// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, civil_from_days.
  private static func date(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = daysSince1970 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

import Support
import Testing
import Text

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "are RFC 3339 in UTC",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
      (1_709_164_800_000, "2024-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
      (1_795_437_602_123, "2026-11-23T12:40:02.123Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (Int.max, "9999-12-31T23:59:59.999Z"),
      (Int.min, "0000-01-01T00:00:00.000Z"),
    ])
  func instants(_ milliseconds: Int, _ text: String) { #expect(Timestamp.rfc3339(milliseconds: milliseconds) == text) }

  @Test("are shorter on a terminal")
  func short() { #expect(Timestamp.short(milliseconds: 1_795_437_602_123) == "2026-11-23 12:40:02Z") }

  @Test(
    "are read in any zone, to the millisecond",
    arguments: [
      ("2025-03-01T18:30:00+09:00", 1_740_821_400_000), ("2025-03-01t09:30:00.5z", 1_740_821_400_500),
      ("2025-03-01 09:30:00.123456Z", 1_740_821_400_123), ("1969-12-31T23:59:59-00:30", 1_799_000),
      ("0000-01-01T00:00:00+23:59", -62_167_305_540_000), ("2025-02-29T00:00:00Z", nil), ("1900-02-29T00:00:00Z", nil),
      ("2025-13-01T00:00:00Z", nil), ("2025-00-01T00:00:00Z", nil), ("2025-04-31T00:00:00Z", nil),
      ("2025-03-01T24:00:00Z", nil), ("2025-03-01T09:30:60Z", nil), ("2025-03-01T09:30:00", nil),
      ("2025-03-01T09:30:00.Z", nil), ("2025-03-01T09:30:00+24:00", nil), ("2025-03-01T09:30:00Zx", nil),
      ("２025-03-01T09:30:00Z", nil), ("", nil),
    ] as [(String, Int?)])
  func reading(_ text: String, _ milliseconds: Int?) { #expect(Timestamp.milliseconds(rfc3339: text) == milliseconds) }

  @Test("survive writing and reading")
  func roundTrip() {
    var random = SeededRandom(seed: 22)
    for _ in 0..<10_000 {
      let milliseconds = Int.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
      let text = Timestamp.rfc3339(milliseconds: milliseconds)
      #expect(Timestamp.milliseconds(rfc3339: text) == milliseconds, "\(text)")
    }
  }
}

@Suite("Calendar dates")
struct CalendarDateTests {
  @Test("every day of eight centuries follows the day before it")
  func calendar() {
    var expected = CalendarDate(year: 1600, month: 1, day: 1)
    for day in -135_140..<157_056 {
      let date = CalendarDate(daysSinceEpoch: day)
      guard date == expected, date.daysSinceEpoch == day, date.isValid else {
        Issue.record("day \(day) is \(date), not \(expected)")
        return
      }
      let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      expected.day += 1
      if expected.day > lengths[expected.month - 1] {
        expected = CalendarDate(year: expected.year, month: expected.month + 1, day: 1)
      }
      if expected.month > 12 { expected = CalendarDate(year: expected.year + 1, month: 1, day: 1) }
    }
  }

  @Test(
    "are valid where the calendar has them",
    arguments: [
      (2024, 2, 29, true), (2023, 2, 29, false), (1900, 2, 29, false), (2000, 2, 29, true), (2025, 4, 31, false),
      (2025, 13, 1, false), (2025, 0, 1, false), (2025, 1, 0, false), (0, 3, 1, true),
    ])
  func validity(_ year: Int, _ month: Int, _ day: Int, _ isValid: Bool) {
    #expect(CalendarDate(year: year, month: month, day: day).isValid == isValid)
  }

  @Test("reach as far as PostgreSQL counts")
  func far() { #expect(CalendarDate(daysSinceEpoch: 106_751_991).year == 294_247) }
}

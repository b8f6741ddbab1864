import Testing

@testable import Arguments

@Suite("Points in time, and positions in a log: rule 18")
struct InstantsTests {
  @Test(
    "rule 18: times carry their zone",
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("2025-03-01T09:30:00Z", 1_740_821_400_000),
      ("2025-03-01T18:30:00+09:00", 1_740_821_400_000),
      ("2025-03-01t09:30:00.5z", 1_740_821_400_500),
      ("2025-03-01 09:30:00.123456Z", 1_740_821_400_123),
      ("1969-12-31T23:59:59-00:30", 1_799_000),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000),
      ("2000-02-29T00:00:00Z", 951_782_400_000),
      ("0000-03-01T00:00:00Z", -62_162_035_200_000),
      ("0000-01-01T00:00:00+23:59", -62_167_305_540_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
      ("@0", 0),
      ("@1740821400.5", 1_740_821_400_500),
      ("@-1", -1000),
      ("@-0.001", -1),
      ("@1_000", 1_000_000),
      ("@9223372036854775.807", Int.max),
      ("@-9223372036854775.808", Int.min),
    ])
  func instants(word: String, milliseconds: Int) {
    #expect(ValueKind.instant.reads(word) == .absolute(milliseconds: milliseconds))
  }

  @Test(
    "rule 18: what is no time of the calendar is refused",
    arguments: [
      "2025-03-01T09:30:00", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2025-13-01T00:00:00Z",
      "2025-03-01T24:00:00Z",
      "2025-03-01T09:60:00Z", "2025-03-01T09:30:60Z", "2025-03-01T09:30Z", "2025-03-01", "2025-03-01T09:30:00.Z",
      "2025-03-01T09:30:00Zx", "2025-03-01T09:30:00+9:00", "2025-03-01T09:30:00+24:00", "2025-03-01T09:30:00+09:60",
      "@",
      "@x", "@0.0001", "@9223372036854775.808", "@-9223372036854775.809", "@99999999999999999", "@-", "yesterday", "",
      "2025-00-01T00:00:00Z", "2025-01-00T00:00:00Z", "2025-04-31T00:00:00Z", "10000-01-01T00:00:00Z", "NOW", "-",
      "-15",
      "--15m", "２025-03-01T09:30:00Z",
    ])
  func refused(word: String) { #expect(ValueKind.instant.reads(word) == nil) }

  @Test(
    "rule 18: a hint says what that time lacks",
    arguments: [
      ("2025-03-01T09:30:00", "the zone is required: 2025-03-01T09:30:00Z or 2025-03-01T09:30:00+09:00"),
      ("2025-03-01", "the time of day is required: 2025-03-01T00:00:00Z"),
      ("15m", "for that long ago, write -15m"),
      ("-15", "after the -, the unit is required: 15s or 15m"),
      ("1740821400", "for seconds since 1970, write @1740821400"),
      ("2016-12-31T23:59:60Z", "leap seconds aren't counted: 2016-12-31T23:59:59Z"),
      ("2017-01-01T08:59:60.5+09:00", "leap seconds aren't counted: 2017-01-01T08:59:59.5+09:00"),
      ("2016-12-32T23:59:60Z", nil),
      ("-300000000w", "after the -, at most 292 years"),
      ("99999999999999999999", nil),
      ("2025-02-29", nil),
      ("yesterday", nil),
      ("", nil),
      ("-", nil),
    ] as [(String, String?)])
  func hints(word: String, hint: String?) throws { #expect(try ValueKind.instant.hint(for: word) == hint) }

  @Test("rule 18: a relative time is resolved against the caller's clock, and never overflows")
  func relative() throws {
    let quarter = try ValueKind.instant.parse("-15m")
    #expect(quarter == .ago(.seconds(900)))
    #expect(quarter.milliseconds(now: 1_000_000) == 100_000)
    #expect(try ValueKind.instant.parse("now").milliseconds(now: 42) == 42)
    #expect(PointInTime.absolute(milliseconds: 7).milliseconds(now: 42) == 7)
    #expect(PointInTime.ago(.seconds(Int64.max)).milliseconds(now: Int.min) == Int.min)
    #expect(PointInTime.ago(.seconds(Int64.min)).milliseconds(now: Int.max) == Int.max)
    #expect(PointInTime.ago(.milliseconds(1)).milliseconds(now: Int.min) == Int.min)
  }

  @Test("times survive print and parse")
  func printing() throws {
    try ValueKind.instant.survivesPrinting { random in
      switch Int.random(in: 0...3, using: &random) {
      case 0: .now
      case 1: .ago(.nanoseconds(Int64(random.magnitude())))
      case 2: .absolute(milliseconds: -random.magnitude())
      default: .absolute(milliseconds: random.magnitude())
      }
    }
    try ValueKind.instant.survivesPrinting(
      [Int.min, Int.min + 1, -1000, -999, -1, 0, 1, 999, 1000, Int.max].map(PointInTime.absolute) + [.ago(.zero), .now])
  }

  @Test(
    "rule 18: offsets are named, numbered, or counted from the end",
    arguments: [
      ("beginning", .beginning),
      ("end", .end),
      ("0", .at(0)),
      ("1_000", .at(1000)),
      ("-10", .beforeEnd(10)),
      ("9223372036854775807", .at(Int.max)),
      ("-9223372036854775807", .beforeEnd(Int.max)),
      ("-0", nil),
      ("start", nil),
      ("Beginning", nil),
      ("", nil),
      ("-9223372036854775808", nil),
      ("9223372036854775808", nil),
      ("1.5", nil),
    ] as [(String, LogOffset?)])
  func offsets(word: String, expected: LogOffset?) { #expect(ValueKind.offset.reads(word) == expected) }

  @Test(
    "rule 18: other tools' words for offsets are translated",
    arguments: [
      ("earliest", "write beginning"),
      ("Latest", "write end"),
      ("oldest", "write beginning"),
      ("newest", "write end"),
      ("+5", "without the plus sign"),
      ("1,000", "digits are grouped with underscores: 1_000"),
      ("9223372036854775808", "offsets go up to 9223372036854775807"),
      ("-9223372036854775808", "offsets go up to 9223372036854775807"),
      ("middle", nil),
      ("", nil),
      ("-0", nil),
    ] as [(String, String?)])
  func offsetHints(word: String, hint: String?) throws { #expect(try ValueKind.offset.hint(for: word) == hint) }

  @Test("offsets survive print and parse")
  func offsetPrinting() throws {
    try ValueKind.offset.survivesPrinting { random in
      switch Int.random(in: 0...3, using: &random) {
      case 0: .beginning
      case 1: .end
      case 2: .at(random.magnitude())
      default: .beforeEnd(random.magnitude() | 1)
      }
    }
    try ValueKind.offset.survivesPrinting([.at(0), .at(.max), .beforeEnd(1), .beforeEnd(.max)])
  }
}

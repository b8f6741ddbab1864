import Testing

@testable import Arguments

@Suite("Rules 18 to 20: values")
struct ValuesTests {
  /// What a kind makes of a word, as text; `nil` where it refuses it.
  private static func read<Value>(_ kind: ValueKind<Value>, _ word: String) -> String? {
    (try? kind.parse(word)).map { "\($0)" }
  }

  @Test(
    "whole numbers: decimal, with underscores between digits, never beyond 64 bits",
    arguments: [
      ("0", 0),
      ("007", 7),
      ("-5", -5),
      ("1_000_000", 1_000_000),
      ("9223372036854775807", Int.max),
      ("-9223372036854775808", Int.min),
      ("9223372036854775808", nil),
      ("-9223372036854775809", nil),
      ("99999999999999999999999999", nil),
      ("", nil),
      ("-", nil),
      ("+5", nil),
      ("_1", nil),
      ("1_", nil),
      ("1__0", nil),
      ("0x10", nil),
      ("1.0", nil),
      ("1e3", nil),
      (" 1", nil),
      ("١", nil),
      ("--5", nil),
    ] as [(String, Int?)])
  func integers(word: String, expected: Int?) { #expect((try? ValueKind.integer.parse(word)) == expected) }

  @Test(
    "a range is kept at both ends, and said",
    arguments: [
      (ValueKind.integer(1...9), 1, 9, "a whole number from 1 to 9"),
      (ValueKind.port, 1, 65535, "a port from 1 to 65535"),
    ])
  func ranges(kind: ValueKind<Int>, lowest: Int, highest: Int, expected: String) {
    #expect(kind.form.expected == expected)
    for value in [lowest, highest] { #expect((try? kind.parse("\(value)")) == value) }
    for value in [lowest - 1, highest + 1] { #expect((try? kind.parse("\(value)")) == nil) }
  }

  @Test("an open range says which end it has")
  func openRanges() {
    #expect(ValueKind<Int>.integer(1...).form.expected == "a whole number of at least 1")
    #expect(ValueKind<Int>.integer(...5).form.expected == "a whole number of at most 5")
    #expect(ValueKind<Int>.integer(...5).form.example == "5")
    #expect(ValueKind<Double>.number(0...1).form.expected == "a number from 0 to 1")
    #expect(ValueKind<Duration>.duration(.seconds(1)...).form.expected == "a duration of at least 1s")
  }

  @Test(
    "numbers are finite decimals",
    arguments: [
      ("1.5", "1.5"),
      ("-1e3", "-1000.0"),
      ("1_000.25", "1000.25"),
      ("1E-2", "0.01"),
      ("5e+1", "50.0"),
      ("1e999", nil),
      (".5", nil),
      ("5.", nil),
      ("1e", nil),
      ("nan", nil),
      ("inf", nil),
      ("0x1p3", nil),
      ("1.5x", nil),
      ("", nil),
    ] as [(String, String?)])
  func numbers(word: String, expected: String?) { #expect(Self.read(.number, word) == expected) }

  @Test(
    "durations need a unit, the larger first, each once",
    arguments: [
      ("90s", 90_000),
      ("5m", 300_000),
      ("1h30m", 5_400_000),
      ("7d", 604_800_000),
      ("250ms", 250),
      ("2w", 1_209_600_000),
      ("0s", 0),
      ("1.5s", 1500),
      ("1h0.5m", 3_630_000),
      ("1_000ms", 1000),
      ("1m30s250ms", 90_250),
      ("90", nil),
      ("0", nil),
      ("", nil),
      ("s", nil),
      ("-5m", nil),
      ("30m1h", nil),
      ("1m1m", nil),
      ("1.5h30m", nil),
      ("1M", nil),
      ("1y", nil),
      ("5 m", nil),
      ("5min", nil),
      ("1..5s", nil),
      ("1.s", nil),
      (".5s", nil),
      ("999999999999999999w", nil),
      ("99999999999999999999s", nil),
      ("106752d", nil),
      ("0.0000000001s", nil),
      ("5ms1s", nil),
    ] as [(String, Int?)])
  func durations(word: String, milliseconds: Int?) {
    #expect((try? ValueKind.duration.parse(word)) == milliseconds.map { .milliseconds($0) })
  }

  @Test(
    "sizes say whether they count in 1000 or in 1024",
    arguments: [
      ("512B", 512),
      ("10kB", 10_000),
      ("10KiB", 10_240),
      ("1.5GiB", 1_610_612_736),
      ("1_0MB", 10_000_000),
      ("2TiB", 2_199_023_255_552),
      ("10K", nil),
      ("10k", nil),
      ("10KB", nil),
      ("10", nil),
      ("", nil),
      ("0.5B", nil),
      ("-1B", nil),
      ("99999999999TB", nil),
      ("9223372036854775807B", nil),
    ] as [(String, Int?)])
  func sizes(word: String, bytes: Int?) { #expect((try? ValueKind.byteCount.parse(word))?.bytes == bytes) }

  @Test(
    "rates are numbers a unit of time, above zero",
    arguments: [
      ("420/min", 7),
      ("7/s", 7),
      ("420/m", 7),
      ("25200/h", 7),
      ("604800/d", 7),
      ("0.5/s", 0.5),
      ("7", nil),
      ("0/s", nil),
      ("-1/s", nil),
      ("7/", nil),
      ("/s", nil),
      ("7/y", nil),
      ("7/s/s", nil),
      ("1e999/s", nil),
      ("", nil),
    ] as [(String, Double?)])
  func rates(word: String, perSecond: Double?) { #expect((try? ValueKind.rate.parse(word))?.perSecond == perSecond) }

  @Test(
    "times carry their zone",
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("2025-03-01T09:30:00Z", 1_740_821_400_000),
      ("2025-03-01T18:30:00+09:00", 1_740_821_400_000),
      ("2025-03-01t09:30:00.5z", 1_740_821_400_500),
      ("2025-03-01 09:30:00.123456Z", 1_740_821_400_123),
      ("1969-12-31T23:59:59-00:30", 1_799_000),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000),
      ("0000-03-01T00:00:00Z", -62_162_035_200_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
      ("@0", 0),
      ("@1740821400.5", 1_740_821_400_500),
      ("@-1", -1000),
      ("2025-03-01T09:30:00", nil),
      ("2025-02-29T00:00:00Z", nil),
      ("1900-02-29T00:00:00Z", nil),
      ("2025-13-01T00:00:00Z", nil),
      ("2025-03-01T24:00:00Z", nil),
      ("2025-03-01T09:30Z", nil),
      ("2025-03-01", nil),
      ("2025-03-01T09:30:00.Z", nil),
      ("2025-03-01T09:30:00Zx", nil),
      ("2025-03-01T09:30:00+9:00", nil),
      ("@", nil),
      ("@x", nil),
      ("@99999999999999999", nil),
      ("yesterday", nil),
      ("", nil),
      ("2025-00-01T00:00:00Z", nil),
      ("2025-01-00T00:00:00Z", nil),
      ("2025-04-31T00:00:00Z", nil),
    ] as [(String, Int?)])
  func instants(word: String, milliseconds: Int?) {
    #expect((try? ValueKind.instant.parse(word)) == milliseconds.map { .absolute(milliseconds: $0) })
  }

  @Test("a relative time is resolved against the caller's clock, and never overflows")
  func relativeInstants() throws {
    let quarter = try ValueKind.instant.parse("-15m")
    #expect(quarter == .ago(.seconds(900)))
    #expect(quarter.milliseconds(now: 1_000_000) == 100_000)
    #expect(try ValueKind.instant.parse("now").milliseconds(now: 42) == 42)
    #expect(PointInTime.ago(.seconds(Int64.max)).milliseconds(now: Int.min) == Int.min)
    #expect((try? ValueKind.instant.parse("-15")) == nil)
    #expect((try? ValueKind.instant.parse("-")) == nil)
  }

  @Test(
    "percentages carry their sign",
    arguments: [
      ("95%", "95.0"),
      ("99.9%", "99.9"),
      ("0%", "0.0"),
      ("100%", "100.0"),
      ("95", nil),
      ("0.95", nil),
      ("101%", nil),
      ("-1%", nil),
      ("%", nil),
      ("", nil),
    ] as [(String, String?)])
  func percentages(word: String, expected: String?) { #expect(Self.read(.percent, word) == expected) }

  @Test(
    "hosts and ports",
    arguments: [
      ("cache-1:6379", "cache-1:6379"),
      ("[::1]:5432", "[::1]:5432"),
      ("10.0.0.1:1", "10.0.0.1:1"),
      ("cache-1", nil),
      (":6379", nil),
      ("cache-1:0", nil),
      ("cache-1:65536", nil),
      ("::1:5432", nil),
      ("[cache]:1", nil),
      ("a b:1", nil),
      ("[]:1", nil),
      ("", nil),
    ] as [(String, String?)])
  func hosts(word: String, expected: String?) { #expect(Self.read(.hostPort, word) == expected) }

  @Test(
    "URLs have a scheme and more",
    arguments: [
      ("redis://cache-1:6379/0", true),
      ("redis+unix:///run/r.sock", true),
      ("http://", false),
      ("cache-1:6379", false),
      ("://x", false),
      ("", false),
      ("1x://y", false),
      ("대기://x", false),
    ])
  func urls(word: String, isAllowed: Bool) { #expect((Self.read(.url, word) != nil) == isAllowed) }

  @Test(
    "UUIDs are given back in lower case",
    arguments: [
      ("0190A3F4-5B6C-7D8E-9FA0-B1C2D3E4F506", "0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506"),
      ("0190a3f45b6c7d8e9fa0b1c2d3e4f506", nil),
      ("0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f50g", nil),
      ("0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f50", nil),
      ("", nil),
    ] as [(String, String?)])
  func uuids(word: String, expected: String?) { #expect(Self.read(.uuid, word) == expected) }

  @Test(
    "offsets are named, numbered, or counted from the end",
    arguments: [
      ("beginning", .beginning),
      ("end", .end),
      ("0", .at(0)),
      ("1_000", .at(1000)),
      ("-10", .beforeEnd(10)),
      ("-0", nil),
      ("start", nil),
      ("", nil),
      ("-9223372036854775808", nil),
    ] as [(String, LogOffset?)])
  func offsets(word: String, expected: LogOffset?) { #expect((try? ValueKind.offset.parse(word)) == expected) }

  @Test("texts, patterns and paths: only text may be empty")
  func texts() {
    #expect(Self.read(.text, "") == "")
    for kind in [ValueKind.glob, .path, .directory] {
      #expect(Self.read(kind, "") == nil)
      #expect(Self.read(kind, "a b*") == "a b*")
    }
  }

  private enum Colour: String, CaseIterable, Sendable { case auto, always, never }

  @Test("an enumeration's raw values are choices")
  func enumerations() {
    let kind = ValueKind.choice(of: Colour.self)
    #expect(kind.form.choices == ["auto", "always", "never"])
    #expect((try? kind.parse("never")) == .never)
    #expect((try? kind.parse("NEVER")) == nil)
    #expect(kind.print(.always) == "always")
  }

  @Test(
    "a hint says what to write instead",
    arguments: [
      ("queue admit --rate 5", "the unit is required: 5/s or 5/min"),
      ("queue admit --timeout 5", "the unit is required: 5s or 5m"),
      ("queue admit --timeout -5s", "a duration is never negative"),
      ("queue admit --timeout 2M", "months and years have no fixed length: count days"),
      (
        "queue admit --since 2025-03-01T09:30:00",
        "the zone is required: 2025-03-01T09:30:00Z or 2025-03-01T09:30:00+09:00"
      ),
      ("queue admit 99999999999999999999", "whole numbers go from -9223372036854775808 to 9223372036854775807"),
    ])
  func hints(line: String, hint: String) throws { #expect(try Sample.error(line).hints == [hint]) }

  @Test("a size with two readings says so")
  func sizeHint() {
    for word in ["10K", "10KB", "10m"] {
      #expect(throws: ValueMismatch(hint: "a kB is 1,000 bytes, a KiB 1,024: say which")) {
        try ValueKind.byteCount.parse(word)
      }
    }
    #expect(throws: ValueMismatch(hint: "the sign is required: 95% rather than 95 or 0.95")) {
      try ValueKind.percent.parse("95")
    }
  }
}

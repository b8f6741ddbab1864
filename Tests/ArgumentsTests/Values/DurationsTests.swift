import Testing

@testable import Arguments

@Suite("Durations: rule 18")
struct DurationsTests {
  @Test(
    "rule 18: durations need a unit, the larger first, each once",
    arguments: [
      ("90s", .seconds(90)),
      ("5m", .seconds(300)),
      ("1h30m", .seconds(5400)),
      ("7d", .seconds(604_800)),
      ("250ms", .milliseconds(250)),
      ("2w", .seconds(1_209_600)),
      ("0s", .zero),
      ("1.5s", .milliseconds(1500)),
      ("0.5h", .seconds(1800)),
      ("1_000ms", .seconds(1)),
      ("1w2d3h4m5s6ms", .milliseconds(788_645_006)),
      ("1m30s250ms", .milliseconds(90_250)),
      ("1h0.5m", .seconds(3630)),
      ("0.000001ms", .nanoseconds(1)),
      ("0.100000000000000000000000000000s", .milliseconds(100)),
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
      ("0.0000000001s", nil),
      ("5ms1s", nil),
      ("1e3s", nil),
      ("５s", nil),
      ("5S", nil),
      ("+5s", nil),
      ("1_s", nil),
    ] as [(String, Duration?)])
  func durations(word: String, duration: Duration?) { #expect(ValueKind.duration.reads(word) == duration) }

  @Test(
    "rule 19: the longest duration is 2⁶³ - 1 nanoseconds, and what is longer is refused without a trap",
    arguments: [
      ("9223372036.854775807s", .nanoseconds(Int64.max)),
      ("9223372036.854775808s", nil),
      ("106751d23h47m16s854.775807ms", .nanoseconds(Int64.max)),
      ("106751d23h47m16s854.775808ms", nil),
      ("106752d", nil),
      ("15251w", nil),
      ("999999999999999999w", nil),
      ("99999999999999999999s", nil),
      ("170141183460469231731687303715884105728ms", nil),
      ("0.9999999999999999999999999999999999999999s", nil),
      ("280000000000000000000000w1900000000000000000000000d", nil),
    ] as [(String, Duration?)])
  func longest(word: String, duration: Duration?) { #expect(ValueKind.duration.reads(word) == duration) }

  @Test(
    "rule 18: a hint says how that duration is written",
    arguments: [
      ("90", "the unit is required: 90s or 90m"),
      ("1.5", "the unit is required: 1.5s or 1.5m"),
      ("1e3", "the unit is required"),
      ("9223372036", "the unit is required: 9223372036s"),
      ("15251w", "at most 292 years"),
      ("99999999999999d", "at most 292 years"),
      ("99999999999999999999999999999999999999999d1h", "at most 292 years"),
      ("280000000000000000000000w1900000000000000000000000d", "at most 292 years"),
      ("1e3sec", "units are w, d, h, m, s and ms"),
      ("1.5hours30min", "units are w, d, h, m, s and ms"),
      ("-5m", "a duration is never negative"),
      ("-5", nil),
      ("2M", "months and years have no fixed length: count days"),
      ("1month", "months and years have no fixed length: count days"),
      ("1y6m", "months and years have no fixed length: count days"),
      ("5 m", "without blanks: 5m"),
      ("1h 30m", "without blanks: 1h30m"),
      ("5min", "units are w, d, h, m, s and ms: 5m"),
      ("90sec", "units are w, d, h, m, s and ms: 90s"),
      ("2hours", "units are w, d, h, m, s and ms: 2h"),
      ("3Days", "units are w, d, h, m, s and ms: 3d"),
      ("10msec", "units are w, d, h, m, s and ms: 10ms"),
      ("5us", "the smallest unit is ms: 0.001ms"),
      ("5µs", "the smallest unit is ms: 0.001ms"),
      ("30m1h", "larger units first, each once: 1h30m"),
      ("1m1m", "larger units first, each once: 1h30m"),
      ("soon", nil),
      ("", nil),
      ("5q", nil),
    ] as [(String, String?)])
  func hints(word: String, hint: String?) throws { #expect(try ValueKind.duration.hint(for: word) == hint) }

  @Test("rule 19: a range of durations is kept and said in their own form")
  func ranges() throws {
    let kind = ValueKind.duration(.seconds(1)...(.seconds(3600)))
    #expect(kind.form.expected == "a duration from 1s to 1h")
    #expect(ValueKind<Duration>.duration(.seconds(1)...).form.expected == "a duration of at least 1s")
    #expect(kind.reads("1s") == .seconds(1))
    #expect(kind.reads("60m") == .seconds(3600))
    #expect(kind.reads("999ms") == nil)
    #expect(kind.reads("1h1ms") == nil)
    #expect(try kind.hint(for: "2h") == nil)
    #expect(try kind.hint(for: "15251w") == nil)
    #expect(try kind.hint(for: "90") == "the unit is required: 90s")
    #expect(try kind.hint(for: "5 h") == nil)
    #expect(try ValueKind<Duration>.duration(.seconds(1)...).hint(for: "15251w") == "at most 292 years")
  }

  @Test(
    "a duration is printed with its largest units, never in weeks",
    arguments: [
      (Duration.seconds(90), "1m30s"),
      (.seconds(0), "0s"),
      (.milliseconds(250), "250ms"),
      (.seconds(604_800), "7d"),
      (.microseconds(1500), "1.5ms"),
      (.nanoseconds(1), "0.000001ms"),
      (.seconds(5400), "1h30m"),
      (.seconds(-5), "-5s"),
      (.nanoseconds(Int64.max), "106751d23h47m16s854.775807ms"),
      (.seconds(Int64.max), "106751991167300d15h30m7s"),
      (.seconds(Int64.min), "-106751991167300d15h30m8s"),
    ])
  func printed(duration: Duration, text: String) { #expect(DurationText.print(duration) == text) }

  @Test("durations to the nanosecond survive print and parse")
  func printing() throws {
    try ValueKind.duration.survivesPrinting { .nanoseconds(Int64($0.magnitude())) }
    try ValueKind.duration.survivesPrinting([.zero, .nanoseconds(1), .nanoseconds(Int64.max), .milliseconds(1)])
  }
}

import Testing

@testable import Arguments

@Suite("Sizes and rates: rule 18")
struct SizesTests {
  @Test(
    "rule 18: sizes say whether they count in 1,000 or in 1,024",
    arguments: [
      ("512B", 512),
      ("0B", 0),
      ("10kB", 10_000),
      ("10KiB", 10_240),
      ("1.5GiB", 1_610_612_736),
      ("1_0MB", 10_000_000),
      ("2TiB", 2_199_023_255_552),
      ("0.5KiB", 512),
      ("9223372036854775807B", Int.max),
      ("8388607TiB", 9_223_370_937_343_148_032),
      ("10K", nil),
      ("10k", nil),
      ("10KB", nil),
      ("10kb", nil),
      ("10", nil),
      ("", nil),
      ("0.5B", nil),
      ("-1B", nil),
      ("kB", nil),
      ("10 kB", nil),
      ("1e3B", nil),
    ] as [(String, Int?)])
  func sizes(word: String, bytes: Int?) { #expect(ValueKind.byteCount.reads(word)?.bytes == bytes) }

  @Test(
    "rule 19: what is more than 2⁶³ - 1 bytes is refused without a trap",
    arguments: [
      "9223372036854775808B", "8388608TiB", "99999999999TB", "170141183460469231731687303715884105727B",
      "170141183460469231731687303715884105728TiB", "0.000000000000000000000000000000000000001TiB",
    ])
  func tooLarge(word: String) { #expect(ValueKind.byteCount.reads(word) == nil) }

  @Test(
    "rule 18: a size with two readings says both",
    arguments: [
      ("10K", "say which: 10kB counts in 1,000, 10KiB in 1,024"),
      ("10KB", "say which: 10kB counts in 1,000, 10KiB in 1,024"),
      ("1.5g", "say which: 1.5GB counts in 1,000, 1.5GiB in 1,024"),
      ("10mb", "say which: 10MB counts in 1,000, 10MiB in 1,024"),
      ("10", "the unit is required: 10B"),
      ("1.5", "the unit is required: 1.5kB"),
      ("1e3", "the unit is required"),
      ("1e3K", nil),
      ("-5K", nil),
      ("99999999999T", nil),
      ("5KiBx", nil),
      ("5kibx", nil),
      ("-1", "a size is never negative"),
      ("10 kB", "without a blank before the unit"),
      ("10X", nil),
      ("K", nil),
      ("", nil),
      ("99999999999TB", "at most 9223372036854775807B"),
      ("9223372036854775808B", "at most 9223372036854775807B"),
      ("99999999999.5TB", "at most 9223372036854775807B"),
      ("99999999999999999999999999999999999999999B", "at most 9223372036854775807B"),
      ("0.5B", nil),
      ("big", nil),
    ] as [(String, String?)])
  func sizeHints(word: String, hint: String?) throws { #expect(try ValueKind.byteCount.hint(for: word) == hint) }

  @Test(
    "a size is printed in the largest unit that divides it",
    arguments: [
      (0, "0B"),
      (10_000, "10kB"),
      (10_240, "10KiB"),
      (1500, "1500B"),
      (1 << 30, "1GiB"),
      (1_024_000, "1000KiB"),
      (Int.max, "9223372036854775807B"),
    ])
  func sizeText(bytes: Int, text: String) { #expect(ByteCount(bytes: bytes).description == text) }

  @Test("sizes and rates are ordered")
  func order() {
    #expect(ByteCount(bytes: 1) < ByteCount(bytes: 2))
    #expect(Rate(perSecond: 1) < Rate(perSecond: 2))
  }

  @Test(
    "rule 18: rates are numbers a unit of time, above zero",
    arguments: [
      ("420/min", 7),
      ("7/s", 7),
      ("420/m", 7),
      ("25200/h", 7),
      ("604800/d", 7),
      ("0.5/s", 0.5),
      ("1_000/s", 1000),
      ("1e308/s", 1e308),
      ("7", nil),
      ("0/s", nil),
      ("-1/s", nil),
      ("7/", nil),
      ("/s", nil),
      ("7/y", nil),
      ("7/s/s", nil),
      ("1e999/s", nil),
      ("5e-324/d", nil),
      ("7/ s", nil),
      ("7/S", nil),
      ("", nil),
    ] as [(String, Double?)])
  func rates(word: String, perSecond: Double?) { #expect(ValueKind.rate.reads(word)?.perSecond == perSecond) }

  @Test(
    "rule 18: a rate without its unit, or with a long one, is told the unit",
    arguments: [
      ("5", "the unit is required: 5/s or 5/min"),
      ("0.5", "the unit is required: 0.5/s or 0.5/min"),
      ("0", nil),
      ("-5", nil),
      ("5/sec", "units are s, min, h and d: 5/s"),
      ("5/minute", "units are s, min, h and d: 5/min"),
      ("5/Hour", "units are s, min, h and d: 5/h"),
      ("5/day", "units are s, min, h and d: 5/d"),
      ("1e999/s", "numbers go from -1.7976931348623157e+308 to 1.7976931348623157e+308"),
      ("0/sec", nil),
      ("5e-324", nil),
      ("5/y", nil),
      ("5/", nil),
      ("fast", nil),
      ("fast/sec", nil),
      ("", nil),
    ] as [(String, String?)])
  func rateHints(word: String, hint: String?) throws { #expect(try ValueKind.rate.hint(for: word) == hint) }

  @Test(
    "a rate is printed in the unit that people would choose",
    arguments: [
      (7.0, "7/s"),
      (1.0 / 6, "10/min"),
      (1.0 / 3600, "1/h"),
      (0.5, "30/min"),
      (1e-9, "1e-09/s"),
      (1e18, "1e+18/s"),
    ])
  func rateText(perSecond: Double, text: String) { #expect(Rate(perSecond: perSecond).description == text) }

  @Test("sizes and rates survive print and parse")
  func printing() throws {
    try ValueKind.byteCount.survivesPrinting { ByteCount(bytes: $0.magnitude()) }
    try ValueKind.byteCount.survivesPrinting([0, 1, 999, 1000, 1024, .max - 1, .max].map(ByteCount.init))
    try ValueKind.rate.survivesPrinting {
      Rate(
        perSecond: Double(Int.random(in: 1...100_000, using: &$0))
          / ([1, 60, 3600, 86_400].randomElement(using: &$0) ?? 1))
    }
    try ValueKind.rate.survivesPrinting { Rate(perSecond: Double.random(in: 1e-9...1e18, using: &$0)) }
    try ValueKind.rate.survivesPrinting(
      [.leastNonzeroMagnitude, 1 / 86_400, 1, 1e14, 1e15, 1e16, .greatestFiniteMagnitude].map(Rate.init))
  }
}

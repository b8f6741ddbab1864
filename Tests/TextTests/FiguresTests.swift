import Testing
import Text

@Suite("Numbers for people")
struct FiguresTests {
  @Test(
    "counts are grouped by thousands",
    arguments: [
      (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (18_204, "18,204"), (1_000_000, "1,000,000"),
      (-1, "-1"), (-999, "-999"), (-1000, "-1,000"), (Int.max, "9,223,372,036,854,775,807"),
      (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func counts(_ number: Int, _ text: String) { #expect(number.grouped == text) }

  @Test(
    "a count of one has its noun in the singular, every other in the plural",
    arguments: [(0, "0 keys"), (1, "1 key"), (2, "2 keys"), (2100, "2,100 keys"), (-1, "-1 keys")])
  func nouns(_ count: Int, _ text: String) { #expect(count.counted("key") == text) }

  @Test("an irregular plural is given", arguments: [(1, "1 person"), (18_204, "18,204 people")])
  func irregularNouns(_ count: Int, _ text: String) { #expect(count.counted("person", plural: "people") == text) }

  @Test(
    "numbers have the decimals that were asked for",
    arguments: [
      (0.0, 0, "0"), (1.5, 1, "1.5"), (1234.5, 2, "1,234.50"), (-1234.5678, 1, "-1,234.6"), (0.05, 1, "0.1"),
      (1e15, 0, "1,000,000,000,000,000"), (Double.nan, 1, "-"), (Double.infinity, 1, "-"), (-0.001, 3, "-0.001"),
    ])
  func numbers(_ number: Double, _ decimals: Int, _ text: String) {
    #expect(Figures.number(number, decimals: decimals) == text)
  }

  @Test("the largest number fits")
  func largest() {
    #expect(Figures.number(.greatestFiniteMagnitude, decimals: 17).filter { $0 != "," }.utf8.count == 309 + 1 + 17)
    #expect(Figures.number(1, decimals: -3) == "1")
  }

  @Test(
    "durations have their two largest units",
    arguments: [
      (0, "0ms"), (1, "1ms"), (999, "999ms"), (1000, "1.0s"), (4250, "4.2s"), (9999, "9.9s"), (10_000, "10s"),
      (59_999, "59s"), (60_000, "1m"), (80_000, "1m 20s"), (3_599_999, "59m 59s"), (3_600_000, "1h"),
      (7_500_000, "2h 5m"), (86_400_000, "1d"), (100_000_000, "1d 3h"), (86_400_000_000, "1,000d"),
      (-80_000, "-1m 20s"), (Int.max, "106,751,991,167d 7h"), (Int.min, "-106,751,991,167d 7h"),
    ])
  func durations(_ milliseconds: Int, _ text: String) { #expect(Figures.duration(milliseconds: milliseconds) == text) }

  @Test(
    "a Duration becomes whole milliseconds, and never traps",
    arguments: [
      (Duration.zero, 0), (.milliseconds(1500), 1500), (.microseconds(1999), 1), (.milliseconds(-1500), -1500),
      (.seconds(Int64.max), Int.max), (.seconds(Int64.min), Int.min),
      (Duration(secondsComponent: 9_223_372_036_854_775, attosecondsComponent: 999_000_000_000_000_000), Int.max),
    ])
  func milliseconds(_ duration: Duration, _ count: Int) { #expect(duration.milliseconds == count) }

  @Test("a Duration is shown like its milliseconds")
  func duration() { #expect(Figures.duration(.seconds(80)) == "1m 20s") }

  @Test(
    "sizes are in powers of 1024",
    arguments: [
      (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10_239, "10 KiB"),
      (1_048_575, "1.0 MiB"), (1_048_576, "1.0 MiB"), (64 << 20, "64 MiB"), (5 << 30, "5.0 GiB"), (-2048, "-2.0 KiB"),
      (Int.max, "8.0 EiB"), (Int.min, "-8.0 EiB"),
    ])
  func bytes(_ count: Int, _ text: String) { #expect(Figures.bytes(count) == text) }
}

import Testing

@testable import Arguments

/// What is accepted survives print and parse, for values that nobody chose.
@Suite("Values survive print and parse")
struct RoundTripTests {
  private static let rounds = 5000

  private static func check<Value: Equatable>(_ kind: ValueKind<Value>, _ make: (inout SeededRandom) -> Value) throws {
    var random = SeededRandom(seed: 20_250_301)
    for _ in 0..<rounds {
      let value = make(&random)
      let text = kind.print(value)
      #expect(try kind.parse(text) == value, "\(value) was printed as \(text)")
    }
  }

  /// A magnitude anywhere from one to all bits.
  private static func magnitude(_ random: inout SeededRandom, bits: Int = 63) -> Int {
    Int(random.next() >> UInt64(64 - Int.random(in: 1...bits, using: &random)))
  }

  @Test("whole numbers") func integers() throws {
    try Self.check(.integer) { Int(truncatingIfNeeded: $0.next()) >> Int.random(in: 0...63, using: &$0) }
  }

  @Test("numbers of every size") func numbers() throws {
    try Self.check(.number) { random in
      let value = Double(bitPattern: random.next())
      return value.isFinite ? value : 0
    }
  }

  @Test("durations to the nanosecond") func durations() throws {
    try Self.check(.duration) { .nanoseconds(Int64(Self.magnitude(&$0))) }
  }

  @Test("sizes") func sizes() throws {
    // More than 18 digits are refused, whatever the unit.
    try Self.check(.byteCount) { ByteCount(bytes: Self.magnitude(&$0, bits: 59)) }
  }

  @Test("rates, given by the hour or by chance") func rates() throws {
    try Self.check(.rate) {
      Rate(
        perSecond: Double(Int.random(in: 1...100_000, using: &$0)) / [1, 60, 3600, 86_400].randomElement(using: &$0)!)
    }
    try Self.check(.rate) { Rate(perSecond: Double.random(in: 1e-9...1e18, using: &$0)) }
  }

  @Test("times") func instants() throws {
    try Self.check(.instant) { random in
      switch Int.random(in: 0...3, using: &random) {
      case 0: .now
      case 1: .ago(.milliseconds(Self.magnitude(&random, bits: 40)))
      case 2: .absolute(milliseconds: -Self.magnitude(&random, bits: 60))
      default: .absolute(milliseconds: Self.magnitude(&random, bits: 60))
      }
    }
  }

  @Test("offsets") func offsets() throws {
    try Self.check(.offset) { random in
      switch Int.random(in: 0...3, using: &random) {
      case 0: .beginning
      case 1: .end
      case 2: .at(Self.magnitude(&random))
      default: .beforeEnd(Self.magnitude(&random) | 1)
      }
    }
  }

  @Test("percentages") func percentages() throws {
    try Self.check(.percent) { Double.random(in: 0...100, using: &$0) }
  }

  @Test("hosts with ports") func hosts() throws {
    try Self.check(.hostPort) { random in
      HostPort(
        host: ["::1", "cache-1", "fe80::1", "10.0.0.1"].randomElement(using: &random)!,
        port: Int.random(in: 1...65535, using: &random))
    }
  }

  @Test(
    "a rate is printed in the unit that people would choose",
    arguments: [
      (7.0, "7/s"),
      (1.0 / 6, "10/min"),
      (1.0 / 3600, "1/h"),
      (0.5, "30/min"),
      (1e-9, "1e-09/s"),
    ])
  func rateText(perSecond: Double, text: String) { #expect(Rate(perSecond: perSecond).description == text) }

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
    ])
  func durationText(duration: Duration, text: String) { #expect(DurationText.print(duration) == text) }

  @Test(
    "a size is printed in the largest unit that divides it",
    arguments: [
      (0, "0B"),
      (10_000, "10kB"),
      (10_240, "10KiB"),
      (1500, "1500B"),
      (1 << 30, "1GiB"),
      (1_024_000, "1000KiB"),
    ])
  func sizeText(bytes: Int, text: String) { #expect(ByteCount(bytes: bytes).description == text) }
}

import Text

/// A point in time in microseconds, as timestamps are stored.
///
/// A `timestamp` without time zone is read as UTC. Where a service stores local time, convert it in SQL.
public struct PostgresInstant: Hashable, Comparable, Sendable {
  public let microsecondsSinceEpoch: Int64

  public init(microsecondsSinceEpoch: Int64) { self.microsecondsSinceEpoch = microsecondsSinceEpoch }

  /// Rounded down, also before 1970.
  public var milliseconds: Int { Int(microsecondsSinceEpoch.floorDivided(by: 1000)) }

  public static func < (one: Self, other: Self) -> Bool { one.microsecondsSinceEpoch < other.microsecondsSinceEpoch }
}

extension PostgresInstant: PostgresDecodable {
  public static var expectation: String { "a finite point in time" }
  public static func reads(_ type: PostgresType) -> Bool { [.timestamptz, .timestamp, .date].contains(type) }

  /// Reads `2026-11-23 12:40:07.25+09:30`. Nil for `infinity`, for years BC and for years after 294246, where the number of
  /// microseconds overflows.
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
    var reader = DigitReader(bytes)
    guard let year = reader.number(), reader.take("-"), let month = reader.number(), reader.take("-"),
      let day = reader.number()
    else { return nil }
    var seconds = CalendarDate(year: year, month: month, day: day).daysSinceEpoch * 86_400
    var microseconds = 0
    if type != .date {
      guard reader.take(" "), let clock = reader.clock() else { return nil }
      seconds += clock
      if reader.take(".") {
        guard let fraction = reader.fraction() else { return nil }
        microseconds = fraction
      }
      if type == .timestamptz {
        let isEast = reader.take("+")
        guard isEast || reader.take("-"), let offset = reader.clock() else { return nil }
        seconds -= isEast ? offset : -offset
      }
    }
    guard reader.isAtEnd else { return nil }
    let (whole, tooLate) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
    let (sum, tooLong) = whole.addingReportingOverflow(Int64(microseconds))
    guard !tooLate, !tooLong else { return nil }
    self.init(microsecondsSinceEpoch: sum)
  }
}

/// Reads numbers and separators from the start of a timestamp.
private struct DigitReader {
  private var rest: Slice<UnsafeRawBufferPointer>

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ separator: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: separator) else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// A number of at most six digits, the length of the longest year.
  mutating func number() -> Int? {
    var value = 0
    var count = 0
    while count < 6, let byte = rest.first, byte >= 48, byte <= 57 {
      value = value * 10 + Int(byte - 48)
      rest = rest.dropFirst()
      count += 1
    }
    return count > 0 ? value : nil
  }

  /// `09`, `09:30` or `09:30:15`, in seconds.
  mutating func clock() -> Int? {
    guard let hours = number() else { return nil }
    var seconds = hours * 3600
    guard take(":") else { return seconds }
    guard let minutes = number() else { return nil }
    seconds += minutes * 60
    guard take(":") else { return seconds }
    guard let rest = number() else { return nil }
    return seconds + rest
  }

  /// `25` after the point is 250,000 microseconds.
  mutating func fraction() -> Int? {
    let before = rest.count
    guard let digits = number() else { return nil }
    return (before - rest.count..<6).reduce(digits) { value, _ in value * 10 }
  }
}

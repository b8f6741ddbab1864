/// The name of one recorded operation: 26 characters that sort by the time it began.
///
/// 48 bits of milliseconds since 1970 and 80 random bits in Crockford's base 32, upper case.
/// Source: the ULID specification.
public struct OperationID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let description: String

  /// Reads an id; letters of either case are taken. Nil when it is not 26 base-32 characters within 128 bits.
  public init?(_ text: String) {
    let upper = text.uppercased()
    guard upper.utf8.count == Self.length, upper.utf8.allSatisfy(Self.alphabet.contains),
      let first = upper.utf8.first, first <= UInt8(ascii: "7")
    else { return nil }
    description = upper
  }

  /// An id for an operation that begins at `milliseconds` since 1970 by the clock of the store that it changes.
  public init(milliseconds: Int, using generator: inout some RandomNumberGenerator) {
    var digits: [UInt8] = []
    digits.reserveCapacity(Self.length)
    for position in (0..<10).reversed() {
      digits.append(Self.alphabet[(max(0, milliseconds) >> (5 * position)) & 31])
    }
    for _ in 0..<16 { digits.append(Self.alphabet[Int.random(in: 0..<32, using: &generator)]) }
    description = String(decoding: digits, as: UTF8.self)
  }

  public init(milliseconds: Int) {
    var generator = SystemRandomNumberGenerator()
    self.init(milliseconds: milliseconds, using: &generator)
  }

  /// When the operation began, in milliseconds since 1970.
  public var milliseconds: Int {
    description.utf8.prefix(10).reduce(0) { sum, digit in
      sum << 5 | (Self.alphabet.firstIndex(of: digit) ?? 0)
    }
  }

  public static func < (left: OperationID, right: OperationID) -> Bool { left.description < right.description }

  static let length = 26
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}

extension OperationID {
  /// An id to show what ids look like.
  public static let example = "01JD3XJ8V6K2T9Q4M7R5N1C0AB"
}

/// Reading of decimal digits with `_` between them; nothing here can overflow silently or trap.
enum Decimal {
  enum Reading: Equatable {
    case value(Int)
    case tooLarge
    case malformed
  }

  /// A whole number: an optional `-`, digits, single underscores between digits.
  static func integer(_ text: some StringProtocol) -> Reading {
    var bytes = Array(text.utf8)
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes.removeFirst() }
    guard let digits = digits(bytes) else { return .malformed }
    var value = 0
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let step = Int(digit)
      let (sum, overflowed) =
        isNegative ? product.subtractingReportingOverflow(step) : product.addingReportingOverflow(step)
      if overflow || overflowed { return .tooLarge }
      value = sum
    }
    return .value(value)
  }

  /// The digits' values, or nothing where there is none, another character, or an underscore that isn't between two digits.
  static func digits(_ bytes: some Sequence<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var previousWasDigit = false
    for byte in bytes {
      if isDigit(byte) {
        result.append(byte - UInt8(ascii: "0"))
        previousWasDigit = true
      } else if byte == UInt8(ascii: "_"), previousWasDigit {
        previousWasDigit = false
      } else {
        return nil
      }
    }
    return previousWasDigit ? result : nil
  }

  /// A finite number: `-`, digits, `.` and digits, `e` with sign and digits; the last three may be missing.
  static func number(_ text: some StringProtocol) -> Double? {
    var rest = Array(text.utf8)[...]
    var plain = ""
    if rest.first == UInt8(ascii: "-") {
      plain.append("-")
      rest.removeFirst()
    }
    guard takeDigits(&rest, into: &plain) else { return nil }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      plain.append(".")
      guard takeDigits(&rest, into: &plain) else { return nil }
    }
    if let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      plain.append("e")
      if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        rest.removeFirst()
        plain.append(Character(Unicode.Scalar(sign)))
      }
      guard takeDigits(&rest, into: &plain) else { return nil }
    }
    guard rest.isEmpty, let value = Double(plain), value.isFinite else { return nil }
    return value
  }

  /// A decimal amount of a unit in whole steps: `1.5` of 1000 is 1500; nothing where it isn't a whole number of steps.
  ///
  /// At most 18 digits on either side, so that no product leaves 128 bits.
  static func steps(_ text: some StringProtocol, ofUnit unit: Int) -> Int128? {
    let halves = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = halves.first.flatMap({ digits($0) }), whole.count <= 18 else { return nil }
    var total = fold(whole) * Int128(unit)
    guard halves.count == 2 else { return total }
    guard let fraction = digits(halves[1]), fraction.count <= 18 else { return nil }
    var scale: Int128 = 1
    for _ in fraction { scale *= 10 }
    let (quotient, remainder) = (fold(fraction) * Int128(unit)).quotientAndRemainder(dividingBy: scale)
    guard remainder == 0 else { return nil }
    total += quotient
    return total
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// `7` rather than `7.0`; otherwise the shortest text that gives the same number again.
  static func text(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func fold(_ digits: [UInt8]) -> Int128 { digits.reduce(0) { $0 * 10 + Int128($1) } }

  private static func takeDigits(_ rest: inout ArraySlice<UInt8>, into plain: inout String) -> Bool {
    let run = rest.prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
    guard let values = digits(run) else { return false }
    for value in values { plain.append(Character(Unicode.Scalar(value + UInt8(ascii: "0")))) }
    rest.removeFirst(run.count)
    return true
  }
}

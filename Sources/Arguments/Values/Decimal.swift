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
  static func number(_ text: some StringProtocol) -> Double? { anyNumber(text).flatMap { $0.isFinite ? $0 : nil } }

  /// What to say of a number beyond all finite ones; nothing of another word.
  static func boundHint(for text: some StringProtocol) -> String? {
    guard let value = anyNumber(text), !value.isFinite else { return nil }
    return "numbers go from \(-Double.greatestFiniteMagnitude) to \(Double.greatestFiniteMagnitude)"
  }

  /// The same, and infinite where it is too large.
  private static func anyNumber(_ text: some StringProtocol) -> Double? {
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
    return rest.isEmpty ? Double(plain) : nil
  }

  /// A decimal amount of a unit in whole steps: `1.5` of 1000 is 1500; nothing where it isn't a whole number of steps, or
  /// leaves 128 bits on the way.
  static func steps(_ text: some StringProtocol, ofUnit unit: Int) -> Int128? {
    let halves = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = halves.first.flatMap({ digits($0) }), let count = fold(whole),
      let total = product(count, Int128(unit))
    else { return nil }
    guard halves.count == 2 else { return total }
    guard let written = digits(halves[1]) else { return nil }
    let fraction = written.reversed().drop { $0 == 0 }.reversed()
    guard let count = fold(fraction), let scale = fold([1] + [UInt8](repeating: 0, count: fraction.count)),
      let product = product(count, Int128(unit)), product.isMultiple(of: scale)
    else { return nil }
    let (sum, overflow) = total.addingReportingOverflow(product / scale)
    return overflow ? nil : sum
  }

  /// What is wrong with a word that was meant as a number, and how to write it; what it offers is accepted.
  static func hint(for text: String, accepts: (String) -> Bool) -> String? {
    let bytes = Array(text.utf8)
    if bytes.first == UInt8(ascii: "+"), accepts(String(text.dropFirst())) { return "without the plus sign" }
    if bytes.contains(UInt8(ascii: ",")), digits(bytes.filter { $0 != UInt8(ascii: ",") }) != nil {
      let isGrouped = bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).dropFirst().allSatisfy
      {
        $0.count == 3
      }
      let mended = text.replacing(",", with: isGrouped ? "_" : ".")
      guard accepts(mended) else { return nil }
      return (isGrouped ? "digits are grouped with underscores: " : "the decimal sign is a point: ") + mended
    }
    if let base = bytes.dropFirst().first.map({ $0 | 0x20 }), bytes.first == UInt8(ascii: "0"),
      "xbo".utf8.contains(base)
    {
      return "numbers are decimal"
    }
    let sign = bytes.first == UInt8(ascii: "-") ? "-" : ""
    let unsigned = bytes.dropFirst(sign.utf8.count)
    let mended = "\(sign)0\(text.dropFirst(sign.count))"
    return unsigned.first == UInt8(ascii: ".") && accepts(mended) ? "a digit stands before the point: \(mended)" : nil
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// `7` rather than `7.0`; otherwise the shortest text that gives the same number again.
  static func text(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func fold(_ digits: some Sequence<UInt8>) -> Int128? {
    var value: Int128 = 0
    for digit in digits {
      guard let shifted = product(value, 10) else { return nil }
      let (sum, overflow) = shifted.addingReportingOverflow(Int128(digit))
      if overflow { return nil }
      value = sum
    }
    return value
  }

  private static func product(_ one: Int128, _ other: Int128) -> Int128? {
    let (product, overflow) = one.multipliedReportingOverflow(by: other)
    return overflow ? nil : product
  }

  private static func takeDigits(_ rest: inout ArraySlice<UInt8>, into plain: inout String) -> Bool {
    let run = rest.prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
    guard let values = digits(run) else { return false }
    for value in values { plain.append(Character(Unicode.Scalar(value + UInt8(ascii: "0")))) }
    rest.removeFirst(run.count)
    return true
  }
}

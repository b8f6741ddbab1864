/// A number of bytes.
public struct ByteCount: Comparable, Hashable, Sendable, CustomStringConvertible {
  public var bytes: Int

  public init(bytes: Int) { self.bytes = bytes }

  public static func < (one: ByteCount, other: ByteCount) -> Bool { one.bytes < other.bytes }

  /// The largest unit that divides it: `10kB`, `10KiB`, `1500B`.
  public var description: String {
    let whole = ByteCount.units.filter { bytes != 0 && bytes.isMultiple(of: $0.bytes) }
    let unit = whole.max { $0.bytes < $1.bytes } ?? ByteCount.units[0]
    return "\(bytes / unit.bytes)\(unit.name)"
  }

  static let units: [(name: String, bytes: Int)] = [
    ("B", 1), ("kB", 1000), ("KiB", 1024), ("MB", 1_000_000), ("MiB", 1 << 20), ("GB", 1_000_000_000),
    ("GiB", 1 << 30), ("TB", 1_000_000_000_000), ("TiB", 1 << 40),
  ]

  static func parse(_ text: String) -> ByteCount? {
    guard let (number, unit) = parts(of: text),
      let total = Decimal.steps(String(decoding: number, as: UTF8.self), ofUnit: unit), total <= Int128(Int.max)
    else { return nil }
    return ByteCount(bytes: Int(total))
  }

  /// The number and how many bytes its unit has.
  private static func parts(of text: String) -> (number: ArraySlice<UInt8>, unit: Int)? {
    let bytes = Array(text.utf8)
    let number = bytes.prefix { Decimal.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    let name = bytes.dropFirst(number.count)
    return units.first { $0.name.utf8.elementsEqual(name) }.map { (number, $0.bytes) }
  }

  /// What to say beyond "expected a size"; what it offers is accepted.
  static func hint(for text: String) -> String? {
    if Decimal.number(text) != nil {
      if text.hasPrefix("-") { return "a size is never negative" }
      let offer = [text + "B", text + "kB"].first { parse($0) != nil }
      return "the unit is required" + (offer.map { ": " + $0 } ?? "")
    }
    if let (number, unit) = parts(of: text) {
      // Whole numbers fail by their size alone, others also by a part of a byte.
      let total = Decimal.steps(String(decoding: number, as: UTF8.self), ofUnit: unit)
      return Decimal.digits(number) != nil || total != nil ? "at most \(ByteCount(bytes: Int.max))" : nil
    }
    let name = text.utf8.reversed().prefix { !Decimal.isDigit($0) }.reversed()
    let number = String(decoding: text.utf8.dropLast(name.count), as: UTF8.self)
    guard let first = name.first, Decimal.number(number) != nil else { return nil }
    let prefix = first & 0xDF
    guard "KMGT".utf8.contains(prefix) else {
      return first == UInt8(ascii: " ") ? "without a blank before the unit" : nil
    }
    let letter = String(Unicode.Scalar(prefix))
    let decimal = (prefix == UInt8(ascii: "K") ? "k" : letter) + "B"
    guard name.count <= 3, parse(number + decimal) != nil, parse("\(number)\(letter)iB") != nil else { return nil }
    return "say which: \(number)\(decimal) counts in 1,000, \(number)\(letter)iB in 1,024"
  }
}

extension ValueKind where Value == ByteCount {
  /// A size with its unit: `512B`, `10kB` (10,000), `10KiB` (10,240), `1.5GiB`. `10K` has two readings and is refused.
  public static var byteCount: ValueKind {
    let form = ValueForm(
      name: "size", expected: "a size with its unit (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)", example: "64MiB",
      placeholder: "SIZE", isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      guard let value = ByteCount.parse(text) else { throw ValueMismatch(hint: ByteCount.hint(for: text)) }
      return value
    } print: {
      $0.description
    }
  }
}

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
    let bytes = Array(text.utf8)
    let number = bytes.prefix { Decimal.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    let name = bytes.dropFirst(number.count)
    guard let unit = units.first(where: { $0.name.utf8.elementsEqual(name) }),
      let total = Decimal.steps(String(decoding: number, as: UTF8.self), ofUnit: unit.bytes), total <= Int128(Int.max)
    else { return nil }
    return ByteCount(bytes: Int(total))
  }
}

extension ValueKind where Value == ByteCount {
  /// A size with its unit: `512B`, `10kB` (10,000), `10KiB` (10,240), `1.5GiB`. `10K` has two readings and is refused.
  public static var byteCount: ValueKind {
    let form = ValueForm(
      name: "size", expected: "a size with its unit (B, kB, MB, GB, KiB, MiB, GiB)", example: "64MiB",
      placeholder: "SIZE",
      isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      if let value = ByteCount.parse(text) { return value }
      let isShort = text.utf8.last.map { "kKmMgGtT".utf8.contains($0) } ?? false
      throw ValueMismatch(hint: isShort || text.hasSuffix("KB") ? "a kB is 1,000 bytes, a KiB 1,024: say which" : nil)
    } print: {
      $0.description
    }
  }
}

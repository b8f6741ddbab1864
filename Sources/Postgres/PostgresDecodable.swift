import Text

/// A Swift type that a column's text form can be read into.
public protocol PostgresDecodable {
  /// The description in errors: `an integer`.
  static var expectation: String { get }
  /// Whether columns of this type can contain such a value.
  static func reads(_ type: PostgresType) -> Bool
  /// The value for NULL; nil where NULL is an error.
  static var null: Self? { get }
  /// Nil for bytes that are not such a value. The bytes are valid during the call only.
  init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType)
}

extension PostgresDecodable {
  public static var null: Self? { nil }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public static var expectation: String { Wrapped.expectation }
  public static func reads(_ type: PostgresType) -> Bool { Wrapped.reads(type) }
  public static var null: Wrapped?? { .some(nil) }
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
    guard let value = Wrapped(bytes, of: type) else { return nil }
    self = value
  }
}

/// Every type has a text form. Fails for bytes that are not UTF-8.
extension String: PostgresDecodable {
  public static var expectation: String { "text in UTF-8" }
  public static func reads(_ type: PostgresType) -> Bool { true }
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) { self.init(validating: bytes, as: UTF8.self) }
}

extension Int: PostgresDecodable {
  public static var expectation: String { "an integer of 64 bits" }
  public static func reads(_ type: PostgresType) -> Bool { PostgresType.integers.contains(type) }
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
    guard let value = Int64(bytes, of: type) else { return nil }
    self.init(value)
  }
}

extension Int64: PostgresDecodable {
  public static var expectation: String { "an integer of 64 bits" }
  public static func reads(_ type: PostgresType) -> Bool { PostgresType.integers.contains(type) }
  /// A numeric, such as `sum(bigint)`, is accepted without a fraction.
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
    var digits = bytes[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    guard !digits.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in digits {
      guard byte >= 48, byte <= 57 else { return nil }
      let digit = Int64(byte - 48)
      let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooLong) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      guard !tooBig, !tooLong else { return nil }
      value = sum
    }
    self = value
  }
}

extension Double: PostgresDecodable {
  public static var expectation: String { "a number" }
  public static func reads(_ type: PostgresType) -> Bool { PostgresType.numbers.contains(type) }
  /// A numeric is rounded to the nearest value. One that is too large is an error, not infinity.
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
    guard let text = String(validating: bytes, as: UTF8.self), let value = Double(text) else { return nil }
    guard value.isFinite || text.last?.isLetter == true else { return nil }
    self = value
  }
}

extension Bool: PostgresDecodable {
  public static var expectation: String { "a boolean" }
  public static func reads(_ type: PostgresType) -> Bool { type == .bool }
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
    switch bytes.first {
    case UInt8(ascii: "t"): self = true
    case UInt8(ascii: "f"): self = false
    default: return nil
    }
  }
}

/// Arrays of one dimension, of values that decode from the elements' text.
extension Array: PostgresDecodable where Element: PostgresArrayElement {
  public static var expectation: String { Element.arrayExpectation }
  public static func reads(_ type: PostgresType) -> Bool { Element.readsArray(type) }
  public init?(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
    guard let elements = Element.elements(bytes, of: type) else { return nil }
    self = elements
  }
}

/// The element of an array column, or a byte of a bytea.
public protocol PostgresArrayElement {
  static var arrayExpectation: String { get }
  static func readsArray(_ type: PostgresType) -> Bool
  static func elements(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) -> [Self]?
}

extension String: PostgresArrayElement {
  public static var arrayExpectation: String { "an array of texts without NULL" }
  public static func readsArray(_ type: PostgresType) -> Bool { PostgresType.arrays.contains(type) }
  public static func elements(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) -> [String]? {
    ArrayLiteral.read(bytes).flatMap { wholes($0) }
  }
}

extension Int: PostgresArrayElement {
  public static var arrayExpectation: String { "an array of integers without NULL" }
  public static func readsArray(_ type: PostgresType) -> Bool { PostgresType.integerArrays.contains(type) }
  public static func elements(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) -> [Int]? {
    ArrayLiteral.read(bytes).flatMap { wholes($0.map { $0.flatMap { Int($0) } }) }
  }
}

/// `[String?]`, where an array may hold NULL.
extension Optional: PostgresArrayElement where Wrapped == String {
  public static var arrayExpectation: String { "an array of texts" }
  public static func readsArray(_ type: PostgresType) -> Bool { PostgresType.arrays.contains(type) }
  public static func elements(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) -> [String?]? {
    ArrayLiteral.read(bytes)
  }
}

/// `[UInt8]`: a bytea's bytes, or the bytes of any other type's text.
extension UInt8: PostgresArrayElement {
  public static var arrayExpectation: String { "bytes" }
  public static func readsArray(_ type: PostgresType) -> Bool { true }
  /// A bytea has the form `\x00ff`, because connections set bytea_output to hex.
  public static func elements(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) -> [UInt8]? {
    guard type == .bytea else { return [UInt8](bytes) }
    guard bytes.count % 2 == 0, bytes.count >= 2, bytes[0] == UInt8(ascii: "\\"), bytes[1] == UInt8(ascii: "x") else {
      return nil
    }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count / 2 - 1)
    for index in stride(from: 2, to: bytes.count, by: 2) {
      guard let high = bytes[index].hexadecimalValue, let low = bytes[index + 1].hexadecimalValue else { return nil }
      decoded.append(high << 4 | low)
    }
    return decoded
  }
}

/// All elements; nil where one of them is nil.
private func wholes<T>(_ elements: [T?]) -> [T]? {
  var wholes: [T] = []
  wholes.reserveCapacity(elements.count)
  for element in elements {
    guard let element else { return nil }
    wholes.append(element)
  }
  return wholes
}

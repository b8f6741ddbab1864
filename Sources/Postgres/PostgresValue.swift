/// One statement parameter; NULL is a nil `PostgresValue`.
///
/// It is sent separately from the statement. Without a type the server infers one from the context, as for a quoted literal.
public struct PostgresValue: Equatable, Sendable {
  /// Text without a terminator, or raw bytes when `isBinary`.
  let content: [UInt8]
  let isBinary: Bool
  let type: PostgresType?

  public init(text: String, type: PostgresType? = nil) {
    content = Array(text.utf8)
    isBinary = false
    self.type = type
  }

  public init(_ text: String) { self.init(text: text) }
  public init(_ number: some FixedWidthInteger) { self.init(text: String(number)) }
  public init(_ number: Double) { self.init(text: String(number)) }
  public init(_ flag: Bool) { self.init(text: flag ? "true" : "false") }

  /// A `bytea`.
  public init(bytes: [UInt8]) {
    content = bytes
    isBinary = true
    type = .bytea
  }

  /// An array as PostgreSQL writes it, `{"a","b",NULL}`: for `= ANY ($1)`.
  public static func array(_ elements: [String?], type: PostgresType? = nil) -> PostgresValue {
    PostgresValue(text: ArrayLiteral.write(elements), type: type)
  }

  public static func array(_ elements: [some FixedWidthInteger]) -> PostgresValue {
    PostgresValue(text: "{\(elements.map { String($0) }.joined(separator: ","))}")
  }
}

extension PostgresValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self.init(text: value) }
  public init(integerLiteral value: Int) { self.init(value) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(booleanLiteral value: Bool) { self.init(value) }
}

/// The description does not contain the content, so that no log or message shows a bound value.
extension PostgresValue: CustomStringConvertible, CustomReflectable {
  public var description: String { "a parameter of \(content.count) bytes" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

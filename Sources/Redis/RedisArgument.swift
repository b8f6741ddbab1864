/// One word of a command: bytes, whatever they are.
public struct RedisArgument: Hashable, Sendable {
  public var bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }
  public init(_ text: String) { self.bytes = Array(text.utf8) }
  public init(_ number: some BinaryInteger) { self.bytes = Array(String(number).utf8) }

  /// All bytes at once: an array by itself hashes them one by one, which takes most of the time of a list of 100,000.
  public func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

extension RedisArgument: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) { self.init(text) }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
  public init(integerLiteral number: Int) { self.init(number) }
}

extension RedisArgument {
  /// The bytes as text for a person: bytes that are not UTF-8 become U+FFFD.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

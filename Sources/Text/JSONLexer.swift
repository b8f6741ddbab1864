/// Splits JSON text into its tokens.
///
/// Source: RFC 8259.
public struct JSONLexer {
  public enum Token: Equatable, Sendable {
    /// One of `{ } [ ] : ,`.
    case punctuation(Unicode.Scalar)
    /// A string without its quotes and escapes. Its bytes are not checked to be UTF-8.
    case text([UInt8])
    /// Everything else up to the next blank, quote or punctuation: a number, `true`, `false`, `null`, or a mistake.
    case word(ArraySlice<UInt8>)
    case end
  }

  private let bytes: [UInt8]
  private let refusesControls: Bool
  private var place = 0

  /// - Parameter refusesControls: whether control characters in strings are mistakes, as RFC 8259 demands. Redis accepts them.
  public init(_ bytes: [UInt8], refusesControls: Bool) {
    self.bytes = bytes
    self.refusesControls = refusesControls
  }

  /// The next token; the end again after the end.
  public mutating func next() throws(JSONMistake) -> Token {
    while let byte = peek, Self.isBlank(byte) { place += 1 }
    guard let first = peek else { return .end }
    if Self.isPunctuation(first) {
      place += 1
      return .punctuation(Unicode.Scalar(first))
    }
    if first == UInt8(ascii: "\"") {
      place += 1
      return .text(try text())
    }
    let start = place
    while let byte = peek, !Self.isBlank(byte), !Self.isPunctuation(byte), byte != UInt8(ascii: "\"") { place += 1 }
    return .word(bytes[start..<place])
  }

  /// A mistake at the last byte that was read.
  public func mistake(_ reason: String) -> JSONMistake { JSONMistake(reason: reason, offset: place) }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
  private static func isPunctuation(_ byte: UInt8) -> Bool { "{}[]:,".utf8.contains(byte) }

  private mutating func text() throws(JSONMistake) -> [UInt8] {
    var text: [UInt8] = []
    while let byte = peek {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"): text += try escape()
      case ..<0x20 where refusesControls: throw mistake("a control character in a string")
      default: text.append(byte)
      }
    }
    throw mistake("a string that is not closed")
  }

  /// The bytes that an escape stands for; its backslash is read already.
  private mutating func escape() throws(JSONMistake) -> [UInt8] {
    guard let byte = peek else { throw mistake("a string that is not closed") }
    place += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "u"):
      var code = try unit()
      if (0xD800..<0xDC00).contains(code), bytes[place...].starts(with: "\\u".utf8) {
        place += 2
        let low = try unit()
        guard (0xDC00..<0xE000).contains(low) else { throw mistake("half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw mistake("half of a surrogate pair") }
      return Array(UTF8.encode(scalar)!)
    default: throw mistake("an unknown escape")
    }
  }

  private mutating func unit() throws(JSONMistake) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek?.hexadecimalValue else {
        throw mistake("\\u without four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      place += 1
    }
    return unit
  }
}

/// The reason why a text is not JSON.
public struct JSONMistake: Error, Equatable, Sendable {
  /// A phrase: `a string that is not closed`.
  public let reason: String
  /// In bytes, from 0.
  public let offset: Int
}
